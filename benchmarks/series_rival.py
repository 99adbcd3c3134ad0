#!/usr/bin/python3
"""PyTorch's time for one training step of an iTransformer: the rival of chapter 6's. Prints JSON:

    {"torch": "1.13.0a0", "parameters": 841568, "seconds": .., "setting": "..", "peak_mib": ..}

A step is each window's own normalisation, forward, the mean squared error, backward and Adam on one batch. The rival gets its best:
blocks written out as the paper's code has them, and PyTorch's own TransformerEncoderLayer; Adam parameter by parameter, and over all
at once (foreach); OpenBLAS on one thread and on all, PyTorch on one thread and on all. Each combination runs in a process of its own
(OpenBLAS reads OPENBLAS_NUM_THREADS once), and the fastest step counts. Its peak memory is that of the same process, less what Python
and PyTorch take before the model is made.

    benchmarks/series_rival.py --batch 32 --lookback 96 --horizon 96 --variates 7 --d_model 256 --heads 8 --layers 2 --d_ff 256
"""
import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time

SHAPE = {"batch": 32, "lookback": 96, "horizon": 96, "variates": 7, "d_model": 256, "heads": 8, "layers": 2, "d_ff": 256}
DROPOUT = 0.1


def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in KiB


def build(options):
    import torch
    from torch import nn

    d_model, heads, d_ff = options.d_model, options.heads, options.d_ff

    class Block(nn.Module):
        """Post-norm, GELU, dropout on weights and on what each sublayer adds."""

        def __init__(self):
            super().__init__()
            self.query, self.key, self.value, self.out = (nn.Linear(d_model, d_model) for _ in range(4))
            self.inner, self.outer = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
            self.norm1, self.norm2, self.dropout = nn.LayerNorm(d_model), nn.LayerNorm(d_model), nn.Dropout(DROPOUT)

        def split(self, x):
            return x.view(x.shape[0], x.shape[1], heads, d_model // heads).transpose(1, 2)

        def forward(self, x):
            q, k, v = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
            weights = self.dropout(torch.softmax(q @ k.transpose(2, 3) / math.sqrt(d_model // heads), dim=-1))
            x = self.norm1(x + self.dropout(self.out((weights @ v).transpose(1, 2).reshape(x.shape))))
            return self.norm2(x + self.dropout(self.outer(self.dropout(nn.functional.gelu(self.inner(x))))))

    def fused():
        return nn.TransformerEncoderLayer(d_model, heads, d_ff, dropout=DROPOUT, activation=nn.functional.gelu, batch_first=True)

    class ITransformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding, self.dropout = nn.Linear(options.lookback, d_model), nn.Dropout(DROPOUT)
            self.blocks = nn.Sequential(*(Block() if options.way == "plain" else fused() for _ in range(options.layers)))
            self.norm, self.projection = nn.LayerNorm(d_model), nn.Linear(d_model, options.horizon)

        def forward(self, past):
            mean = past.mean(1, keepdim=True)
            deviation = torch.sqrt(past.var(1, keepdim=True, unbiased=False) + 1e-5)
            tokens = self.dropout(self.embedding(((past - mean) / deviation).transpose(1, 2)))
            return self.projection(self.norm(self.blocks(tokens))).transpose(1, 2) * deviation + mean

    return ITransformer()


def measure(options):
    import torch

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    before = peak_mib()
    model = build(options).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, foreach=options.adam == "foreach")
    past = torch.randn(options.batch, options.lookback, options.variates)
    future = torch.randn(options.batch, options.horizon, options.variates)
    best, end = math.inf, time.perf_counter() + options.limit
    for step in range(options.steps):
        if step >= 3 and time.perf_counter() > end:  # two pools of threads on a busy machine
            break
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.mse_loss(model(past), future).backward()
        optimizer.step()
        best = min(best, time.perf_counter() - start)
    return {"torch": torch.__version__, "parameters": sum(p.numel() for p in model.parameters()), "seconds": best,
            "setting": f"{options.way} layers, {options.adam} Adam, PyTorch on {options.threads} threads, "
                       f"OpenBLAS on {os.environ.get('OPENBLAS_NUM_THREADS', 'all')}",
            "peak_mib": round(peak_mib() - before, 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, number in SHAPE.items():
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--limit", type=float, default=3, help="seconds for each setting, after 3 steps")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--way", help="this process measures, with the environment it has")
    parser.add_argument("--adam", default="single")
    options = parser.parse_args()
    if options.way:
        print(json.dumps(measure(options)))
        return
    results = []
    for way in ("plain", "fused"):
        for adam in ("single", "foreach"):
            for threads, blas_threads in sorted({(options.threads, options.threads), (options.threads, 1), (1, 1)}):
                environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(blas_threads), OMP_NUM_THREADS=str(threads))
                command = [sys.executable, __file__, "--way", way, "--adam", adam, "--threads", str(threads)]
                for name in (*SHAPE, "steps", "limit"):
                    command += [f"--{name}", str(getattr(options, name))]
                run = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
                results.append(json.loads(run.stdout))
    print(json.dumps(min(results, key=lambda result: result["seconds"])))


if __name__ == "__main__":
    main()
