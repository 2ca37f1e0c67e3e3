"""Addresses of the site. /health is answered by mysite.middleware.health."""

from django.conf import settings
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from weblog.sitemaps import PostSitemap

urlpatterns = [
    path("admin/", admin.site.urls),
    path("sitemap.xml", sitemap, {"sitemaps": {"posts": PostSitemap}}, name="sitemap"),
    path("", include("weblog.urls")),
]

if settings.OBJECT_STORAGE and not settings.OBJECT_STORAGE.public:
    from mysite.s3 import other_version

    urlpatterns.append(path("static/<path:path>", other_version))
