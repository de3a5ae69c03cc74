"""Names of the public attributes of NumPy's arrays, and of eager tensors of TensorFlow and JAX."""

from __future__ import annotations

_OF_ARRAYS = frozenset({
    "T", "all", "any", "argmax", "argmin", "argpartition", "argsort", "astype", "base",
    "byteswap", "choose", "clip", "compress", "conj", "conjugate", "copy", "ctypes", "cumprod",
    "cumsum", "data", "device", "diagonal", "dot", "dtype", "dump", "dumps", "fill", "flags",
    "flat", "flatten", "getfield", "imag", "item", "itemsize", "mT", "max", "mean", "min",
    "nbytes", "ndim", "nonzero", "partition", "prod", "put", "ravel", "real", "repeat",
    "reshape", "resize", "round", "searchsorted", "setfield", "setflags", "shape", "size",
    "sort", "squeeze", "std", "strides", "sum", "swapaxes", "take", "to_device", "tobytes",
    "tofile", "tolist", "trace", "transpose", "var", "view",
})  # fmt: skip
_OF_TENSORS = frozenset({
    "OVERLOADABLE_OPERATORS", "addressable_data", "addressable_shards", "at", "aval",
    "backing_device", "block_until_ready", "clone", "committed", "consumers",
    "copy_to_host_async", "cpu", "delete", "device_buffer", "device_buffers", "devices",
    "eval", "experimental_ref", "format", "get_shape", "global_shards", "gpu", "graph",
    "is_deleted", "is_fully_addressable", "is_fully_replicated", "is_packed", "is_ready",
    "name", "numpy", "on_device_size_in_bytes", "op", "platform", "ptp", "rank", "ref",
    "set_shape", "sharding", "traceback", "unsafe_buffer_pointer", "value_index", "values",
    "weak_type",
})  # fmt: skip


def has(name: str) -> bool:
    return name in _OF_ARRAYS


def lacks(name: str) -> bool:
    """Whether neither an array nor a tensor, of which an `Array` may be either, has a name."""
    return not (name.startswith("_") or name in _OF_ARRAYS or name in _OF_TENSORS)
