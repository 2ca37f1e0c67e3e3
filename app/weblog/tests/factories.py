"""What several tests need."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from mysite.object_storage import ObjectStorage
from weblog.models import Post

# Of nobody.
STORAGE = ObjectStorage(
    endpoint="https://s3.lab.test",
    bucket="weblog",
    region="eu",
    signed=False,
    public="https://s3.lab.test/weblog",
    acl=None,
    ca_file=None,
    access_key="key",
    secret_key="geheim",
)

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def example(name: str) -> bytes:
    """The bytes of a committed example picture."""
    return (EXAMPLES / name).read_bytes()


def make_post(slug: str, **fields) -> Post:
    defaults = {
        "title": slug.replace("-", " ").capitalize(),
        "summary": f"About {slug}.",
        "body": "One paragraph.\n\nAnother one.",
        "draft": False,
        "published": timezone.now() - timedelta(days=1),
    }
    return Post.objects.create(slug=slug, **{**defaults, **fields})


def run_manage(*command: str, **environment: str) -> subprocess.CompletedProcess:
    """`manage.py` in a process of its own, as a container starts it, with this environment and the paths of ours."""
    inherited = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )
