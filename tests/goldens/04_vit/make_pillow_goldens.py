#!/usr/bin/python3
"""Writes Pillow's answers to small questions of exercise 4.1, as case files (see grader/judge/case.hpp).

Run once, with Debian's python3-pil (9.4), which nothing else in the workbook needs; the files beside this program are what it wrote:

    /usr/bin/python3 tests/goldens/04_vit/make_pillow_goldens.py
"""
import math
import pathlib
import random
import struct
import sys

from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import golden_file  # noqa: E402

CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}


def noise(mode, width, height, seed):
    """Every level of every channel is possible, next to every other."""
    generator = random.Random(seed)
    return Image.frombytes(mode, (width, height), bytes(generator.randrange(256) for _ in range(width * height * CHANNELS[mode])))


def scene(width, height):
    """A sun over hills: slow and fast changes, edges in all directions, as photographs have them."""
    def pixel(x, y):
        u, v = x / width, y / height
        if math.hypot(u - 0.7, v - 0.25) < 0.13:
            return 255, 240, 160
        if v > 0.6 + 0.15 * math.sin(7 * u):
            blades = 40 * math.sin(90 * u + 5 * v) * v
            return tuple(max(0, min(255, round(level + blades))) for level in (60 + 60 * v, 120, 40))
        return round(90 + 120 * v), round(140 + 80 * v), round(255 - 60 * v)
    return Image.frombytes("RGB", (width, height), bytes(level for y in range(height) for x in range(width) for level in pixel(x, y)))


def cat():
    """An eye and fur, out of a photograph (datasets/photos)."""
    return Image.open(HERE.parents[2] / "datasets/photos/chelsea.png").convert("RGB").crop((180, 70, 244, 134))


def levels(picture):
    return ("U8", (picture.height, picture.width, CHANNELS[picture.mode]), picture.tobytes())


def doubles(shape, numbers):
    return ("F64", shape, b"".join(struct.pack("<d", number) for number in numbers))


def as_expected(picture):
    return doubles((picture.height, picture.width, CHANNELS[picture.mode]), picture.tobytes())


def write(family, name, picture, expected, numbers):
    tensors = {"in.picture": levels(picture)}
    tensors.update({"expected." + key: value for key, value in expected.items()})
    golden_file.write_raw(HERE / f"4.1_{name}.safetensors", tensors,
                          {"family": family, **{key: str(value) for key, value in numbers.items()}})


def conversions():
    for mode in CHANNELS:
        picture = noise(mode, 17, 12, "convert " + mode)
        write("pillow_convert", mode.lower(), picture,
              {"rgb": as_expected(picture.convert("RGB")), "grey": as_expected(picture.convert("L"))}, {})


def resized():
    pictures = {"noise_rgb": noise("RGB", 61, 47, "rgb"), "noise_grey": noise("L", 150, 100, "grey"), "cat": cat(),
                "small": noise("RGB", 7, 5, "small"), "dot": noise("RGB", 1, 1, "dot"), "row": noise("L", 9, 1, "row")}
    for family, name, width, height in (
            ("shrink", "noise_rgb", 24, 18), ("shrink", "noise_rgb", 1, 1), ("shrink", "noise_grey", 16, 16), ("shrink", "cat", 28, 28),
            ("shrink", "noise_grey", 149, 7), ("shrink", "row", 4, 1),
            ("enlarge", "small", 23, 16), ("enlarge", "small", 8, 5), ("enlarge", "dot", 4, 3), ("enlarge", "row", 20, 6),
            ("enlarge", "small", 3, 11)):
        picture = pictures[name]
        result = picture.resize((width, height), Image.BILINEAR)
        write("pillow_" + family, f"{name}_{picture.height}x{picture.width}_to_{height}x{width}", picture,
              {"picture": as_expected(result)}, {"new_height": height, "new_width": width})


def whole_way():
    """What a model's image processor does: convert, resize to a square, divide by 255, take off the mean, divide by the deviation."""
    for name, picture, channels, size, mean, deviation in (
            ("wide_rgba", noise("RGBA", 50, 30, "wide"), 3, 16, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
            ("scene", scene(48, 60), 3, 24, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
            ("tall_rgb_to_grey", noise("RGB", 11, 31, "tall"), 1, 14, (0.286,), (0.353,)),
            ("grey_to_rgb", noise("L", 10, 10, "from grey"), 3, 16, (0.4, 0.5, 0.6), (0.5, 0.25, 0.2))):
        result = picture.convert("RGB" if channels == 3 else "L").resize((size, size), Image.BILINEAR).tobytes()
        numbers = [(result[place * channels + c] / 255 - mean[c]) / deviation[c] for c in range(channels) for place in range(size * size)]
        tensors = {"in.picture": levels(picture), "in.mean": doubles((channels,), mean),
                   "in.standard_deviation": doubles((channels,), deviation),
                   "expected.pixels": doubles((1, channels, size, size), numbers)}
        golden_file.write_raw(HERE / f"4.1_{name}.safetensors", tensors, {"family": "pillow_whole_way", "image_size": str(size)})


conversions()
resized()
whole_way()
