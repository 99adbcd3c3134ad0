#!/usr/bin/python3
"""Writes PyTorch's answers to small questions of chapter 5, as case files (see grader/judge/case.hpp), in float64.

Run once, with Debian's python3-torch (1.13); the files beside this program are what it wrote:

    /usr/bin/python3 tests/goldens/05_pig_latin/make_goldens.py
"""
import pathlib
import sys

import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import golden_file  # noqa: E402


def sinusoidal_positions(length, hidden):
    """As Vaswani et al. 2017 define it: sines in even channels, cosines in odd ones."""
    place = torch.arange(length, dtype=torch.float64)[:, None]
    pair = torch.arange(hidden // 2, dtype=torch.float64)[None, :]
    angle = place / torch.pow(torch.tensor(10000.0, dtype=torch.float64), 2 * pair / hidden)
    return torch.stack((torch.sin(angle), torch.cos(angle)), dim=-1).reshape(length, hidden)


def positions():
    for length, hidden in ((24, 32), (50, 6)):
        table = sinusoidal_positions(length, hidden)
        golden_file.write_case(HERE / f"5.3_hidden{hidden}.safetensors", {}, {"positions": table}, {"length": length, "hidden": hidden})


if __name__ == "__main__":
    positions()
