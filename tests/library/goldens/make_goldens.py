"""Writes the files that other programs made, which our readers must read: the safetensors package and NumPy.

Committed: python_writes.safetensors (safetensors 0.8.0), *.npy (NumPy 2.4). Run again only to add one
(char_lm_logits.safetensors is written by datasets/char_lm/train.py --golden):
    pip install safetensors numpy && python make_goldens.py
With --check FILE.. it reads files that we wrote instead, and prints what it found.
"""
import pathlib
import sys

import numpy
import safetensors
import safetensors.numpy

HERE = pathlib.Path(__file__).parent


def write():
    ramp = numpy.arange(24)
    safetensors.numpy.save_file(
        {
            "float32": (ramp[:6] / 8).astype(numpy.float32).reshape(2, 3),
            "float64": (ramp[:2] / 3).astype(numpy.float64),
            "int32": (ramp[:4] - 2).astype(numpy.int32).reshape(1, 2, 2),
            "int64": (ramp[:1] + 2**40).astype(numpy.int64),
            "uint8": (ramp[:3] + 253).astype(numpy.uint8),
            "bool": numpy.array([True, False, True]),
            "empty": numpy.zeros((0, 5), numpy.float32),
            "scalar": numpy.array(2.5, numpy.float32),
            "größe": numpy.zeros(1, numpy.float32),
        },
        HERE / "python_writes.safetensors",
        metadata={"who": "Python", "quote": '"\\\n\u00e9'},
    )
    numpy.save(HERE / "float32_2x3.npy", (ramp[:6] / 8).astype("<f4").reshape(2, 3))
    numpy.save(HERE / "float64_2.npy", (ramp[:2] / 3).astype("<f8"))
    numpy.save(HERE / "int64_scalar.npy", numpy.array(2**40, "<i8"))
    numpy.save(HERE / "bool_0x5.npy", numpy.zeros((0, 5), bool))
    numpy.save(HERE / "column_major.npy", numpy.asfortranarray((ramp[:6] / 8).astype("<f4").reshape(2, 3)))
    with open(HERE / "version_2.npy", "wb") as file:
        numpy.lib.format.write_array(file, numpy.arange(3, dtype="<i4"), version=(2, 0))


def check(names):
    for name in names:
        if name.endswith(".npy"):
            array = numpy.load(name, allow_pickle=False)
            print(name, array.dtype, array.shape, array.ravel()[:6])
            continue
        with safetensors.safe_open(name, "numpy") as file:
            print(name, file.metadata())
            for key in sorted(file.keys()):
                array = file.get_tensor(key)
                print("   ", key, array.dtype, array.shape, array.ravel()[:6])


if __name__ == "__main__":
    check(sys.argv[2:]) if sys.argv[1:2] == ["--check"] else write()
