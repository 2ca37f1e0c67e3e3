from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse_lazy

from weblog.models import Post
from weblog.templatetags.markup import markdown


class PostFeed(Feed):
    """The newest posts in full, as RSS."""

    title = settings.SITE_TITLE
    description = settings.SITE_TAGLINE
    link = reverse_lazy("weblog:list")

    def items(self):
        return Post.objects.published().select_related("author")[:20]

    def item_title(self, item: Post) -> str:
        return item.title

    def item_description(self, item: Post) -> str:
        return markdown(item.body)

    def item_author_name(self, item: Post) -> str:
        return item.author_name

    def item_pubdate(self, item: Post) -> datetime:
        return item.published

    def item_updateddate(self, item: Post) -> datetime:
        return item.updated
