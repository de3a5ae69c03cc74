"""Files of Keras whose tensors have given shapes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

Shapes = Mapping[str, tuple[int, ...]]


def archive(config: Any, tensors: Shapes, owners: Mapping[str, str] | None = None) -> bytes:
    """A `.keras` file; `owners` are the names of layers that Keras notes beside their groups."""
    import h5py

    weights, stream = io.BytesIO(), io.BytesIO()
    with h5py.File(weights, "w") as file:
        for path, shape in tensors.items():
            file.create_dataset(path, shape, "f4")
        for group, owner in (owners or {}).items():
            file.require_group(f"{group}/vars").attrs["name"] = owner
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("config.json", json.dumps(config))
        file.writestr("model.weights.h5", weights.getvalue())
    return stream.getvalue()


def dense(group: str, kernel: tuple[int, int]) -> dict[str, tuple[int, ...]]:
    """The tensors of a Dense layer in its group."""
    return {f"{group}/vars/0": kernel, f"{group}/vars/1": kernel[1:]}
