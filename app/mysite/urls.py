"""Addresses of the site."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from weblog.sitemaps import PostSitemap

urlpatterns = [
    path("admin/", admin.site.urls),
    path("sitemap.xml", sitemap, {"sitemaps": {"posts": PostSitemap}}, name="sitemap"),
    path("", include("weblog.urls")),
    # For development only; a server serves uploads itself.
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
