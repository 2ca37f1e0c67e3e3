"""What several tests need."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from weblog.models import Post

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
