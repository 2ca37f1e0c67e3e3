from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, str]:
    """The site's name and motto for every page."""
    return {"site_title": settings.SITE_TITLE, "site_tagline": settings.SITE_TAGLINE}
