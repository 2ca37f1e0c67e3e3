"""Run inside a project's folder: takes steps as JSON from stdin, does them in one process, prints what came of each.

A step is {"manage": [...]} (a command; its output or its error), {"visit": path, ...} (a request as a server hands it
to the application), {"setting": name}, or {"run": code} (Python; the value of `said`).
"""

import asyncio
import contextlib
import io
import json
import os
import sys

sys.path.insert(0, os.getcwd())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")


def visit_wsgi(application, step):
    path, _, query = step["visit"].partition("?")
    body = step.get("body", "").encode()
    environ = {
        "REQUEST_METHOD": step.get("method", "GET"),
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "web",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": step.get("peer", "127.0.0.1"),
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": step.get("type", ""),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in step.get("headers", {}).items():
        environ["HTTP_" + name.upper().replace("-", "_")] = value
    said = {}

    def start_response(status, headers, exc_info=None):
        said.update(status=int(status.split()[0]), headers={name.lower(): value for name, value in headers})

    response = application(environ, start_response)
    try:
        said["body"] = b"".join(response).decode("latin-1")
    finally:
        if hasattr(response, "close"):
            response.close()
    return said


def visit_asgi(application, step):
    from asgiref.testing import ApplicationCommunicator

    path, _, query = step["visit"].partition("?")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": step.get("method", "GET"),
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "server": ("web", 8000),
        "client": (step.get("peer", "127.0.0.1"), step.get("port", 40000)),
        "headers": [(name.lower().encode(), value.encode()) for name, value in step.get("headers", {}).items()],
    }

    async def talk():
        communicator = ApplicationCommunicator(application, scope)
        await communicator.send_input({"type": "http.request", "body": step.get("body", "").encode()})
        start = await communicator.receive_output(10)
        said = {"status": start["status"], "headers": {k.decode().lower(): v.decode() for k, v in start["headers"]}}
        body, parts, more = b"", 0, True
        while more:
            message = await communicator.receive_output(10)
            body, parts, more = body + message.get("body", b""), parts + 1, message.get("more_body", False)
        await communicator.wait(10)
        return {**said, "body": body.decode("latin-1"), "parts": parts}

    return asyncio.run(talk())


def main():
    from django.core.management import call_command, get_commands  # noqa: F401

    import django

    steps = json.load(sys.stdin)
    results, applications = [], {}
    django.setup()
    from django.conf import settings

    for step in steps:
        if "manage" in step:
            from django.core.management.base import CommandError

            output = io.StringIO()
            try:
                with contextlib.redirect_stdout(output):
                    call_command(*step["manage"], stdout=output, **step.get("options", {}))
                results.append({"out": output.getvalue()})
            except CommandError as error:
                results.append({"error": str(error)})
        elif "visit" in step:
            kind = "asgi" if step.get("asgi") else "wsgi"
            if kind not in applications:
                module = __import__("mysite." + kind, fromlist=["application"])
                applications[kind] = module.application
            results.append((visit_asgi if kind == "asgi" else visit_wsgi)(applications[kind], step))
        elif "setting" in step:
            value = getattr(settings, step["setting"])
            if step["setting"] == "DATABASES":
                value = {alias: dict(entry) for alias, entry in value.items()}
            results.append(value)
        else:
            names = {}
            exec(step["run"], names)
            results.append(names.get("said"))
    print("\n=>" + json.dumps(results, default=str))


main()
