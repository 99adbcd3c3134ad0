#!/usr/bin/python3
"""Writes PyTorch's answers to small questions of chapter 5, as case files (see grader/judge/case.hpp), in float64.

Run once, with Debian's python3-torch (1.13); the files beside this program are what it wrote:

    /usr/bin/python3 tests/goldens/05_pig_latin/make_goldens.py
"""
import pathlib
import sys

import torch
import torch.nn.functional as F

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


class Model:
    """The source course's layers, by PyTorch's own multi-head attention (one head, an output projection that does nothing)."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)
        self.given, self.parameters = {}, {}

    def parameter(self, name, *shape):
        if name not in self.parameters:
            size = 1 if "embedding" in name else 0.3  # scores of size 1: were they large, floats could not hold the weights
            self.given[name] = size * torch.randn(*shape, generator=self.generator)
            self.parameters[name] = self.given[name].double().requires_grad_()
        return self.parameters[name]

    def linear(self, x, name, size):
        return F.linear(x, self.parameter(name + ".weight", size, x.shape[-1]), self.parameter(name + ".bias", size))

    def attention(self, x, memory, name, causal, weights):
        hidden, length = x.shape[-1], x.shape[1]
        parts = [[self.parameter(f"{name}.{part}.{kind}", *([hidden] * axes)) for part in ("query", "key", "value")]
                 for kind, axes in (("weight", 2), ("bias", 1))]
        mask = torch.ones(length, memory.shape[1]).triu(1).bool() if causal else None
        out, looked_at = F.multi_head_attention_forward(
            x.transpose(0, 1), memory.transpose(0, 1), memory.transpose(0, 1), hidden, 1, torch.cat(parts[0]), torch.cat(parts[1]),
            None, None, False, 0.0, torch.eye(hidden, dtype=torch.float64), torch.zeros(hidden, dtype=torch.float64), attn_mask=mask)
        weights.append(looked_at)
        return out.transpose(0, 1)

    def embed(self, tokens, name, rows, hidden):
        return F.embedding(tokens, self.parameter(name, rows, hidden)) + sinusoidal_positions(tokens.shape[1], hidden)

    def layer(self, x, name, causal, weights):
        x = x + self.attention(x, x, name + ".self_attention", causal, weights)
        return x + torch.relu(self.linear(x, name + ".feed_forward", x.shape[-1]))

    def write(self, file, tokens, expected, loss, numbers):
        """`loss` is differentiated by every parameter."""
        loss.backward()
        expected["loss"] = loss.reshape(1)
        for name, parameter in self.parameters.items():
            expected["gradient." + name] = parameter.grad
        inputs = {name: value.int() for name, value in tokens.items()}
        inputs.update({"parameter." + name: value for name, value in self.given.items()})
        golden_file.write_case(HERE / file, inputs, expected, numbers)


def translate(model, source, decoder_input, hidden, layers, causal=True):
    """The translator's logits, its annotations, and the weights of its attentions."""
    weights = {"encoder": [], "self": [], "cross": []}
    x = model.embed(source, "encoder.embedding.weight", 29, hidden)
    for n in range(layers):
        x = model.layer(x, f"encoder.layers.{n}", False, weights["encoder"])
    y = model.embed(decoder_input, "decoder.embedding.weight", 29, hidden)
    for n in range(layers):
        prefix = f"decoder.layers.{n}"
        y = y + model.attention(y, y, prefix + ".self_attention", causal, weights["self"])
        y = y + model.attention(y, x, prefix + ".cross_attention", False, weights["cross"])
        y = y + torch.relu(model.linear(y, prefix + ".feed_forward", hidden))
    return model.linear(y, "decoder.out", 29), x, weights


def draw_batch(generator, rows, source_size, target_size):
    """Random letters as source, decoder_input and target."""
    draw = lambda length: torch.randint(0, 27, (rows, length), generator=generator)  # noqa: E731
    end, start = torch.full((rows, 1), 28), torch.full((rows, 1), 27)
    source, word = torch.cat((draw(source_size), end), 1), draw(target_size)
    return source, torch.cat((start, word), 1), torch.cat((word, end), 1)


def token_loss(logits, target):
    return F.cross_entropy(logits.reshape(-1, 29), target.reshape(-1))


def translator(name, causal, seed):
    model, hidden, layers = Model(seed), 8, 2
    source, decoder_input, target = draw_batch(model.generator, 3, 4, 6)
    logits, x, weights = translate(model, source, decoder_input, hidden, layers, causal)
    expected = {"annotations": x, "logits": logits}
    expected.update({f"weights.{kind}.{n}": one for kind, all in weights.items() for n, one in enumerate(all)})
    model.write(f"5.5_{name}.safetensors", {"source": source, "decoder_input": decoder_input, "target": target}, expected,
                token_loss(logits, target), {"hidden": hidden, "layers": layers, "causal": int(causal)})


def training_steps():
    """Three steps of torch.optim.AdamW, which decays nothing but matrices. With this epsilon a rounding error is no step."""
    model, hidden, layers = Model(57), 8, 2
    settings = {"rate": 0.01, "epsilon": 0.1, "weight_decay": 0.1}
    batches = [draw_batch(model.generator, *sizes) for sizes in ((4, 3, 5), (4, 6, 9), (2, 5, 7))]
    translate(model, *batches[0][:2], hidden, layers)  # draws the parameters
    matrices = [p for p in model.parameters.values() if p.dim() == 2]
    vectors = [p for p in model.parameters.values() if p.dim() == 1]
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": settings["weight_decay"]},
                                   {"params": vectors, "weight_decay": 0}], lr=settings["rate"], eps=settings["epsilon"])
    inputs, expected, losses = {"parameter." + name: value for name, value in model.given.items()}, {}, []
    for n, (source, decoder_input, target) in enumerate(batches):
        loss = token_loss(translate(model, source, decoder_input, hidden, layers)[0], target)
        optimizer.zero_grad()
        loss.backward()
        if n == 0:
            expected.update({"gradient." + name: value.grad.clone() for name, value in model.parameters.items()})
        optimizer.step()
        losses.append(loss.detach())
        for key, value in (("source", source), ("decoder_input", decoder_input), ("target", target)):
            inputs[f"{key}.{n}"] = value.int()
    expected.update({"parameter." + name: value for name, value in model.parameters.items()})
    expected["losses"] = torch.stack(losses)
    golden_file.write_case(HERE / "5.6_steps.safetensors", inputs, expected, settings)


def decoder_only():
    """A batch of two prompts, SOS word EOP translation; the places before EOP do not count."""
    model, hidden, layers = Model(58), 8, 2
    word, translation = (torch.randint(0, 27, (2, length), generator=model.generator) for length in (4, 6))
    column = lambda token: torch.full((2, 1), token)  # noqa: E731
    tokens = torch.cat((column(27), word, column(29), translation), 1)
    target = torch.cat((torch.full((2, 5), -1), translation, column(28)), 1)
    x = model.embed(tokens, "embedding.weight", 30, hidden)
    for n in range(layers):
        x = model.layer(x, f"layers.{n}", True, [])
    logits = model.linear(x, "out", 30)
    model.write("5.8_decoder_only.safetensors", {"tokens": tokens, "target": target}, {"logits": logits},
                F.cross_entropy(logits.reshape(-1, 30), target.reshape(-1), ignore_index=-1), {"hidden": hidden, "layers": layers})


if __name__ == "__main__":
    positions()
    attention_gradients()
    adamw()
    translator("translator", True, 55)
    translator("non_causal", False, 56)
    training_steps()
    decoder_only()
