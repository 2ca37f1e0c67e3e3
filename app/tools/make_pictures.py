"""Paints the pictures of the example posts. Run by hand, with Pillow and NumPy; the results are committed.

python tools/make_pictures.py weblog/examples
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1200, 675
rng = np.random.default_rng(7)


def gradient(*stops: tuple[float, tuple[int, int, int]]) -> Image.Image:
    """A vertical gradient: stops are (height from 0 at the top to 1, colour)."""
    y = np.linspace(0, 1, HEIGHT)
    places = [place for place, _ in stops]
    rows = np.stack([np.interp(y, places, [colour[i] for _, colour in stops]) for i in range(3)], axis=1)
    return Image.fromarray(np.repeat(rows[:, None, :], WIDTH, axis=1).astype(np.uint8), "RGB")


def glow(
    image: Image.Image, x: float, y: float, radius: float, colour: tuple[int, int, int], strength: float
) -> Image.Image:
    """Adds a soft light."""
    yy, xx = np.mgrid[0:HEIGHT, 0:WIDTH]
    light = strength * np.exp(-((xx - x) ** 2 + (yy - y) ** 2) / (2 * radius**2))[..., None]
    pixels = np.asarray(image, dtype=float)
    return Image.fromarray(
        np.clip(pixels + (np.array(colour) - pixels) * np.clip(light, 0, 1), 0, 255).astype(np.uint8)
    )


def ridge(base: float, rough: float, waves: int) -> np.ndarray:
    """The height of a line of hills at each x: sine waves of falling size."""
    x = np.linspace(0, 1, WIDTH)
    line = np.zeros(WIDTH)
    for wave in range(1, waves + 1):
        line += np.sin(x * 2 * np.pi * wave * rng.uniform(0.6, 1.4) + rng.uniform(0, 6.3)) / wave**1.25
    return base - rough * line


def below(
    image: Image.Image, line: np.ndarray, top: tuple[int, int, int], bottom: tuple[int, int, int], depth: float
) -> Image.Image:
    """Fills the ground below a line, fading from top to bottom over depth pixels."""
    yy = np.arange(HEIGHT)[:, None]
    share = np.clip((yy - line[None, :]) / depth, 0, 1)[..., None]
    ground = np.array(top) * (1 - share) + np.array(bottom) * share
    cover = np.clip(yy - line[None, :] + 0.5, 0, 1)[..., None]
    pixels = np.asarray(image, dtype=float)
    return Image.fromarray((pixels * (1 - cover) + ground * cover).astype(np.uint8))


def ripples(image: Image.Image, shore: int, light_x: float, colour: tuple[int, int, int], count: int) -> Image.Image:
    """Short strokes of light on water below the shore, under a light at light_x."""
    layer = Image.new("RGBA", image.size)
    draw = ImageDraw.Draw(layer)
    for _ in range(count):
        y = shore + 4 + (HEIGHT - shore) * rng.random() ** 1.4
        spread = 14 + (y - shore) * 0.32
        x = light_x + rng.normal(0, spread)
        length = rng.uniform(6, 20) * (0.5 + (y - shore) / 160)
        alpha = int(150 * np.exp(-(((x - light_x) / (spread * 1.6)) ** 2)))
        draw.rounded_rectangle([x - length, y, x + length, y + 1 + (y - shore) / 110], 2, fill=(*colour, alpha))
    return Image.alpha_composite(image.convert("RGBA"), layer.filter(ImageFilter.GaussianBlur(0.8))).convert("RGB")


def harbour() -> Image.Image:
    shore = 410
    image = gradient(
        (0, (38, 58, 104)),
        (0.3, (120, 104, 148)),
        (0.5, (240, 158, 120)),
        (0.61, (255, 214, 150)),
        (1, (255, 214, 150)),
    )
    image = glow(image, 820, 372, 190, (255, 236, 190), 0.9)
    image = below(image, ridge(372, 14, 5), (150, 112, 140), (196, 140, 140), 60)
    image = below(image, np.full(WIDTH, float(shore)), (214, 150, 128), (26, 48, 88), 230)
    big = image.resize((WIDTH * 2, HEIGHT * 2))
    draw = ImageDraw.Draw(big)
    draw.ellipse([1588, 700, 1692, 804], fill=(255, 246, 216))
    draw.rectangle([0, shore * 2, WIDTH * 2, shore * 2 + 2], fill=(236, 180, 146))
    stone, dark = (52, 50, 82), (38, 38, 68)
    draw.polygon([(0, 792), (700, 800), (780, 846), (0, 880)], fill=stone)
    draw.polygon([(0, 840), (780, 846), (740, 862), (0, 884)], fill=dark)
    for band, colour in enumerate([(240, 232, 222), (196, 66, 62), (240, 232, 222), (196, 66, 62), (240, 232, 222)]):
        top, bottom = 470 + band * 66, 536 + band * 66
        draw.polygon(
            [
                (574 - (top - 470) / 14, top),
                (646 + (top - 470) / 14, top),
                (646 + (bottom - 470) / 14, bottom),
                (574 - (bottom - 470) / 14, bottom),
            ],
            fill=colour,
        )
    draw.rectangle([562, 456, 658, 472], fill=dark)
    draw.rectangle([584, 404, 636, 458], fill=(255, 240, 178))
    draw.polygon([(572, 406), (648, 406), (610, 362)], fill=(170, 52, 52))
    for x, size in ((980, 1.0), (1240, 0.7)):
        draw.polygon(
            [
                (x, 850 + 20 * size),
                (x + 150 * size, 850 + 20 * size),
                (x + 126 * size, 850 + 52 * size),
                (x + 22 * size, 850 + 52 * size),
            ],
            fill=dark,
        )
        draw.polygon(
            [(x + 70 * size, 850 + 10 * size), (x + 70 * size, 850 - 150 * size), (x + 146 * size, 850 + 10 * size)],
            fill=(250, 240, 226),
        )
        draw.polygon(
            [(x + 60 * size, 850 + 10 * size), (x + 60 * size, 850 - 120 * size), (x + 10 * size, 850 + 10 * size)],
            fill=(232, 204, 188),
        )
    image = big.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    image = glow(image, 305, 215, 46, (255, 240, 190), 0.75)
    image = ripples(image, shore + 8, 820, (255, 232, 180), 420)
    return ripples(image, 448, 305, (255, 226, 170), 90)


def tunnel() -> Image.Image:
    yy, xx = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    x, y = (xx - 640) / 420, (yy - 330) / 420
    radius = np.hypot(x, y) + 1e-6
    depth = np.log(radius) * 5.2
    ring = 0.5 + 0.5 * np.cos(depth * 2.0 + 0.35 * np.sin(3 * np.arctan2(y, x)))
    fog = np.exp(-radius * 3.1)
    share = np.clip(radius / 1.6, 0, 1)[..., None]
    wall = np.array([34, 120, 140]) * (1 - share) + np.array([10, 22, 48]) * share
    pixels = wall * (0.35 + 0.75 * ring[..., None] ** 2) + np.array([255, 236, 196]) * fog[..., None] * 1.15
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7))


def hills() -> Image.Image:
    image = gradient((0, (150, 190, 214)), (0.4, (236, 228, 206)), (1, (236, 228, 206)))
    image = glow(image, 330, 170, 120, (255, 248, 224), 0.95)
    colours = [(186, 206, 212), (150, 184, 192), (108, 154, 160), (70, 120, 122), (38, 84, 82), (18, 52, 52)]
    for layer, colour in enumerate(colours):
        mist = tuple(int(c + (236 - c) * (0.42 - layer * 0.05)) for c in colour)
        image = below(image, ridge(250 + layer * 72, 20 + layer * 6, 5 + layer), colour, mist, 130)
    # A palette keeps a painted PNG small.
    return image.quantize(224, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def night() -> Image.Image:
    shore = 430
    image = gradient((0, (8, 14, 38)), (0.45, (24, 44, 86)), (0.64, (74, 96, 140)), (1, (74, 96, 140)))
    stars = Image.new("RGB", image.size)
    draw = ImageDraw.Draw(stars)
    for _ in range(420):
        x, y, light = rng.uniform(0, WIDTH), rng.uniform(0, 380), int(rng.uniform(70, 255))
        size = 0.6 + 1.1 * rng.random() ** 3
        draw.ellipse([x - size, y - size, x + size, y + size], fill=(light, light, min(255, light + 18)))
    image = Image.fromarray(np.maximum(np.asarray(image), np.asarray(stars.filter(ImageFilter.GaussianBlur(0.5)))))
    image = below(image, ridge(300, 62, 9), (34, 52, 92), (58, 80, 122), 160)
    image = below(image, ridge(372, 26, 7), (16, 28, 58), (24, 40, 74), 80)
    sky = np.asarray(image)[: HEIGHT - shore][::-1]
    pixels = np.asarray(image).copy()
    mirrored = np.asarray(image)[shore - (HEIGHT - shore) : shore][::-1].astype(float)
    pixels[shore:] = (mirrored * 0.72 + np.array([10, 20, 44]) * 0.28).astype(np.uint8)[: sky.shape[0]]
    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    draw.polygon([(772, 410), (793, 394), (814, 410), (814, 430), (772, 430)], fill=(8, 14, 32))
    draw.rectangle([786, 414, 799, 424], fill=(255, 212, 128))
    image = glow(image, 792, 419, 26, (255, 206, 122), 0.55)
    return ripples(image, shore + 2, 792, (255, 206, 128), 120)


def dunes() -> Image.Image:
    image = gradient(
        (0, (62, 48, 110)),
        (0.26, (150, 84, 138)),
        (0.46, (246, 150, 104)),
        (0.56, (255, 208, 140)),
        (1, (255, 208, 140)),
    )
    image = glow(image, 900, 330, 170, (255, 232, 184), 0.9)
    crest = [
        ((232, 152, 104), (196, 112, 92)),
        ((224, 132, 84), (150, 76, 82)),
        ((200, 104, 72), (104, 50, 72)),
        ((128, 62, 68), (52, 30, 58)),
    ]
    for layer, (light, shade) in enumerate(crest):
        image = below(image, ridge(372 + layer * 66, 26 + layer * 10, 3), light, shade, 120 + layer * 20)
    return image


def main(folder: Path) -> None:
    harbour().save(folder / "harbour.jpg", quality=78, optimize=True, progressive=True)
    tunnel().save(folder / "tunnel.webp", quality=72, method=6)
    hills().save(folder / "hills.png", optimize=True)
    night().save(folder / "night.avif", quality=62)
    dunes().save(folder / "dunes.jpg", quality=78, optimize=True, progressive=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
