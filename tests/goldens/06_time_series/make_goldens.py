#!/usr/bin/python3
"""Writes PyTorch's answers to small questions of chapter 6, as case files (see grader/judge/case.hpp), in float64.

Run once, with Debian's python3-torch (1.13); the files beside this program are what it wrote:

    /usr/bin/python3 tests/goldens/06_time_series/make_goldens.py
"""
import pathlib
import sys

import torch
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import golden_file  # noqa: E402


def drawn(generator, *shape, spread=0.4):
    """Numbers that a float holds exactly: the case file has floats."""
    return (torch.randn(*shape, generator=generator) * spread).float().double()


def lstm():
    """nn.LSTM and a Linear on its last hidden state, with the gradients of sum(out * d_out)."""
    generator = torch.Generator().manual_seed(65)
    batch, lookback, variates, hidden, horizon = 3, 6, 4, 5, 2
    model, output = nn.LSTM(variates, hidden, batch_first=True).double(), nn.Linear(hidden, horizon * variates).double()
    parameters = {"input.weight": model.weight_ih_l0, "input.bias": model.bias_ih_l0, "recurrent.weight": model.weight_hh_l0,
                  "output.weight": output.weight, "output.bias": output.bias}
    with torch.no_grad():
        model.bias_hh_l0.zero_()  # one bias does for both
        for parameter in parameters.values():
            parameter.copy_(drawn(generator, *parameter.shape))
    past = drawn(generator, batch, lookback, variates, spread=1).requires_grad_()
    d_out = drawn(generator, batch, horizon, variates, spread=1)
    out = output(model(past)[0][:, -1]).reshape(batch, horizon, variates)
    (out * d_out).sum().backward()
    inputs = {"past": past.float(), "d_out": d_out.float()}
    inputs.update({name: parameter.float().flatten() for name, parameter in parameters.items()})
    expected = {"out": out, "d_past": past.grad}
    expected.update({"d_" + name: parameter.grad.flatten() for name, parameter in parameters.items()})
    golden_file.write_case(HERE / "6.5_pytorch.safetensors", inputs, expected, {"family": "lstm", "hidden": hidden, "horizon": horizon})


def itransformer():
    """Variates as tokens through PyTorch's own post-norm encoder layers."""
    generator = torch.Generator().manual_seed(611)
    batch, lookback, variates, horizon, d_model, heads, layers, d_ff = 2, 10, 5, 4, 12, 3, 2, 7
    embedding, norm, projection = nn.Linear(lookback, d_model), nn.LayerNorm(d_model), nn.Linear(d_model, horizon)
    blocks = [nn.TransformerEncoderLayer(d_model, heads, d_ff, dropout=0, activation=nn.functional.gelu, batch_first=True)
              for _ in range(layers)]
    inputs = {}

    def draw(name, *parameters):
        for kind, parameter in zip(("weight", "bias"), parameters):
            number = drawn(generator, *parameter.shape)
            if "norm" in name and kind == "weight":
                number += 1
            number = number.float().double()
            parameter.copy_(number)
            inputs[f"parameter.{name}.{kind}"] = number.float().flatten()

    with torch.no_grad():
        for module in (embedding, norm, projection, *blocks):
            module.double()
        draw("embedding", embedding.weight, embedding.bias)
        for n, block in enumerate(blocks):
            for part, rows in (("query", slice(0, d_model)), ("key", slice(d_model, 2 * d_model)), ("value", slice(2 * d_model, None))):
                draw(f"blocks.{n}.attention.{part}", block.self_attn.in_proj_weight[rows], block.self_attn.in_proj_bias[rows])
            draw(f"blocks.{n}.attention.output", block.self_attn.out_proj.weight, block.self_attn.out_proj.bias)
            draw(f"blocks.{n}.feed_forward.linear1", block.linear1.weight, block.linear1.bias)
            draw(f"blocks.{n}.feed_forward.linear2", block.linear2.weight, block.linear2.bias)
            draw(f"blocks.{n}.norm1", block.norm1.weight, block.norm1.bias)
            draw(f"blocks.{n}.norm2", block.norm2.weight, block.norm2.bias)
        draw("norm", norm.weight, norm.bias)
        draw("projection", projection.weight, projection.bias)
        past = drawn(generator, batch, lookback, variates, spread=1)
        tokens = embedding(past.transpose(1, 2))
        for block in blocks:
            tokens = block.train()(tokens)  # in eval() a fused path computes, which gives no more than this one
        out = projection(norm(tokens)).transpose(1, 2)
    inputs["past"] = past.float()
    golden_file.write_case(HERE / "6.11_itransformer.safetensors", inputs, {"out": out},
                           {"lookback": lookback, "horizon": horizon, "d_model": d_model, "heads": heads, "layers": layers, "d_ff": d_ff})


if __name__ == "__main__":
    lstm()
    itransformer()
