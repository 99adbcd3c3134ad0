#!/usr/bin/python3
"""PyTorch's time for a training step of the translator, in seconds: the rival of training_step.cpp.

The rival gets its best: with OpenBLAS on one thread and on all, with torch on one thread and on all, every combination in a
process of its own (OpenBLAS reads OPENBLAS_NUM_THREADS once), and the fastest counts.
"""
import argparse
import math
import os
import subprocess
import sys
import time

SOURCE, TARGET, VOCABULARY = 8, 11, 29


def measure(options):
    import torch
    from torch import nn

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    h = options.hidden
    scale = 1 / math.sqrt(h)

    class Attention(nn.Module):
        def __init__(self, causal):
            super().__init__()
            self.query, self.key, self.value = nn.Linear(h, h), nn.Linear(h, h), nn.Linear(h, h)
            self.register_buffer("hidden", torch.full((TARGET, TARGET), -math.inf).triu(1) if causal else None)

        def forward(self, x, memory):
            scores = torch.bmm(self.query(x), self.key(memory).transpose(1, 2)) * scale
            if self.hidden is not None:
                scores = scores + self.hidden
            return torch.bmm(torch.softmax(scores, dim=-1), self.value(memory))

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.source, self.target = nn.Embedding(VOCABULARY, h), nn.Embedding(VOCABULARY, h)
            self.encoder = nn.ModuleList(nn.ModuleList([Attention(False), nn.Linear(h, h)]) for _ in range(options.layers))
            self.decoder = nn.ModuleList(
                nn.ModuleList([Attention(True), Attention(False), nn.Linear(h, h)]) for _ in range(options.layers)
            )
            self.out = nn.Linear(h, VOCABULARY)
            angle = torch.arange(32.0)[:, None] / 10000 ** (torch.arange(0, h, 2) / h)
            self.register_buffer("positions", torch.stack([angle.sin(), angle.cos()], dim=-1).reshape(32, h))

        def forward(self, source, target):
            x = self.source(source) + self.positions[:SOURCE]
            for attention, feed_forward in self.encoder:
                x = x + attention(x, x)
                x = x + torch.relu(feed_forward(x))
            y = self.target(target) + self.positions[:TARGET]
            for attention, cross, feed_forward in self.decoder:
                y = y + attention(y, y)
                y = y + cross(y, x)
                y = y + torch.relu(feed_forward(y))
            return self.out(y)

    model = Model()
    adam = torch.optim.Adam(model.parameters(), lr=5e-4)
    source = torch.randint(VOCABULARY, (options.batch, SOURCE))
    target, expected = (torch.randint(VOCABULARY, (options.batch, TARGET)) for _ in range(2))
    best = math.inf
    for _ in range(options.steps):
        start = time.perf_counter()
        adam.zero_grad(set_to_none=True)
        logits = model(source, target)
        nn.functional.cross_entropy(logits.reshape(-1, VOCABULARY), expected.reshape(-1)).backward()
        adam.step()
        best = min(best, time.perf_counter() - start)
    return best


parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--hidden", type=int, default=32)
parser.add_argument("--layers", type=int, default=4)
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--steps", type=int, default=30)
parser.add_argument("--one", action="store_true", help="this process measures, with the environment it has")
options = parser.parse_args()
if options.one:
    print(measure(options))
else:
    times = []
    sizes = [f"--{name}={getattr(options, name)}" for name in ("hidden", "layers", "batch", "steps")]
    for threads in sorted({1, options.threads}):
        for blas_threads in sorted({1, threads}):
            environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(blas_threads), OMP_NUM_THREADS=str(threads))
            command = [sys.executable, __file__, "--one", f"--threads={threads}", *sizes]
            times.append(float(subprocess.run(command, env=environment, check=True, capture_output=True).stdout))
    print(min(times))
