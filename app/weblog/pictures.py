"""What an uploaded picture is: its kind by its first bytes, its size by its header. No imaging library is needed.

Pillow has no ready-made package for 32-bit ARM, and compiling it takes a Raspberry Pi the better part of an hour.
"""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

import imagesize
from django.conf import settings
from django.core.exceptions import ValidationError


@dataclass(frozen=True)
class Picture:
    extension: str
    width: int
    height: int
    digest: str


def extension_of(head: bytes) -> str | None:
    """The kind of picture that a file's first 32 bytes announce, by the extension we store it with."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and b"avif" in head[8:32]:
        return "avif"
    return None


def inspect(file: BinaryIO) -> Picture:
    """Reads a picture and refuses, in words for its author, what readers' browsers could not show."""
    file.seek(0)
    content = file.read(settings.PICTURE_MAX_BYTES + 1)
    file.seek(0)
    if len(content) > settings.PICTURE_MAX_BYTES:
        limit = settings.PICTURE_MAX_BYTES // (1024 * 1024)
        raise ValidationError(f"This picture is larger than {limit} MB. Save it smaller: 1600 pixels wide is plenty.")
    extension = extension_of(content[:32])
    if extension is None:
        raise ValidationError("This is not a JPEG, PNG, WebP or AVIF picture.")
    width, height = _size(file)
    if max(width, height) > settings.PICTURE_MAX_SIDE:
        limit = settings.PICTURE_MAX_SIDE
        raise ValidationError(f"This picture is {width} x {height} pixels: a side may have {limit} at most.")
    return Picture(extension, width, height, hashlib.sha256(content).hexdigest())


def _size(file: BinaryIO) -> tuple[int, int]:
    """Width and height as shown: a phone held upright stores the picture lying, with a note how far to turn it."""
    try:
        width, height = imagesize.get(file)
    except Exception:  # imagesize lets whatever a broken header causes (struct.error, IndexError, ...) through.
        width = height = -1
    finally:
        file.seek(0)
    if width < 1 or height < 1:
        raise ValidationError("This picture is damaged: its size cannot be read.")
    return width, height
