"""Run inside a project's folder: for each line of stdin, steps as JSON, does them and prints what came of each.

A step is {"manage": [...]} (a command; its output or its error), {"visit": path, ...} (a request as a server hands it
to the application), {"setting": name}, or {"run": code} (Python; the value of `said`).
"""

import asyncio
import contextlib
import importlib
import io
import json
import os
import sys
import traceback

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


def do(step, applications):
    if "manage" in step:
        return manage(step)
    if "visit" in step:
        kind = "asgi" if step.get("asgi") else "wsgi"
        if kind not in applications:
            applications[kind] = importlib.import_module("mysite." + kind).application
        return (visit_asgi if kind == "asgi" else visit_wsgi)(applications[kind], step)
    if "setting" in step:
        from django.conf import settings

        return getattr(settings, step["setting"])
    names = {}
    exec(step["run"], names)
    return names.get("said")


def manage(step):
    from django.core.management import call_command
    from django.core.management.base import CommandError

    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            call_command(*step["manage"], stdout=output, **step.get("options", {}))
        return {"out": output.getvalue()}
    except CommandError as error:
        return {"error": str(error)}


def main():
    import django

    django.setup()
    applications = {}
    for line in sys.stdin:
        try:
            results = [do(step, applications) for step in json.loads(line)]
            print("=>" + json.dumps(results, default=str), flush=True)
        except BaseException:
            print("=>" + json.dumps(traceback.format_exc()), flush=True)


main()
