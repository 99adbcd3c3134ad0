#!/usr/bin/python3
"""Writes PyTorch's answers to small questions of chapter 4, as case files (see grader/judge/case.hpp), in float64.

Run once, with Debian's python3-torch (1.13); the files beside this program are what it wrote:

    /usr/bin/python3 tests/goldens/04_vit/make_goldens.py
"""
import pathlib
import sys

import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import golden_file  # noqa: E402


def resized_positions():
    """Bicubic, as models that see larger pictures than they were trained on resize their positions."""
    generator = torch.Generator().manual_seed(42)
    for old_height, old_width, new_height, new_width in ((14, 14, 24, 24), (7, 7, 5, 5), (4, 6, 9, 5)):
        hidden = 3
        positions = torch.randn(1 + old_height * old_width, hidden, generator=generator)
        grid = positions[1:].double().reshape(1, old_height, old_width, hidden).permute(0, 3, 1, 2)
        grid = F.interpolate(grid, size=(new_height, new_width), mode="bicubic", align_corners=False)
        rows = grid.permute(0, 2, 3, 1).reshape(-1, hidden)
        golden_file.write_case(HERE / f"4.2_from{old_height}x{old_width}_to{new_height}x{new_width}.safetensors",
                               {"positions": positions}, {"positions": torch.cat((positions[:1].double(), rows))},
                               {"old_height": old_height, "old_width": old_width, "new_height": new_height, "new_width": new_width})


