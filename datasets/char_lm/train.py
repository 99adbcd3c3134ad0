"""Trains the character language model of chapter 1 and writes it, with a golden of its logits.

    python3 train.py --text FOLDER --out sense_and_sensibility.safetensors       FOLDER: see austen_text.py

A decoder-only transformer: token embedding; blocks of x + attention(norm(x)), x + mlp(norm(x)) with grouped-query attention
(two query heads share a key/value head), rotary positions and a ReLU; a last norm; logits by the embedding's transpose.
chapters/01_paged_kv_cache/char_model.hpp runs the same model on a KV cache. One thread; the seed fixes the result on one machine.
"""
import argparse
import json
import math
import struct
import time

import torch
from torch import nn
from torch.nn import functional as F

from austen_text import sense_and_sensibility

D_MODEL, LAYERS, HEADS, KV_HEADS, HEAD_DIM, D_MLP, CONTEXT = 96, 3, 4, 2, 24, 256, 256
BATCH, WARM_UP, LEARNING_RATE, WEIGHT_DECAY = 8, 100, 4e-3, 0.05


def rotations(length):
    """cos and sin, [length, HEAD_DIM / 2]: channel pair i turns by position * 10000^(-2i / HEAD_DIM) (Su et al. 2021)."""
    rate = 10000.0 ** (-torch.arange(HEAD_DIM // 2, dtype=torch.float64) / (HEAD_DIM // 2))
    angle = torch.arange(length, dtype=torch.float64)[:, None] * rate
    return angle.cos(), angle.sin()


def rotate(x):
    """[.., length, HEAD_DIM], channel i paired with channel i + HEAD_DIM / 2: a dot product then depends on the distance alone."""
    cos, sin = (part.to(x.dtype) for part in rotations(x.shape[-2]))
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm_attention, self.norm_mlp = nn.LayerNorm(D_MODEL), nn.LayerNorm(D_MODEL)
        self.query = nn.Linear(D_MODEL, HEADS * HEAD_DIM, bias=False)
        self.key = nn.Linear(D_MODEL, KV_HEADS * HEAD_DIM, bias=False)
        self.value = nn.Linear(D_MODEL, KV_HEADS * HEAD_DIM, bias=False)
        self.output = nn.Linear(HEADS * HEAD_DIM, D_MODEL, bias=False)
        self.mlp_in, self.mlp_out = nn.Linear(D_MODEL, D_MLP), nn.Linear(D_MLP, D_MODEL)

    def attention(self, x):
        batch, length, _ = x.shape
        q = self.query(x).view(batch, length, HEADS, HEAD_DIM).transpose(1, 2)
        k, v = (w(x).view(batch, length, KV_HEADS, HEAD_DIM).transpose(1, 2).repeat_interleave(HEADS // KV_HEADS, dim=1)
                for w in (self.key, self.value))  # query heads 0 and 1 read key/value head 0, and so on
        q, k = rotate(q), rotate(k)
        scores = q @ k.transpose(2, 3) / math.sqrt(HEAD_DIM)
        future = torch.ones(length, length, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(future, -math.inf).softmax(-1)
        return self.output((weights @ v).transpose(1, 2).reshape(batch, length, HEADS * HEAD_DIM))

    def forward(self, x):
        x = x + self.attention(self.norm_attention(x))
        return x + self.mlp_out(F.relu(self.mlp_in(self.norm_mlp(x))))


class CharModel(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, D_MODEL)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(D_MODEL)
        nn.init.normal_(self.embedding.weight, std=0.05)
        for block in self.blocks:  # a residual stream that does not grow with the depth
            for linear in (block.output, block.mlp_out):
                nn.init.normal_(linear.weight, std=0.02 / math.sqrt(2 * LAYERS))

    def forward(self, tokens):
        """[batch, length] -> logits [batch, length, vocabulary]"""
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.embedding.weight.T


@torch.no_grad()
def validation_loss(model, data):
    """Mean cross-entropy in nats a character: the part not trained on, in windows of CONTEXT characters, one behind the other."""
    windows = (len(data) - 1) // CONTEXT
    total = 0.0
    for first in range(0, windows, BATCH):
        many = min(BATCH, windows - first)
        start = first * CONTEXT
        x = data[start : start + many * CONTEXT].view(many, CONTEXT)
        y = data[start + 1 : start + 1 + many * CONTEXT]
        total += F.cross_entropy(model(x).flatten(0, 1), y, reduction="sum").item()
    return total / (windows * CONTEXT)


def write_safetensors(path, tensors, metadata):
    """{name: tensor} of float32, int32, int64 or float64, in order of name."""
    names = {torch.float32: "F32", torch.float64: "F64", torch.int32: "I32", torch.int64: "I64"}
    header, blobs, offset = {"__metadata__": metadata}, [], 0
    for name in sorted(tensors):
        tensor = tensors[name].detach().contiguous()
        blob = tensor.numpy().tobytes()
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--text", required=True, help="the unpacked package, see austen_text.py")
    parser.add_argument("--out", default="sense_and_sensibility.safetensors")
    parser.add_argument("--golden", help="where to write logits for the tests")
    parser.add_argument("--steps", type=int, default=2600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    text = sense_and_sensibility(options.text)
    vocabulary = sorted(set(text))
    number = {char: n for n, char in enumerate(vocabulary)}
    data = torch.tensor([number[char] for char in text])
    split = len(data) * 95 // 100  # the last 5 % of the novel are for validation
    train, validation = data[:split], data[split:]

    model = CharModel(len(vocabulary))
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": vectors, "weight_decay": 0.0}],
                                  lr=LEARNING_RATE, betas=(0.9, 0.98))
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, {len(train):,} characters to train on", flush=True)

    start = time.process_time()
    for step in range(options.steps):
        part = (step - WARM_UP) / max(1, options.steps - WARM_UP)
        factor = (step + 1) / WARM_UP if step < WARM_UP else 0.5 * (1 + math.cos(math.pi * part))
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * factor
        starts = torch.randint(len(train) - CONTEXT - 1, (BATCH,))
        batch = torch.stack([train[s : s + CONTEXT + 1] for s in starts])
        loss = F.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 50 == 0:
            print(f"step {step:4d}  loss {loss.item():.3f}  {time.process_time() - start:.0f} s", flush=True)

    loss = validation_loss(model, validation)
    print(f"validation loss {loss:.4f} nats a character, after {time.process_time() - start:.0f} s of CPU", flush=True)
    tensors = {name: parameter for name, parameter in model.named_parameters()}
    tensors["vocabulary"] = torch.tensor([ord(char) for char in vocabulary], dtype=torch.int32)
    write_safetensors(options.out, tensors, {
        "num_heads": str(HEADS), "num_kv_heads": str(KV_HEADS), "context": str(CONTEXT), "validation_loss": f"{loss:.4f}",
        "text": "Jane Austen, Sense and Sensibility (1811), public domain; Debian package r-cran-janeaustenr",
        "steps": str(options.steps), "seed": str(options.seed)})

    if options.golden:
        tokens = validation[None, :96]
        logits = model.double()(tokens)[0]
        write_safetensors(options.golden, {"in.tokens": tokens[0].to(torch.int32), "expected.logits": logits}, {"made_by": "PyTorch, float64"})


if __name__ == "__main__":
    main()
