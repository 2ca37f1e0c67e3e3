from datetime import datetime

from django.contrib.sitemaps import Sitemap

from weblog.models import Post


class PostSitemap(Sitemap):
    """Every published post, for search engines."""

    changefreq = "monthly"

    def items(self):
        return Post.objects.published()

    def lastmod(self, post: Post) -> datetime:
        return post.updated
