"""HDF5 files: attributes, groups and data sets of golden files changed through h5py."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from random import Random
from typing import Any

from tests.fuzz import mutations, seeds
from tests.fuzz.sources import hostile, keras_json
from tests.fuzz.sources.base import Source, source


def make(rng: Random) -> Source:
    path = rng.choice(seeds.files("*/model.h5"))
    data = changed(rng, path.read_bytes())
    if rng.random() < 0.1:
        for _ in range(rng.randint(1, 4)):
            data = mutations.change_bytes(data, rng.randrange)
    return source("hdf5", {rng.choice(("model.h5", "model.hdf5", "weights.h5")): data})


def changed(rng: Random, data: bytes) -> bytes:
    """The same file with a few changes; without h5py with a few other bytes."""
    try:
        import h5py
    except ImportError:
        return mutations.change_bytes(data, rng.randrange)
    memory = io.BytesIO(data)
    with h5py.File(memory, "r+") as file:
        _change_model(rng, file)
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            with suppress(OSError, ValueError, LookupError, TypeError, RuntimeError):
                _change(rng, file)  # what the library refuses to write
    return memory.getvalue()


def _change_model(rng: Random, file: Any) -> None:
    for name in ("model_config", "training_config"):
        if name in file.attrs and rng.random() < 0.5:
            model = json.loads(file.attrs[name])
            if name == "model_config" and rng.random() < 0.3:
                model = keras_json.model(rng)
            else:
                model = mutations.change_json(model, rng.randrange, seeds.donors())
            text = json.dumps(model)
            if len(text) < 60_000:  # an attribute holds no more
                file.attrs[name] = text.encode() if rng.random() < 0.3 else text


def _change(rng: Random, file: Any) -> None:
    import h5py

    names: list[str] = []
    file.visit(names.append)
    if not names:
        return
    name = rng.choice(sorted(names))
    node = file[name]
    kind = rng.randrange(6)
    if kind == 0:
        del file[name]
    elif kind == 1:
        del file[name]
        file[name] = rng.choice(([1.0, 2.0], [], 3, b"text", [[1, 2], [3, 4]]))
    elif kind == 2:
        del file[name]
        file[name] = rng.choice(
            (h5py.SoftLink("/nothing"), h5py.SoftLink(name), h5py.ExternalLink("/dev/zero", "/"))
        )
    elif kind == 3 and isinstance(node, h5py.Group):
        file.create_dataset(
            f"{name}/more", shape=(rng.choice((0, 3, 10**6)),), dtype="f4", maxshape=(None,)
        )
    else:
        attributes = sorted(node.attrs) or ["weight_names"]
        values = (b"x", 3, [b"kernel:0"], [b"\xff"], [], rng.choice(hostile.NAMES[:9]), 1e300)
        node.attrs[rng.choice(attributes)] = rng.choice(values)
