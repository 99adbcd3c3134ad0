#!/usr/bin/python3
"""Writes PyTorch's answers to small questions of chapter 2, as case files (see grader/judge/case.hpp).

Inputs are drawn in float32 and computed with in float64, so that PyTorch's own rounding plays no part. Run once, with Debian's
python3-torch (1.13); the files beside this program are what it wrote:

    /usr/bin/python3 tests/goldens/02_attention/make_goldens.py
"""
import math
import pathlib
import sys

import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import golden_file  # noqa: E402


def write_case(name, inputs, expected, numbers):
    golden_file.write_case(HERE / (name + ".safetensors"), inputs, expected, numbers)


def causal_mask(q_len, kv_len):
    """True where query i sees key j: j <= i + kv_len - q_len."""
    return torch.ones(q_len, kv_len, dtype=torch.bool).tril(kv_len - q_len)


def length_mask(lengths, kv_len):
    return (torch.arange(kv_len) < lengths[:, None])[:, None, None, :]


def softmax_attention(scores, v, visible):
    weights = torch.softmax(scores.masked_fill(~visible, -math.inf), dim=-1)
    return weights @ v, weights


def scaled_dot_product():
    for name, (batch, heads, q_len, kv_len, dim, v_dim), causal, lengths in [
            ("plain", (2, 3, 5, 7, 8, 6), False, None),
            ("causal", (1, 2, 3, 6, 16, 16), True, None),
            ("lengths", (2, 2, 4, 5, 8, 8), False, torch.tensor([5, 2]))]:
        q, k = torch.randn(batch, heads, q_len, dim), torch.randn(batch, heads, kv_len, dim)
        v, d_output = torch.randn(batch, heads, kv_len, v_dim), torch.randn(batch, heads, q_len, v_dim)
        visible = causal_mask(q_len, kv_len) if causal else torch.ones(q_len, kv_len, dtype=torch.bool)
        inputs = {"q": q, "k": k, "v": v}
        if lengths is not None:
            visible = visible & length_mask(lengths, kv_len)
            inputs["key_lengths"] = lengths
        q64, k64, v64 = (x.double().requires_grad_() for x in (q, k, v))
        output, weights = softmax_attention(q64 @ k64.transpose(-2, -1) / math.sqrt(dim), v64, visible)
        write_case("2.1_" + name, inputs, {"output": output, "weights": weights}, {"causal": int(causal)})
        output.backward(d_output.double())
        gradients = {"dq": q64.grad, "dk": k64.grad, "dv": v64.grad}
        doubles = {"q": q.double(), "k": k.double(), "v": v.double(), "d_output": d_output.double()}
        if lengths is not None:
            doubles["key_lengths"] = lengths
        write_case("2.7_" + name, doubles, gradients, {"causal": int(causal)})


def multi_head():
    for name, heads, embed, key_dim, value_dim, bias, causal in [
            ("self", 4, 8, 8, 8, True, True), ("cross", 2, 12, 10, 6, False, False), ("biased", 3, 6, 4, 5, True, False)]:
        module = torch.nn.MultiheadAttention(embed, heads, bias=bias, kdim=key_dim, vdim=value_dim, batch_first=True)
        for parameter in module.parameters():
            torch.nn.init.uniform_(parameter, -0.7, 0.7)
        q_len, kv_len = 4, 4 if causal else 6
        query, key = torch.randn(2, q_len, embed), torch.randn(2, kv_len, key_dim)
        value = torch.randn(2, kv_len, value_dim)
        if name == "self":
            key = value = query
        if module._qkv_same_embed_dim:
            w_query, w_key, w_value = module.in_proj_weight.chunk(3)
        else:
            w_query, w_key, w_value = module.q_proj_weight, module.k_proj_weight, module.v_proj_weight
        inputs = {"query": query, "key": key, "value": value, "w_query": w_query, "w_key": w_key, "w_value": w_value,
                  "w_output": module.out_proj.weight}
        if bias:
            b_query, b_key, b_value = module.in_proj_bias.chunk(3)
            inputs.update({"b_query": b_query, "b_key": b_key, "b_value": b_value, "b_output": module.out_proj.bias})
        inputs = {key_: tensor.detach().clone() for key_, tensor in inputs.items()}
        mask = ~causal_mask(q_len, kv_len) if causal else None  # PyTorch's boolean mask: true = not allowed
        output, weights = module.double()(query.double(), key.double(), value.double(), attn_mask=mask,
                                          average_attn_weights=False)
        write_case("2.2_" + name, inputs, {"output": output, "weights": weights},
                   {"causal": int(causal), "num_heads": heads})


def additive():
    for name, lengths in [("plain", None), ("lengths", torch.tensor([3, 6]))]:
        q, k = torch.randn(2, 3, 4, 10), torch.randn(2, 3, 6, 10)
        v, w = torch.randn(2, 3, 6, 5), torch.randn(3, 10)
        inputs = {"q": q, "k": k, "v": v, "score_vectors": w}
        visible = torch.ones(4, 6, dtype=torch.bool)
        if lengths is not None:
            visible = length_mask(lengths, 6)
            inputs["key_lengths"] = lengths
        channels = torch.tanh(q.double()[:, :, :, None, :] + k.double()[:, :, None, :, :])
        scores = torch.einsum("bhijc,hc->bhij", channels, w.double())
        output, weights = softmax_attention(scores, v.double(), visible)
        write_case("2.3_" + name, inputs, {"output": output, "weights": weights}, {"causal": 0})


torch.manual_seed(2)
scaled_dot_product()
multi_head()
additive()
