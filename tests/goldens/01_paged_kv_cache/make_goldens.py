#!/usr/bin/python3
"""Writes PyTorch's answers to small questions of exercise 1.9, as case files (see grader/judge/case.hpp).

PyTorch knows no pages: each sequence's keys and values are gathered from the pool by indexing, and attended to in float64.
Run once, with Debian's python3-torch (1.13); the files beside this program are what it wrote:

    /usr/bin/python3 tests/goldens/01_paged_kv_cache/make_goldens.py
"""
import math
import pathlib
import sys

import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import golden_file  # noqa: E402


def contiguous(cache, blocks, length):
    """[num_kv_blocks, num_kv_heads, block_size, head_dim] -> [num_kv_heads, length, head_dim], by the block table's row."""
    return cache[blocks].transpose(0, 1).flatten(1, 2)[:, :length]


def paged_decode(name, num_heads, num_kv_heads, head_dim, block_size, lengths):
    needed = [-(-length // block_size) for length in lengths]
    num_blocks, max_blocks = sum(needed) + 2, max(needed) + 1
    free = torch.randperm(num_blocks).tolist()
    rows = [[free.pop() for _ in range(count)] for count in needed]
    q = torch.randn(len(lengths), num_heads, head_dim)
    k_cache = torch.randn(num_blocks, num_kv_heads, block_size, head_dim)
    v_cache = torch.randn(num_blocks, num_kv_heads, block_size, head_dim)
    out = torch.zeros(len(lengths), num_heads, head_dim, dtype=torch.float64)
    for s, length in enumerate(lengths):
        keys, values = (contiguous(cache.double(), rows[s], length).repeat_interleave(num_heads // num_kv_heads, 0)
                        for cache in (k_cache, v_cache))
        scores = torch.einsum("hd,htd->ht", q[s].double(), keys) / math.sqrt(head_dim)
        out[s] = torch.einsum("ht,htd->hd", torch.softmax(scores, -1), values)
    table = torch.tensor([row + [-1] * (max_blocks - len(row)) for row in rows], dtype=torch.int32)
    golden_file.write_case(HERE / f"1.9_{name}.safetensors",
                           {"q": q, "k_cache": k_cache, "v_cache": v_cache, "block_table": table,
                            "context_lens": torch.tensor(lengths, dtype=torch.int32)}, {"out": out}, {})


torch.manual_seed(1)
paged_decode("one_head_each", 2, 2, 8, 4, [1, 3, 4, 5])
paged_decode("grouped", 8, 2, 16, 8, [17, 40])
paged_decode("shared_by_all", 4, 1, 5, 3, [10, 2, 7])
