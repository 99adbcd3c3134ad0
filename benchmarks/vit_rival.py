#!/usr/bin/python3
"""PyTorch's time for a forward pass of ViT-Base with random weights: the rival of chapter 4's model. Prints JSON:

    {"torch": "1.13.0a0", "parameters": 86567656, "seconds": .., "setting": "..", "peak_mib": ..}

The rival gets its best: layers written out as Hugging Face's are, and PyTorch's own TransformerEncoderLayer, which has a fused
path for inference; OpenBLAS on one thread and on all, PyTorch on one thread and on all. Each combination runs in a process of its
own (OpenBLAS reads OPENBLAS_NUM_THREADS once), and the fastest pass counts. Its peak memory is that of the same process.

    benchmarks/vit_rival.py --batch 8
"""
import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time

HIDDEN, LAYERS, HEADS, MLP, CLASSES, PATCH, SIZE, EPSILON = 768, 12, 12, 3072, 1000, 16, 224, 1e-12


def build(way):
    import torch
    from torch import nn

    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.before, self.after = nn.LayerNorm(HIDDEN, EPSILON), nn.LayerNorm(HIDDEN, EPSILON)
            self.query, self.key, self.value, self.out = (nn.Linear(HIDDEN, HIDDEN) for _ in range(4))
            self.intermediate, self.output = nn.Linear(HIDDEN, MLP), nn.Linear(MLP, HIDDEN)

        def heads(self, x):
            return x.view(x.shape[0], x.shape[1], HEADS, HIDDEN // HEADS).transpose(1, 2)

        def forward(self, x):
            normed = self.before(x)
            q, k, v = self.heads(self.query(normed)), self.heads(self.key(normed)), self.heads(self.value(normed))
            weights = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(HIDDEN // HEADS), dim=-1)
            x = x + self.out((weights @ v).transpose(1, 2).reshape(x.shape))
            return x + self.output(nn.functional.gelu(self.intermediate(self.after(x))))

    def fused():
        return nn.TransformerEncoderLayer(HIDDEN, HEADS, MLP, dropout=0, activation=nn.functional.gelu,
                                          layer_norm_eps=EPSILON, batch_first=True, norm_first=True)

    class VisionTransformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.patches = nn.Conv2d(3, HIDDEN, PATCH, PATCH)
            self.cls = nn.Parameter(torch.randn(1, 1, HIDDEN) * 0.02)
            self.positions = nn.Parameter(torch.randn(1, 1 + (SIZE // PATCH) ** 2, HIDDEN) * 0.02)
            self.layers = nn.Sequential(*(Layer() if way == "plain" else fused() for _ in range(LAYERS)))
            self.norm, self.classifier = nn.LayerNorm(HIDDEN, EPSILON), nn.Linear(HIDDEN, CLASSES)

        def forward(self, pixels):
            patches = self.patches(pixels).flatten(2).transpose(1, 2)
            x = torch.cat((self.cls.expand(len(pixels), -1, -1), patches), dim=1) + self.positions
            return self.classifier(self.norm(self.layers(x)[:, 0]))

    return VisionTransformer().eval()


def measure(options):
    import torch

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    with torch.inference_mode():
        model = build(options.way)
        pixels = torch.randn(options.batch, 3, SIZE, SIZE)
        best, end = math.inf, time.perf_counter() + options.limit
        for repetition in range(options.repetitions + 1):
            if repetition >= 2 and time.perf_counter() > end:  # two pools of threads on a busy machine
                break
            start = time.perf_counter()
            model(pixels)
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
            for name in ("batch", "repetitions", "limit"):
                command += [f"--{name}", str(getattr(options, name))]
            run = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            results.append(json.loads(run.stdout))
    print(json.dumps(min(results, key=lambda result: result["seconds"])))


if __name__ == "__main__":
    main()
