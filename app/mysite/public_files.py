"""Whether visitors can read what is in the object storage: asked as one of them, without a key."""

import ssl
import time
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

SECONDS = 8
# What was just sent may not be everywhere yet.
ATTEMPTS = 3
PAUSE_SECONDS = 2


def refusal(address: str, ca_file: str | None) -> str | None:
    """Why a file cannot be read, such as "it answers 403 Forbidden"; None when it can."""
    said = None
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(PAUSE_SECONDS)
        said = _refusal(address, ca_file)
        if said is None:
            return None
    return said


def _refusal(address: str, ca_file: str | None) -> str | None:
    trusted = ssl.create_default_context()
    if ca_file:
        trusted.load_verify_locations(ca_file)
    # Networks that deliver files for others refuse the name that Python gives itself.
    request = Request(address, headers={"User-Agent": "Mozilla/5.0 (a look at the release)"})
    try:
        with urlopen(request, timeout=SECONDS, context=trusted) as answer:
            return None if answer.status == 200 else f"it answers {answer.status} {answer.reason}"
    except HTTPError as error:
        with error:
            return f"it answers {error.code} {error.reason}"
    except (OSError, HTTPException) as error:
        return f"it cannot be reached from this server ({getattr(error, 'reason', None) or error})"
