#!/usr/bin/python3
"""PyTorch's time for one training step of chapter 5's translator: the rival of the tape. Prints JSON:

    {"torch": "1.13.0a0", "parameters": 49277, "seconds": .., "setting": "..", "peak_mib": ..}

A step is forward, loss, backward and Adam on one batch of one shape, as the source course trains. The rival gets its best:
attention written in two ways (three with PyTorch 2), OpenBLAS on one thread and on all, PyTorch on one thread and on all; each
combination in a process of its own (OpenBLAS reads OPENBLAS_NUM_THREADS once), and the fastest step counts. Its peak memory
is that of the same process, less what Python and PyTorch take before the model is made.

    benchmarks/pig_latin_rival.py --hidden 32 --layers 4 --batch 64 --source 8 --target 11
"""
import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time

VOCABULARY, SOS = 29, 27


def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in KiB


def build(options, way):
    import torch
    from torch import nn

    scale = 1 / math.sqrt(options.hidden)

    def attend(q, k, v, causal):
        if way == "fused":
            return nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
        if way == "baddbmm":
            scores = torch.baddbmm(torch.empty(1, 1, 1), q, k.transpose(1, 2), beta=0, alpha=scale)
        else:
            scores = q @ k.transpose(1, 2) * scale
        if causal:
            scores = scores.masked_fill(torch.ones(scores.shape[1:], dtype=torch.bool).triu(1), -math.inf)
        return torch.softmax(scores, dim=-1) @ v

    class Attention(nn.Module):
        """One head, no output projection, a residual around it."""

        def __init__(self, hidden, causal):
            super().__init__()
            self.query, self.key, self.value = (nn.Linear(hidden, hidden) for _ in range(3))
            self.causal = causal

        def forward(self, x, memory):
            return x + attend(self.query(x), self.key(memory), self.value(memory), self.causal)

    class FeedForward(nn.Module):
        """Linear and ReLU, a residual around both."""

        def __init__(self, hidden):
            super().__init__()
            self.linear = nn.Linear(hidden, hidden)

        def forward(self, x):
            return x + torch.relu(self.linear(x))

    def positions(length, hidden):
        angle = torch.arange(length)[:, None] / 10000 ** (torch.arange(0, hidden, 2) / hidden)
        return torch.stack((torch.sin(angle), torch.cos(angle)), dim=-1).reshape(length, hidden)

    class Translator(nn.Module):
        def __init__(self, hidden, layers):
            super().__init__()
            self.source, self.target = nn.Embedding(VOCABULARY, hidden), nn.Embedding(VOCABULARY, hidden)
            self.encoder = nn.ModuleList(nn.ModuleList((Attention(hidden, False), FeedForward(hidden))) for _ in range(layers))
            self.decoder = nn.ModuleList(
                nn.ModuleList((Attention(hidden, True), Attention(hidden, False), FeedForward(hidden))) for _ in range(layers))
            self.out = nn.Linear(hidden, VOCABULARY)
            self.register_buffer("positions", positions(32, hidden))

        def forward(self, source, decoder_input):
            annotations = self.source(source) + self.positions[: source.shape[1]]
            for attention, feed_forward in self.encoder:
                annotations = feed_forward(attention(annotations, annotations))
            x = self.target(decoder_input) + self.positions[: decoder_input.shape[1]]
            for self_attention, cross_attention, feed_forward in self.decoder:
                x = feed_forward(cross_attention(self_attention(x, x), annotations))
            return self.out(x)

    return Translator(options.hidden, options.layers)


def measure(options):
    import torch

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    before = peak_mib()
    model = build(options, options.way)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)
    source = torch.randint(26, (options.batch, options.source))
    target = torch.randint(26, (options.batch, options.target))
    decoder_input = torch.cat((torch.full((options.batch, 1), SOS), target[:, :-1]), dim=1)
    best, end = math.inf, time.perf_counter() + options.limit
    for step in range(options.steps):
        if step >= 3 and time.perf_counter() > end:  # two pools of threads on a busy machine: seconds a step
            break
        start = time.perf_counter()
        optimizer.zero_grad()
        logits = model(source, decoder_input)
        torch.nn.functional.cross_entropy(logits.reshape(-1, VOCABULARY), target.reshape(-1)).backward()
        optimizer.step()
        best = min(best, time.perf_counter() - start)
    return {"torch": torch.__version__, "parameters": sum(p.numel() for p in model.parameters()), "seconds": best,
            "setting": f"{options.way} attention, PyTorch on {options.threads} threads, OpenBLAS on {os.environ.get('OPENBLAS_NUM_THREADS', 'all')}",
            "peak_mib": round(peak_mib() - before, 1)}


def ways():
    import torch

    fused = hasattr(torch.nn.functional, "scaled_dot_product_attention")  # PyTorch 2
    return ["plain", "baddbmm"] + (["fused"] if fused else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--source", type=int, default=8, help="tokens of each source, EOS included")
    parser.add_argument("--target", type=int, default=11, help="tokens of each target, EOS included")
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--limit", type=float, default=10, help="seconds for each setting, after 3 steps")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--way", help="this process measures, with the environment it has")
    options = parser.parse_args()
    if options.way:
        print(json.dumps(measure(options)))
        return
    results = []
    for way in ways():
        for threads in sorted({1, options.threads}):
            for blas_threads in sorted({1, threads}):
                environment = dict(os.environ, OPENBLAS_NUM_THREADS=str(blas_threads), OMP_NUM_THREADS=str(threads))
                command = [sys.executable, __file__, "--way", way, "--threads", str(threads)]
                for name in ("hidden", "layers", "batch", "source", "target", "steps", "limit"):
                    command += [f"--{name}", str(getattr(options, name))]
                run = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
                results.append(json.loads(run.stdout))
    print(json.dumps(min(results, key=lambda result: result["seconds"])))


if __name__ == "__main__":
    main()
