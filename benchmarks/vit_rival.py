#!/usr/bin/python3
"""PyTorch's time for a forward pass, or a training step, of a vision transformer with random weights: the rival of chapter 4's
model. Prints JSON:

    {"torch": "1.13.0a0", "parameters": 86567656, "seconds": .., "setting": "..", "peak_mib": ..}

The rival gets its best: layers written out as Hugging Face's are, and PyTorch's own TransformerEncoderLayer, which has a fused
path for inference; OpenBLAS on one thread and on all, PyTorch on one thread and on all. Each combination runs in a process of its
own (OpenBLAS reads OPENBLAS_NUM_THREADS once), and the fastest pass counts. Its peak memory is that of the same process. A step is
forward, loss, backward, clipping and AdamW on one batch.

    benchmarks/vit_rival.py --batch 8
    benchmarks/vit_rival.py --step --batch 128 --size 28 --channels 1 --patch 4 --hidden 64 --layers 4 --heads 4 --mlp 128 --classes 10
"""
import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time

EPSILON = 1e-12
SHAPE = {"size": 224, "channels": 3, "patch": 16, "hidden": 768, "layers": 12, "heads": 12, "mlp": 3072, "classes": 1000}


def build(options):
    import torch
    from torch import nn

    hidden, heads, mlp, grid = options.hidden, options.heads, options.mlp, options.size // options.patch

    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.before, self.after = nn.LayerNorm(hidden, EPSILON), nn.LayerNorm(hidden, EPSILON)
            self.query, self.key, self.value, self.out = (nn.Linear(hidden, hidden) for _ in range(4))
            self.intermediate, self.output = nn.Linear(hidden, mlp), nn.Linear(mlp, hidden)

        def heads(self, x):
            return x.view(x.shape[0], x.shape[1], heads, hidden // heads).transpose(1, 2)

        def forward(self, x):
            normed = self.before(x)
            q, k, v = self.heads(self.query(normed)), self.heads(self.key(normed)), self.heads(self.value(normed))
            weights = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(hidden // heads), dim=-1)
            x = x + self.out((weights @ v).transpose(1, 2).reshape(x.shape))
            return x + self.output(nn.functional.gelu(self.intermediate(self.after(x))))

    def fused():
        return nn.TransformerEncoderLayer(hidden, heads, mlp, dropout=0, activation=nn.functional.gelu,
                                          layer_norm_eps=EPSILON, batch_first=True, norm_first=True)

    class VisionTransformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.patches = nn.Conv2d(options.channels, hidden, options.patch, options.patch)
            self.cls = nn.Parameter(torch.randn(1, 1, hidden) * 0.02)
            self.positions = nn.Parameter(torch.randn(1, 1 + grid**2, hidden) * 0.02)
            self.layers = nn.Sequential(*(Layer() if options.way == "plain" else fused() for _ in range(options.layers)))
            self.norm, self.classifier = nn.LayerNorm(hidden, EPSILON), nn.Linear(hidden, options.classes)

        def forward(self, pixels):
            patches = self.patches(pixels).flatten(2).transpose(1, 2)
            x = torch.cat((self.cls.expand(len(pixels), -1, -1), patches), dim=1) + self.positions
            return self.classifier(self.norm(self.layers(x)[:, 0]))

    return VisionTransformer()


def measure(options):
    import torch

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = build(options).train(options.step)
    pixels = torch.randn(options.batch, options.channels, options.size, options.size)
    if options.step:
        labels = torch.randint(options.classes, (options.batch,))
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05)

    def once():
        if not options.step:
            with torch.inference_mode():
                return model(pixels)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(pixels), labels).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        return optimizer.step()

    best, end = math.inf, time.perf_counter() + options.limit
    for repetition in range(options.repetitions + 1):
        if repetition >= 2 and time.perf_counter() > end:  # two pools of threads on a busy machine
            break
        start = time.perf_counter()
        once()
        best = min(best, time.perf_counter() - start)
    return {"torch": torch.__version__, "parameters": sum(p.numel() for p in model.parameters()), "seconds": best,
            "setting": f"{options.way} layers, PyTorch on {options.threads} threads, OpenBLAS on {os.environ.get('OPENBLAS_NUM_THREADS', 'all')}",
            "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)}  # Linux counts in KiB


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--repetitions", type=int, default=10, help="besides a first one")
    parser.add_argument("--limit", type=float, default=15, help="seconds for each setting, after 2 passes")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--step", action="store_true", help="a training step in place of a forward pass")
    for name, number in SHAPE.items():
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--way", help="this process measures, with the environment it has")
    options = parser.parse_args()
    if options.way:
        print(json.dumps(measure(options)))
        return
    results = []
    for way in ("plain", "fused"):
        for threads, blas_threads in sorted({(options.threads, options.threads), (options.threads, 1), (1, options.threads)}):
            environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(blas_threads), OMP_NUM_THREADS=str(threads))
            command = [sys.executable, __file__, "--way", way, "--threads", str(threads)]
            for name in ("batch", "repetitions", "limit", *SHAPE):
                command += [f"--{name}", str(getattr(options, name))]
            command += ["--step"] if options.step else []
            run = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            results.append(json.loads(run.stdout))
    print(json.dumps(min(results, key=lambda result: result["seconds"])))


if __name__ == "__main__":
    main()
