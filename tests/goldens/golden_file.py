"""Case files as the makers of goldens write them: safetensors, see grader/judge/case.hpp."""
import json
import struct

TYPES = {"torch.float32": "F32", "torch.float64": "F64", "torch.int32": "I32", "torch.int64": "I64", "torch.bool": "BOOL"}
SIZES = {"F64": 8, "I64": 8, "F32": 4, "I32": 4, "U8": 1, "BOOL": 1}


def write_raw(path, tensors, texts):
    """8 bytes: length of the header; a JSON header; the tensors' bytes, one behind the other. A tensor: (type, shape, bytes)."""
    header, data = {"__metadata__": texts}, b""
    for name in sorted(tensors, key=lambda n: (-SIZES[tensors[n][0]], n)):
        dtype, shape, content = tensors[name]
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def write_safetensors(path, tensors, texts):
    """PyTorch's tensors."""
    write_raw(path, {name: (TYPES[str(tensor.dtype)], tensor.shape, tensor.detach().contiguous().numpy().tobytes())
                     for name, tensor in tensors.items()}, texts)


def write_case(path, inputs, expected, numbers):
    tensors = {"in." + key: value for key, value in inputs.items()}
    tensors.update({"expected." + key: value.double() for key, value in expected.items()})
    write_safetensors(path, tensors, {key: str(value) for key, value in numbers.items()})
