"""Writes the pictures that another program made, which wb::read_photo must read: Pillow's PNG, JPEG and BMP.

Committed: photo_*.png, photo_*.jpg, photo_*.bmp (Pillow 13.0). Pixel (y, x, c) of the PNG and BMP is
(37 y + 11 x + 83 c) mod 256; of the JPEGs 40 + 6 y + 4 x + 25 c, a slope that survives compression. Run again only to
add one: pip install pillow && python make_photo_goldens.py
"""
import pathlib

from PIL import Image

HERE = pathlib.Path(__file__).parent
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def picture(width, height, channels, value):
    bytes_ = bytes(value(y, x, c) for y in range(height) for x in range(width) for c in range(channels))
    return Image.frombytes(MODES[channels], (width, height), bytes_)


def pattern(y, x, c):
    return (37 * y + 11 * x + 83 * c) % 256


def slope(y, x, c):
    return 40 + 6 * y + 4 * x + 25 * c


for channels in MODES:
    picture(7, 5, channels, pattern).save(HERE / f"photo_{channels}.png")
picture(7, 5, 1, lambda y, x, c: (y + x) % 4).quantize(4).save(HERE / "photo_palette.png")
sixteen = Image.new("I;16", (7, 5))
for y in range(5):
    for x in range(7):
        sixteen.putpixel((x, y), 256 * pattern(y, x, 0) + 200)
sixteen.save(HERE / "photo_16_bit.png")
picture(7, 5, 3, pattern).save(HERE / "photo_3.bmp")
picture(20, 12, 1, slope).save(HERE / "photo_1.jpg", quality=95)
picture(20, 12, 3, slope).save(HERE / "photo_3.jpg", quality=95)
picture(20, 12, 3, slope).save(HERE / "photo_progressive.jpg", quality=95, progressive=True)
