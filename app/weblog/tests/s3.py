"""As much of an object storage as the site asks of one: it keeps in memory what it is sent, and notes the questions."""

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

BUCKET = "/weblog/"


class Bucket:
    """
    `objects`: name to headers and content. `asked`: each request's method and name, in order.
    `public`: whether anybody may read, whatever is said of a file; `acls`: what is said of each.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.objects: dict[str, tuple[dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, str]] = []
        self.public = True
        self.acls: dict[str, str] = {}

    def written(self) -> list[str]:
        return [name for method, name in self.asked if method == "PUT"]


def listing(keys: list[str], prefix: str, folders: bool) -> bytes:
    """What is below a prefix, as XML; with folders, what is deeper only by the name of the next folder."""
    deeper = {f"{prefix}{key.removeprefix(prefix).partition('/')[0]}/" for key in keys if "/" in key[len(prefix) :]}
    files = [key for key in keys if not folders or "/" not in key[len(prefix) :]]
    names = "".join(f"<Contents><Key>{escape(key)}</Key></Contents>" for key in files)
    names += "".join(f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>" for name in deeper if folders)
    return f"<ListBucketResult>{names}</ListBucketResult>".encode()


@contextmanager
def bucket():
    """One that answers on a port of its own for as long as it is used."""

    class Handler(BaseHTTPRequestHandler):
        # boto waits a second for the answer to "may I send this?", which HTTP/1.0 has not.
        protocol_version = "HTTP/1.1"

        def answer(self, status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content))} | (headers or {})).items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def name(self) -> str:
            name = urlsplit(self.path).path.removeprefix(BUCKET)
            found.asked.append((self.command, name))
            return name

        def do_PUT(self) -> None:
            kept = ("Content-Type", "Content-Encoding", "Cache-Control")
            headers = {name: self.headers[name] for name in kept if self.headers[name]}
            name, content = self.name(), self.rfile.read(int(self.headers["Content-Length"] or 0))
            if "x-amz-acl" in self.headers:
                found.acls[name] = self.headers["x-amz-acl"]
            if not urlsplit(self.path).query.startswith("acl"):
                found.objects[name] = headers, content
            self.answer(200, headers={"ETag": '"x"'})

        def do_GET(self) -> None:
            name = self.name()
            query = parse_qs(urlsplit(self.path).query)
            if "Authorization" not in self.headers and not found.public and name not in found.acls:
                self.answer(403)
            elif "prefix" in query:
                keys = sorted(key for key in found.objects if key.startswith(query["prefix"][0]))
                self.answer(200, listing(keys, query["prefix"][0], "delimiter" in query))
            elif name in found.objects:
                headers, content = found.objects[name]
                self.answer(200, content, headers)
            else:
                self.answer(404)

        do_HEAD = do_GET

        def log_message(self, *args) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Bucket(f"http://127.0.0.1:{server.server_port}")
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield found
        finally:
            server.shutdown()
