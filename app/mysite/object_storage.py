"""The object storage (any S3 API) by the environment: where it is, and what of the site is in it."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from mysite import environment


@dataclass(frozen=True)
class ObjectStorage:
    """A bucket that has static files below `static/` and uploads below `media/`."""

    endpoint: str
    bucket: str
    region: str
    # Whether uploads are for those only who got their address from this site, for an hour.
    signed: bool
    # Where anybody may read the bucket, None when nobody may.
    public: str | None
    # What is said of each file that visitors are to read, None where the bucket itself says it.
    acl: str | None
    # Certificate authorities to believe instead of the system's.
    ca_file: str | None
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)

    @property
    def origins(self) -> list[str]:
        """What browsers must be allowed to load from."""
        addresses = [self.public] if self.public and not self.signed else [self.endpoint, self.public or self.endpoint]
        return list(dict.fromkeys("{0.scheme}://{0.netloc}".format(urlsplit(address)) for address in addresses))

    def storages(self) -> dict[str, dict]:
        """Django's STORAGES."""
        options = {
            "access_key": self.access_key,
            "secret_key": self.secret_key,
            "bucket_name": self.bucket,
            "endpoint_url": self.endpoint,
            "region_name": self.region,
            "verify": self.ca_file,
        }
        return {
            "default": {
                "BACKEND": "mysite.s3.MediaStorage",
                "OPTIONS": {
                    **options,
                    "location": "media",
                    "default_acl": None if self.signed else self.acl,
                    **_readers(None if self.signed else self.public),
                },
            },
            "staticfiles": {
                "BACKEND": "mysite.s3.StaticStorage",
                "OPTIONS": {**options, "location": "static", "default_acl": self.acl, **_readers(self.public)},
            },
        }


def _readers(public: str | None) -> dict:
    """How addresses of objects are made: below a public one, or with a signature."""
    if public is None:
        return {"querystring_auth": True}
    scheme, _, rest = public.partition("//")
    return {"querystring_auth": False, "url_protocol": scheme, "custom_domain": rest}


def _acl() -> str | None:
    acl = environment.text("STORAGE_ACL")
    if acl not in ("", "public-read"):
        raise ImproperlyConfigured(f"STORAGE_ACL is {acl!r}: expected public-read or nothing.")
    return acl or None


def configured() -> ObjectStorage | None:
    """What STORAGE_* say; None without STORAGE_ENDPOINT: static files and uploads are this container's own then."""
    if not environment.text("STORAGE_ENDPOINT"):
        return None
    endpoint, bucket = environment.web_address("STORAGE_ENDPOINT"), environment.text("STORAGE_BUCKET")
    if not bucket:
        raise ImproperlyConfigured("STORAGE_BUCKET is empty: set it to the name of the bucket.")
    ca_file = environment.text("STORAGE_CA_FILE")
    if ca_file and not Path(ca_file).is_file():
        raise ImproperlyConfigured(f"STORAGE_CA_FILE is {ca_file!r}: there is no such file.")
    signed = environment.flag("STORAGE_SIGNED")
    public = None if signed else f"{endpoint}/{bucket}"
    if environment.text("STORAGE_PUBLIC_URL"):
        public = environment.web_address("STORAGE_PUBLIC_URL")
    return ObjectStorage(
        endpoint=endpoint,
        bucket=bucket,
        region=environment.text("STORAGE_REGION") or "us-east-1",
        signed=signed,
        public=public,
        acl=_acl(),
        ca_file=ca_file or None,
        access_key=environment.secret("STORAGE_ACCESS_KEY"),
        secret_key=environment.secret("STORAGE_SECRET_KEY"),
    )
