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


def attention_gradients():
    """Of one head's softmax(q k^T / sqrt(head_dim)) v, by PyTorch's own backward pass."""
    generator = torch.Generator().manual_seed(510)
    for name, causal, q_len, kv_len in (("attention", False, 6, 9), ("attention_causal", True, 5, 7)):
        shape = lambda length: (2, 3, length, 16)  # noqa: E731
        q, k, v, d_out = (torch.randn(shape(length), generator=generator) for length in (q_len, kv_len, kv_len, q_len))
        wide = [x.double().requires_grad_() for x in (q, k, v)]
        scores = wide[0] @ wide[1].transpose(-1, -2) / 16 ** 0.5
        if causal:
            scores = scores.masked_fill(torch.ones(q_len, kv_len).triu(kv_len - q_len + 1).bool(), float("-inf"))
        weights = torch.softmax(scores, dim=-1)
        (weights @ wide[2]).backward(d_out.double())
        golden_file.write_case(HERE / f"5.10_{name}.safetensors",
                               {"q": q, "k": k, "v": v, "weights": weights.detach().float(), "d_out": d_out},
                               {"dq": wide[0].grad, "dk": wide[1].grad, "dv": wide[2].grad}, {})


def adamw():
    """Six steps of torch.optim.AdamW on 40 numbers, the gradients scaled by 0.5."""
    generator = torch.Generator().manual_seed(511)
    settings = {"learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.1}
    start, gradients = torch.randn(40, generator=generator), torch.randn(6, 40, generator=generator)
    gradients *= torch.logspace(0, -8, 40)
    parameters = start.double().requires_grad_()
    optimizer = torch.optim.AdamW([parameters], lr=settings["learning_rate"], betas=(settings["beta1"], settings["beta2"]),
                                  eps=settings["epsilon"], weight_decay=settings["weight_decay"])
    trace = {"parameters": [], "first": [], "second": []}
    for gradient in gradients:
        parameters.grad = 0.5 * gradient.double()
        optimizer.step()
        state = optimizer.state[parameters]
        for name, value in (("parameters", parameters), ("first", state["exp_avg"]), ("second", state["exp_avg_sq"])):
            trace[name].append(value.detach().clone())
    golden_file.write_case(HERE / "5.10_adamw.safetensors",
                           {"parameters": start, "first": torch.zeros(40), "second": torch.zeros(40), "gradients": gradients},
                           {name: torch.stack(values) for name, values in trace.items()},
                           {**settings, "first_step": 1, "gradient_scale": 0.5})


if __name__ == "__main__":
    positions()
    attention_gradients()
    adamw()
