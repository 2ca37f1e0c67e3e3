"""A bucket of any S3 API, by the standard library: what uploads need of one, signed by AWS Signature Version 4."""

import hashlib
import hmac
import ssl
import time
from datetime import datetime, timezone
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import IO, Optional
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

# A storage that is away is known after half a minute at most, and not after several.
TIMEOUT_SECONDS = 8
ATTEMPTS = 2
PAUSE_SECONDS = 0.5
CHUNK_BYTES = 256 * 1024
# Of the content's bytes no digest is sent: TLS guards them, and a large file would be read twice.
_UNSIGNED = "UNSIGNED-PAYLOAD"


class Refused(OSError):
    """What a bucket said instead of doing what it was asked."""


class Bucket:
    """One bucket, addressed by its name in the path: a storage of one's own knows nothing of names of hosts."""

    def __init__(
        self, endpoint: str, name: str, region: str, access_key: str, secret_key: str, ca_file: Optional[str]
    ) -> None:
        self._address = urlsplit(endpoint.rstrip("/"))
        self._name = name
        self._region = region
        self._access_key = access_key
        self._secret_key = secret_key
        self._context = ssl.create_default_context(cafile=ca_file) if self._address.scheme == "https" else None

    def __repr__(self) -> str:
        return f"the object storage {self._address.geturl()} (bucket {self._name})"

    def put(self, key: str, content: "IO[bytes]", length: int, headers: dict[str, str]) -> None:
        sent = {**headers, "Content-Length": str(length)}
        self._ask("PUT", key, headers=sent, content=content).read()

    def get(self, key: str, into: "IO[bytes]") -> None:
        """Raises FileNotFoundError where there is none."""
        answer = self._ask("GET", key, missing_is_fine=True)
        if answer.status == 404:
            answer.read()
            raise FileNotFoundError(key)
        for chunk in iter(lambda: answer.read(CHUNK_BYTES), b""):
            into.write(chunk)

    def head(self, key: str) -> Optional[dict[str, str]]:
        """The headers of an object, in small letters; None where there is none."""
        answer = self._ask("HEAD", key, missing_is_fine=True)
        answer.read()
        return None if answer.status == 404 else {name.lower(): value for name, value in answer.getheaders()}

    def delete(self, key: str) -> None:
        self._ask("DELETE", key, missing_is_fine=True).read()

    def below(self, prefix: str) -> tuple[list[str], list[str]]:
        """The prefixes of the folders and the keys of the objects right below a prefix."""
        folders: list[str] = []
        keys: list[str] = []
        query = {"delimiter": "/", "list-type": "2", "prefix": prefix}
        while True:
            page = ElementTree.fromstring(self._ask("GET", "", query=query).read())
            for element in page.iter():
                tag = element.tag.rpartition("}")[2]
                if tag == "Contents":
                    keys += _texts(element, "Key")
                elif tag == "CommonPrefixes":
                    folders += _texts(element, "Prefix")
            following = _texts(page, "NextContinuationToken")
            if not following:
                return folders, keys
            query["continuation-token"] = following[0]

    def signed_url(self, key: str, seconds: int) -> str:
        """An address by which anybody may read an object for so long."""
        now = datetime.now(timezone.utc)
        query = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{self._access_key}/{self._scope(now)}",
            "X-Amz-Date": _stamp(now),
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": "host",
        }
        signature = self._signature("GET", key, query, {"host": self._address.netloc}, now)
        return f"{self._address.scheme}://{self._address.netloc}{self._path(key)}?{_encoded(query)}&X-Amz-Signature={signature}"

    def _ask(
        self,
        method: str,
        key: str,
        query: Optional[dict[str, str]] = None,
        headers: Optional[dict[str, str]] = None,
        content: "Optional[IO[bytes]]" = None,
        missing_is_fine: bool = False,
    ) -> HTTPResponse:
        """The answer. Raises Refused, in words for a person, where it is none of success or the storage is away."""
        said = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(PAUSE_SECONDS)
            if content is not None:
                content.seek(0)
            try:
                answer = self._once(method, key, query or {}, headers or {}, content)
            except (OSError, HTTPException) as error:
                said = f"it cannot be reached ({error})"
                continue
            if answer.status < 300 or (missing_is_fine and answer.status == 404):
                return answer
            said = f"it answers {answer.status} {answer.reason}{_code(answer.read(10_000))}"
            if answer.status < 500:
                break
        raise Refused(f"{self!r} did not do what was asked ({method} {key or 'list'}): {said}")

    def _once(
        self, method: str, key: str, query: dict[str, str], headers: dict[str, str], content: "Optional[IO[bytes]]"
    ) -> HTTPResponse:
        now = datetime.now(timezone.utc)
        signed = {name.lower(): value for name, value in headers.items() if name.lower() != "content-length"}
        signed.update({"host": self._address.netloc, "x-amz-content-sha256": _UNSIGNED, "x-amz-date": _stamp(now)})
        names = ";".join(sorted(signed))
        # One question a connection: an idle one would be nobody's.
        sent = {"connection": "close", **{name: value for name, value in signed.items() if name != "host"}}
        sent["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self._access_key}/{self._scope(now)}, SignedHeaders={names}, "
            f"Signature={self._signature(method, key, query, signed, now)}"
        )
        if "Content-Length" in headers:
            sent["content-length"] = headers["Content-Length"]
        path = self._path(key) + (f"?{_encoded(query)}" if query else "")
        connection = self._connection()
        connection.request(method, path, body=content, headers=sent)
        # The answer closes the connection when it was read: it is the only one.
        return connection.getresponse()

    def _connection(self) -> HTTPConnection:
        host, port = self._address.hostname or "", self._address.port
        if self._context:
            return HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=self._context)
        return HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)

    def _path(self, key: str) -> str:
        return quote(f"{self._address.path}/{self._name}" + (f"/{key}" if key else ""), safe="/-_.~")

    def _scope(self, now: datetime) -> str:
        return f"{now:%Y%m%d}/{self._region}/s3/aws4_request"

    def _signature(self, method: str, key: str, query: dict[str, str], headers: dict[str, str], now: datetime) -> str:
        canonical = "\n".join(
            (
                method,
                self._path(key),
                _encoded(query),
                *(f"{name}:{' '.join(headers[name].split())}" for name in sorted(headers)),
                "",
                ";".join(sorted(headers)),
                _UNSIGNED,
            )
        )
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{_stamp(now)}\n{self._scope(now)}\n{digest}"
        signer = f"AWS4{self._secret_key}".encode()
        for part in self._scope(now).split("/"):
            signer = hmac.new(signer, part.encode(), hashlib.sha256).digest()
        return hmac.new(signer, text.encode(), hashlib.sha256).hexdigest()


def _stamp(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M%SZ}"


def _encoded(query: dict[str, str]) -> str:
    """As the signature wants a query: in the order of its names, every special character encoded."""
    return "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(query.items()))


def _texts(element: ElementTree.Element, tag: str) -> list[str]:
    return [child.text or "" for child in element if child.tag.rpartition("}")[2] == tag]


def _code(body: bytes) -> str:
    """S3's own word for what is wrong, such as AccessDenied."""
    try:
        found = _texts(ElementTree.fromstring(body), "Code")
    except ElementTree.ParseError:
        return ""
    return f" ({found[0]})" if found else ""
