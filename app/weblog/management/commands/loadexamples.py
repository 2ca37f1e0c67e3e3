"""A few posts with pictures, so that a new site is worth a look. Delete them in the admin when you write your own."""

import json
from datetime import timedelta
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from weblog.models import Post

FOLDER = Path(__file__).resolve().parents[2] / "examples"
AUTHOR = {"username": "example-author", "first_name": "Robin", "last_name": "Hafen"}


class Command(BaseCommand):
    help = "Loads the example posts that are not there yet. Posts that exist are left as they are."

    @transaction.atomic
    def handle(self, **options) -> None:
        author, created = get_user_model().objects.get_or_create(username=AUTHOR["username"], defaults=AUTHOR)
        if created:
            author.set_unusable_password()
            author.save()
        loaded = sum(self.load(entry, author) for entry in json.loads((FOLDER / "posts.json").read_text("utf-8")))
        self.stdout.write(f"example posts: {loaded} loaded, {Post.objects.count()} posts in all")

    def load(self, entry: dict, author) -> bool:
        if Post.objects.filter(slug=entry["slug"]).exists():
            return False
        post = Post(
            slug=entry["slug"],
            title=entry["title"],
            summary=entry["summary"],
            body=(FOLDER / f"{entry['slug']}.md").read_text("utf-8"),
            picture_alt=entry.get("picture_alt", ""),
            author=author,
            draft=entry.get("draft", False),
            published=timezone.now() - timedelta(days=entry["days_ago"]),
        )
        if "picture" in entry:
            post.picture = ContentFile((FOLDER / entry["picture"]).read_bytes(), name=entry["picture"])
        post.full_clean()
        post.save()
        return True
