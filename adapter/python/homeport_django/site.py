"""What Homeport says of the site: HOMEPORT_SITE (JSON, nothing secret), and secrets as files."""

import json
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Optional

ALL = "all"


@dataclass(frozen=True)
class Site:
    """One site, as its settings describe it. Without an entry in HOMEPORT_SITE the default below holds."""

    app: str = "homeport"
    # Names that visitors use; the first is the one that others are redirected to.
    hosts: list[str] = field(default_factory=list)
    # Names by which the owner reaches the admin at home.
    admin_hosts: list[str] = field(default_factory=list)
    # Networks of the proxies whose X-Forwarded-* are believed.
    proxies: list[str] = field(default_factory=list)
    # seconds, includeSubdomains, preload.
    hsts: dict[str, Any] = field(default_factory=dict)
    log_level: str = "INFO"
    # The volume that outlives a container.
    data: Path = Path("/data")
    # Further folders that are volumes.
    volumes: list[str] = field(default_factory=list)
    admin_user: str = "admin"
    # engine (sqlite or postgresql), both; None: the project's own databases stay as they are.
    database: Optional[dict[str, Any]] = None
    # Largest body of a visitor who is not logged in, of 2^20 bytes each; None: the proxy's limit is the only one.
    public_upload_mb: Optional[int] = None
    # endpoint, bucket, region, publicUrl, signed, acl; None: uploads are files in `data`.
    storage: Optional[dict[str, Any]] = None
    # Names of parts that must not set anything over.
    keep: list[str] = field(default_factory=list)

    def keeps(self, part: str) -> bool:
        """Whether the owner wants the project's own way in this."""
        return part in self.keep or ALL in self.keep

    def outlives(self, path: "str | os.PathLike[str]") -> bool:
        """Whether what is written at a path is there after the next deploy."""
        absolute = os.path.abspath(os.fspath(path))
        return any(_below(absolute, folder) for folder in (str(self.data), *self.volumes))


_NAMES = {
    "adminHosts": "admin_hosts",
    "logLevel": "log_level",
    "adminUser": "admin_user",
    "publicUploadMb": "public_upload_mb",
}


def _below(path: str, folder: str) -> bool:
    folder = os.path.abspath(folder)
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def parse(text: str) -> Site:
    """A site of its JSON. Entries that are unknown or null count as absent. Raises ValueError for anything else."""
    said = json.loads(text)
    if not isinstance(said, dict):
        raise ValueError("HOMEPORT_SITE is not an object")
    named = {_NAMES.get(name, name): value for name, value in said.items() if value is not None}
    known = {name: value for name, value in named.items() if name in Site.__dataclass_fields__}
    if "data" in known:
        known["data"] = Path(known["data"])
    return Site(**known)


@cache
def current() -> Site:
    """The site of this process."""
    return parse(os.environ["HOMEPORT_SITE"])


def at_home(site: Site, meta: "dict[str, Any]") -> bool:
    """Whether a request came by a name of the admin, which the proxy takes at home only."""
    host = str(meta.get("HTTP_HOST", "")).lower()
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    return name in (admin.lower() for admin in site.admin_hosts)


def secret_file(name: str) -> Path:
    """Where a secret lies, whether or not there is one."""
    return Path(os.environ.get("HOMEPORT_SECRETS", "/run/secrets"), name)


def secret(name: str) -> Optional[str]:
    """A secret, without the line break at its end; None where there is none.

    Raises ImproperlyConfigured where there is one that cannot be read.
    """
    path = secret_file(name)
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None
    except OSError as error:
        from django.core.exceptions import ImproperlyConfigured

        raise ImproperlyConfigured(
            f"{path} cannot be read by user id {os.getuid()}: {error.strerror}. "
            "Start the container's processes in the group that homeport gives them."
        ) from None
