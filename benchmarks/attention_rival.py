#!/usr/bin/python3
"""PyTorch's time for scaled dot-product attention, in seconds: the rival of attention_forward.cpp.

The rival gets its best: three ways of writing it, each with OpenBLAS on one thread and on all, every combination in a process
of its own (OpenBLAS reads OPENBLAS_NUM_THREADS once), and the fastest counts.
"""
import argparse
import math
import os
import subprocess
import sys
import time

BATCH, HEADS, LENGTH, DIM = 8, 8, 256, 64


def measure(threads):
    import torch

    torch.set_num_threads(threads)
    q, k, v = (torch.randn(BATCH, HEADS, LENGTH, DIM) for _ in range(3))
    flat_q, flat_k, flat_v = (x.reshape(BATCH * HEADS, LENGTH, DIM) for x in (q, k, v))
    scale = 1 / math.sqrt(DIM)
    nothing = torch.empty(1, 1, 1)  # not read, since beta is 0

    def plain():
        return torch.softmax(q @ k.transpose(-2, -1) * scale, dim=-1) @ v

    def batched():
        scores = torch.baddbmm(nothing, flat_q, flat_k.transpose(1, 2), beta=0, alpha=scale)
        return torch.bmm(torch.softmax(scores, dim=-1), flat_v)

    ways = [plain, batched]
    if hasattr(torch.nn.functional, "scaled_dot_product_attention"):  # PyTorch 2
        ways.append(lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v))
    best = math.inf
    with torch.no_grad():
        for way in ways:
            for _ in range(20):
                start = time.perf_counter()
                way()
                best = min(best, time.perf_counter() - start)
    return best


parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--one", action="store_true", help="this process measures, with the environment it has")
options = parser.parse_args()
if options.one:
    print(measure(options.threads))
else:
    times = []
    for blas_threads in sorted({1, options.threads}):
        environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(blas_threads), OMP_NUM_THREADS=str(options.threads))
        command = [sys.executable, __file__, "--one", "--threads", str(options.threads)]
        times.append(float(subprocess.run(command, env=environment, check=True, capture_output=True).stdout))
    print(min(times))
