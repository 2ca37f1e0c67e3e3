"""As much of an object storage as a site asks of one: it keeps in memory what it is sent, and checks signatures."""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Optional
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

NAME, ACCESS_KEY, SECRET_KEY, REGION = "weblog", "AKTEST", "the/secret+key", "eu-central-1"
# Objects of one answer to a listing.
PAGE = 2


class Bucket:
    """`objects`: name to headers and content. `asked`: each request's method and name. `failing`: answers 503 so often."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.objects: dict[str, tuple[dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, str]] = []
        self.failing = 0


def signature(
    method: str, path: str, query: list[tuple[str, str]], headers: dict[str, str], date: str, signed: str
) -> str:
    """By AWS's description of version 4, written independently of the adapter's."""
    canonical_query = "&".join(f"{quote(n, safe='-_.~')}={quote(v, safe='-_.~')}" for n, v in sorted(query))
    lines = [method, path, canonical_query]
    lines += [f"{name}:{headers[name]}" for name in signed.split(";")] + ["", signed, "UNSIGNED-PAYLOAD"]
    request = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    scope = [date[:8], REGION, "s3", "aws4_request"]
    key = b"AWS4" + SECRET_KEY.encode()
    for part in scope:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = "\n".join(["AWS4-HMAC-SHA256", date, "/".join(scope), request])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@contextmanager
def bucket() -> Iterator[Bucket]:
    """One that answers on a port of its own for as long as it is used."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self, status: int, content: bytes = b"", headers: Optional[dict[str, str]] = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def is_signed(self, path: str, query: list[tuple[str, str]]) -> bool:
            headers = {name.lower(): value for name, value in self.headers.items()}
            given = dict(query)
            if "X-Amz-Signature" in given:
                rest = [(name, value) for name, value in query if name != "X-Amz-Signature"]
                made = signature(self.command, path, rest, headers, given["X-Amz-Date"], "host")
                return made == given["X-Amz-Signature"]
            said = dict(
                part.strip().split("=", 1) for part in headers.get("authorization", " a=").partition(" ")[2].split(",")
            )
            if "Signature" not in said:
                return False
            made = signature(self.command, path, query, headers, headers["x-amz-date"], said["SignedHeaders"])
            return made == said["Signature"] and said["Credential"].startswith(ACCESS_KEY + "/")

        def handle_one(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qsl(parts.query, keep_blank_values=True)
            name = unquote(parts.path)[len(f"/{NAME}/") :]
            content = self.rfile.read(int(self.headers["Content-Length"] or 0))
            found.asked.append((self.command, name))
            if found.failing:
                found.failing -= 1
                return self.answer(503)
            if not self.is_signed(parts.path, query):
                return self.answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
            if self.command == "PUT":
                kept = ("Content-Type", "Cache-Control", "x-amz-acl")
                found.objects[name] = {header: self.headers[header] for header in kept if self.headers[header]}, content
                return self.answer(200)
            if self.command == "DELETE":
                found.objects.pop(name, None)
                return self.answer(204)
            if "prefix" in dict(query):
                return self.answer(200, listing(sorted(found.objects), dict(query)))
            if name not in found.objects:
                return self.answer(404)
            headers, body = found.objects[name]
            return self.answer(200, body, {**headers, "Last-Modified": "Tue, 01 Dec 2026 03:00:00 GMT"})

        do_GET = do_HEAD = do_PUT = do_DELETE = handle_one

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Bucket(f"http://127.0.0.1:{server.server_port}")
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield found
        finally:
            server.shutdown()


def listing(keys: list[str], query: dict[str, str]) -> bytes:
    """What is right below a prefix, a few at a time."""
    prefix = query["prefix"]
    below = [key for key in keys if key.startswith(prefix)]
    entries = sorted(
        {prefix + key[len(prefix) :].partition("/")[0] + ("/" if "/" in key[len(prefix) :] else "") for key in below}
    )
    start = int(query.get("continuation-token") or 0)
    said = "".join(
        f"<CommonPrefixes><Prefix>{escape(entry)}</Prefix></CommonPrefixes>"
        if entry.endswith("/")
        else f"<Contents><Key>{escape(entry)}</Key></Contents>"
        for entry in entries[start : start + PAGE]
    )
    if len(entries) > start + PAGE:
        said += f"<NextContinuationToken>{start + PAGE}</NextContinuationToken>"
    return f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{said}</ListBucketResult>'.encode()
