"""Case files as the makers of goldens write them: safetensors, see grader/judge/case.hpp."""
import json
import struct

import torch

TYPES = {torch.float32: "F32", torch.float64: "F64", torch.int32: "I32", torch.int64: "I64", torch.bool: "BOOL"}


def write_safetensors(path, tensors, texts):
    """8 bytes: length of the header; a JSON header; the tensors' bytes, one behind the other."""
    header, data = {"__metadata__": texts}, b""
    for name in sorted(tensors, key=lambda n: (-tensors[n].element_size(), n)):
        tensor = tensors[name].detach().contiguous()
        content = tensor.numpy().tobytes()
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def write_case(path, inputs, expected, numbers):
    tensors = {"in." + key: value for key, value in inputs.items()}
    tensors.update({"expected." + key: value.double() for key, value in expected.items()})
    write_safetensors(path, tensors, {key: str(value) for key, value in numbers.items()})