def vit_shapes(o):
    """Names and shapes of Hugging Face's ViTForImageClassification."""
    hidden, patch = o["hidden"], o["patch_size"]
    shapes = {"vit.embeddings.cls_token": (1, 1, hidden),
              "vit.embeddings.position_embeddings": (1, 1 + (o["image_size"] // patch) ** 2, hidden),
              "vit.embeddings.patch_embeddings.projection.weight": (hidden, o["channels"], patch, patch),
              "vit.embeddings.patch_embeddings.projection.bias": (hidden,)}

    def both(name, *weight):
        shapes[name + ".weight"], shapes[name + ".bias"] = weight, weight[:1]

    for n in range(o["layers"]):
        layer = f"vit.encoder.layer.{n}."
        both(layer + "layernorm_before", hidden)
        for part in ("query", "key", "value"):
            both(layer + "attention.attention." + part, hidden, hidden)
        both(layer + "attention.output.dense", hidden, hidden)
        both(layer + "layernorm_after", hidden)
        both(layer + "intermediate.dense", o["mlp"], hidden)
        both(layer + "output.dense", hidden, o["mlp"])
    both("vit.layernorm", hidden)
    both("classifier", o["classes"], hidden)
    return shapes


def vit(parameters, o, pixels):
    """Logits, and each layer's attention [batch, heads, tokens, tokens], by PyTorch's own convolution and multi-head attention."""
    batch, hidden = pixels.shape[0], o["hidden"]

    def linear(x, name):
        return F.linear(x, parameters[name + ".weight"], parameters[name + ".bias"])

    def norm(x, name):
        return F.layer_norm(x, (hidden,), parameters[name + ".weight"], parameters[name + ".bias"], o["layer_norm_epsilon"])

    projection = "vit.embeddings.patch_embeddings.projection"
    x = F.conv2d(pixels, parameters[projection + ".weight"], parameters[projection + ".bias"], stride=o["patch_size"])
    x = x.flatten(2).transpose(1, 2)
    x = torch.cat((parameters["vit.embeddings.cls_token"].expand(batch, -1, -1), x), 1) + parameters["vit.embeddings.position_embeddings"]
    attention = []
    for n in range(o["layers"]):
        layer = f"vit.encoder.layer.{n}."
        parts = [[parameters[f"{layer}attention.attention.{part}.{kind}"] for part in ("query", "key", "value")]
                 for kind in ("weight", "bias")]
        normed = norm(x, layer + "layernorm_before").transpose(0, 1)
        out, weights = F.multi_head_attention_forward(
            normed, normed, normed, hidden, o["heads"], torch.cat(parts[0]), torch.cat(parts[1]), None, None, False, 0.0,
            parameters[layer + "attention.output.dense.weight"], parameters[layer + "attention.output.dense.bias"],
            average_attn_weights=False)
        attention.append(weights)
        x = x + out.transpose(0, 1)
        inner = F.gelu(linear(norm(x, layer + "layernorm_after"), layer + "intermediate.dense"))
        x = x + linear(inner, layer + "output.dense")
    return linear(norm(x, "vit.layernorm")[:, 0], "classifier"), attention


def small_models():
    generator = torch.Generator().manual_seed(43)
    for name, sizes in (("rgb", (12, 3, 4, 12, 2, 3, 16, 5)), ("grey", (8, 1, 2, 8, 2, 2, 12, 4))):
        o = dict(zip(("image_size", "channels", "patch_size", "hidden", "layers", "heads", "mlp", "classes"), sizes))
        o["layer_norm_epsilon"] = 1e-12
        draw = lambda *shape: torch.randn(*shape, generator=generator)  # noqa: E731
        given = {key: 0.4 * draw(*shape) + (1 if "layernorm" in key and key.endswith("weight") else 0)
                 for key, shape in vit_shapes(o).items()}
        parameters = {key: value.double().requires_grad_() for key, value in given.items()}
        pixels, d_out = draw(2, o["channels"], o["image_size"], o["image_size"]), draw(2, o["classes"])
        logits, attention = vit(parameters, o, pixels.double())
        (logits * d_out.double()).sum().backward()
        inputs = {"pixels": pixels, "d_out": d_out}
        inputs.update({"parameter." + key: value.flatten() for key, value in given.items()})
        expected = {"out": logits}
        expected.update({f"attention.{n}": weights for n, weights in enumerate(attention)})
        expected.update({"gradient." + key: value.grad.flatten() for key, value in parameters.items()})
        golden_file.write_case(HERE / f"4.3_{name}.safetensors", inputs, expected, o)


def kernels():
    """What the kernels of exercise 4.11 compute, by PyTorch's own operations and backward pass."""
    generator = torch.Generator().manual_seed(411)
    pixels = torch.randn(2, 3, 8, 12, generator=generator)
    rows = F.unfold(pixels.double(), kernel_size=4, stride=4).transpose(1, 2)
    golden_file.write_case(HERE / "4.11_patchify.safetensors", {"pixels": pixels}, {"patches": rows}, {"patch_size": 4})

    x, weight, bias = (torch.randn(size, generator=generator) for size in ((5, 48), (48,), (48,)))
    out = F.layer_norm(x.double(), (48,), weight.double(), bias.double(), eps=1e-5)
    golden_file.write_case(HERE / "4.11_layer_norm.safetensors", {"x": x, "weight": weight, "bias": bias}, {"out": out},
                           {"epsilon": 1e-5})

    x, bias, d_out = (torch.randn(size, generator=generator) for size in ((7, 21), (21,), (7, 21)))
    wide = [2 * x.double(), bias.double()]
    for tensor in wide:
        tensor.requires_grad_()
    out = F.gelu(wide[0] + wide[1])
    out.backward(d_out.double())
    golden_file.write_case(HERE / "4.11_gelu.safetensors", {"x": 2 * x, "bias": bias, "d_out": d_out},
                           {"out": out, "d_x": wide[0].grad, "d_bias": wide[1].grad}, {})


def hashed_bits(tensor, count):
    """As chapters/04_vit/hashed_weights.hpp, in 64-bit integers of which the low 32 bits count."""
    low = 0xFFFFFFFF
    h = (torch.arange(count, dtype=torch.int64) * 0x9E3779B1 + tensor * 0x85EBCA6B) & low
    h ^= h >> 16
    h = (h * 0x7FEB352D) & low
    h ^= h >> 15
    h = (h * 0x846CA68B) & low
    return h ^ h >> 16


def hashed_numbers(tensor, shape, spread, middle=0):
    """float32, uniform in [middle - spread, middle + spread)."""
    count = torch.Size(shape).numel()
    return (middle + spread * ((hashed_bits(tensor, count) >> 8).double() * 2.0 ** -23 - 1)).float().reshape(shape)


def hashed_range(name):
    if "layernorm" in name:
        return 2.0 ** -2 if name.endswith("weight") else 2.0 ** -4
    if name.endswith("bias"):
        return 2.0 ** -6
    if name.endswith(("cls_token", "position_embeddings")):
        return 2.0 ** -1
    if name.endswith("query.weight"):
        return 2.0 ** -3
    if name.endswith(("key.weight", "projection.weight")) or name == "classifier.weight":
        return 2.0 ** -4
    return 2.0 ** -6 if name.endswith("output.dense.weight") and "attention" not in name else 2.0 ** -5


def vit_base():
    """google/vit-base-patch16-224's shape with hashed weights. Of each head's attention the class token's row and, of all rows, the
    sum with signs that a hash draws: any weight that is wrong changes one of the two."""
    o = {"image_size": 224, "channels": 3, "patch_size": 16, "hidden": 768, "layers": 12, "heads": 12, "mlp": 3072, "classes": 1000,
         "layer_norm_epsilon": 1e-12}
    parameters = {}
    for tensor, (name, shape) in enumerate(vit_shapes(o).items()):
        middle = 1 if "layernorm" in name and name.endswith("weight") else 0
        parameters[name] = hashed_numbers(tensor, shape, hashed_range(name), middle).double()
    pixels = hashed_numbers(1000, (1, 3, 224, 224), 1)
    with torch.no_grad():
        logits, attention = vit(parameters, o, pixels.double())
        narrow = {name: value.float() for name, value in parameters.items()}
        narrow_logits, narrow_attention = vit(narrow, o, pixels)
    print("float32 against float64: logits", (narrow_logits - logits).abs().max().item(), "of", logits.abs().max().item(),
          "attention", max((a - b).abs().max().item() for a, b in zip(narrow_attention, attention)))
    every = torch.cat(attention)  # [layers, heads, tokens, tokens]
    print("largest weight of a row, mean:", every.max(-1).values.mean().item(), "tensors:", len(parameters),
          "numbers:", sum(value.numel() for value in parameters.values()))
    signs = 1 - 2 * (hashed_bits(1001, every.shape[-1]) & 1).double()
    golden_file.write_case(HERE / "4.3base_hashed.safetensors", {},
                           {"logits": logits, "cls": every[:, :, 0], "signed": (every * signs).sum(-1)}, o)


def main():
    resized_positions()
    small_models()
    kernels()
    vit_base()


if __name__ == "__main__":
    main()
