"""Addresses of the site. /health is answered by mysite.middleware.health."""

from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from weblog.sitemaps import PostSitemap

urlpatterns = [
    path("admin/", admin.site.urls),
    path("sitemap.xml", sitemap, {"sitemaps": {"posts": PostSitemap}}, name="sitemap"),
    path("", include("weblog.urls")),
]
