#!/usr/bin/python3
"""Writes what PyTorch computes, in float64, for the autograd library's tests (Debian: python3-torch 1.13):

transformer.safetensors  a small encoder-decoder: parameters, tokens, loss and the gradient of every parameter
optimizers.safetensors   five steps of Adam, AdamW and a clipped Adam; one-cycle and cosine schedules
"""
import math
import pathlib
import sys

import torch
from torch import nn

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "goldens"))
from golden_file import write_safetensors  # noqa: E402

D, HEADS, FFN, VOCABULARY, BATCH, SOURCE, TARGET, PAD = 12, 3, 20, 11, 3, 5, 6, 10


def attend(layer, x, memory, hidden):
    """nn.MultiheadAttention's arithmetic with separate projections; `hidden` is True where a key is not visible."""

    def heads(y):
        return y.reshape(y.shape[0], y.shape[1], HEADS, D // HEADS).transpose(1, 2)

    q, k, v = heads(layer["query"](x)), heads(layer["key"](memory)), heads(layer["value"](memory))
    scores = (q @ k.transpose(-2, -1) / math.sqrt(D // HEADS)).masked_fill(hidden, -math.inf)
    y = torch.softmax(scores, dim=-1) @ v
    return layer["output"](y.transpose(1, 2).reshape(x.shape))


def attention():
    return nn.ModuleDict({name: nn.Linear(D, D) for name in ("query", "key", "value", "output")})


def feed_forward():
    return nn.ModuleDict({"linear1": nn.Linear(D, FFN), "linear2": nn.Linear(FFN, D)})


class Transformer(nn.Module):
    """Pre-norm, GELU in the encoder, ReLU in the decoder; the output layer is tied to the target's table."""

    def __init__(self):
        super().__init__()
        self.source = nn.Embedding(VOCABULARY, D)
        self.target = nn.Embedding(VOCABULARY, D)
        self.encoder = nn.ModuleList(
            nn.ModuleDict({"norm1": nn.LayerNorm(D), "self_attn": attention(), "norm2": nn.LayerNorm(D), "ffn": feed_forward()})
            for _ in range(2)
        )
        self.decoder = nn.ModuleList(
            nn.ModuleDict({"norm1": nn.LayerNorm(D), "self_attn": attention(), "norm2": nn.LayerNorm(D), "cross_attn": attention(),
                           "norm3": nn.LayerNorm(D), "ffn": feed_forward()})
            for _ in range(2)
        )
        self.norm = nn.LayerNorm(D)

    def forward(self, source, lengths, target):
        angle = torch.arange(8.0)[:, None] / 10000 ** (torch.arange(0, D, 2) / D)
        positions = torch.stack([angle.sin(), angle.cos()], dim=-1).reshape(8, D)
        padding = (torch.arange(SOURCE)[None, :] >= lengths[:, None])[:, None, None, :]
        future = torch.ones(TARGET, TARGET, dtype=torch.bool).triu(1)
        x = self.source(source) + positions[:SOURCE]
        for layer in self.encoder:
            y = layer["norm1"](x)
            x = x + attend(layer["self_attn"], y, y, padding)
            x = x + layer["ffn"]["linear2"](nn.functional.gelu(layer["ffn"]["linear1"](layer["norm2"](x))))
        y = self.target(target) + positions[:TARGET]
        for layer in self.decoder:
            z = layer["norm1"](y)
            y = y + attend(layer["self_attn"], z, z, future)
            y = y + attend(layer["cross_attn"], layer["norm2"](y), x, padding)
            y = y + layer["ffn"]["linear2"](torch.relu(layer["ffn"]["linear1"](layer["norm3"](y))))
        return self.norm(y) @ self.target.weight.T


def transformer():
    model = Transformer()
    with torch.no_grad():  # so that norms do more than pass through
        for name, parameter in model.named_parameters():
            if "norm" in name:
                parameter += 0.3 * torch.randn_like(parameter)
    lengths = torch.tensor([5, 2, 4])
    source, target, expected = (torch.randint(VOCABULARY - 1, (BATCH, n)) for n in (SOURCE, TARGET, TARGET))
    expected[1, 3:] = PAD
    loss = nn.functional.cross_entropy(
        model(source, lengths, target).reshape(-1, VOCABULARY), expected.reshape(-1), ignore_index=PAD
    )
    loss.backward()
    tensors = {name: parameter for name, parameter in model.named_parameters()}
    tensors.update({"gradient." + name: parameter.grad for name, parameter in model.named_parameters()})
    tensors.update(
        {"in.source": source.int(), "in.lengths": lengths.int(), "in.target": target.int(), "in.expected": expected.int(), "loss": loss[None]}
    )
    write_safetensors(HERE / "transformer.safetensors", tensors, {})


def optimizers():
    start = torch.randn(4, 3)
    gradients = torch.randn(5, 4, 3)
    gradients[:, 0, 0] *= 1e-6  # where epsilon shows
    gradients[1] *= 30  # what clipping is for
    tensors = {"start": start, "gradients": gradients}

    def trajectory(name, make, largest_norm=None):
        parameter = nn.Parameter(start.clone())
        optimizer, after = make([parameter]), []
        for gradient in gradients:
            parameter.grad = gradient.clone()
            if largest_norm is not None:
                nn.utils.clip_grad_norm_([parameter], largest_norm)
            optimizer.step()
            after.append(parameter.detach().clone())
        tensors[name] = torch.stack(after)

    trajectory("adam", lambda p: torch.optim.Adam(p, lr=0.01))
    trajectory("adam_clipped", lambda p: torch.optim.Adam(p, lr=0.01), largest_norm=1.5)
    trajectory("adamw", lambda p: torch.optim.AdamW(p, lr=0.01, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1))

    def rates(make, steps):
        optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.02)
        scheduler, out = make(optimizer), []
        for _ in range(steps):
            out.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        return torch.tensor(out)

    schedule = torch.optim.lr_scheduler
    tensors["rates.exponential"] = rates(lambda o: schedule.ExponentialLR(o, 0.97), 20)
    tensors["rates.cosine"] = rates(lambda o: schedule.CosineAnnealingLR(o, 20), 20)
    tensors["rates.one_cycle"] = rates(
        lambda o: schedule.OneCycleLR(o, max_lr=0.02, total_steps=20, cycle_momentum=False), 20
    )
    write_safetensors(HERE / "optimizers.safetensors", tensors, {})


torch.set_default_dtype(torch.float64)
torch.manual_seed(1)
transformer()
optimizers()
