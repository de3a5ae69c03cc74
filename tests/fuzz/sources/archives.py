"""`.keras` files: members changed, missing, twice there, or of other sizes than they say."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from random import Random

from tests.fuzz import mutations, seeds
from tests.fuzz.sources import hdf5, keras_json
from tests.fuzz.sources.base import Source, source


def make(rng: Random) -> Source:
    data = archive(rng)
    kind = rng.random()
    if kind < 0.1:
        data = lying(rng, data)
    elif kind < 0.15:
        for _ in range(rng.randint(1, 4)):
            data = mutations.change_bytes(data, rng.randrange)
    name = rng.choice(("model.keras", "model.keras", "model.keras", "model.zip"))
    return source("archive", {name: data})


def archive(rng: Random) -> bytes:
    path = rng.choice(seeds.files("*/model.keras"))
    with zipfile.ZipFile(path) as kept:
        members = [(name, kept.read(name)) for name in kept.namelist()]
    found = []
    for name, data in members:
        if name == "config.json":
            data = _config(rng, data)
        elif name.endswith(".h5") and rng.random() < 0.3:
            data = hdf5.changed(rng, data)
        elif name == "metadata.json" and rng.random() < 0.2:
            changed = mutations.change_json(json.loads(data), rng.randrange, seeds.donors())
            data = json.dumps(changed).encode()
        if rng.random() < 0.95:
            found.append((name if rng.random() < 0.98 else f"x/{name}", data))
    if rng.random() < 0.05:
        found += found[:1]
    return _zipped(rng, found)


def _config(rng: Random, data: bytes) -> bytes:
    if rng.random() < 0.4:
        return json.dumps(keras_json.model(rng)).encode()
    found = json.loads(data)
    for _ in range(rng.choice((0, 1, 1, 2))):
        found = mutations.change_json(found, rng.randrange, seeds.donors())
    return json.dumps(found).encode()


def _zipped(rng: Random, members: list[tuple[str, bytes]]) -> bytes:
    found = io.BytesIO()
    method = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with warnings.catch_warnings(), zipfile.ZipFile(found, "w", method) as file:
        warnings.simplefilter("ignore")  # a member that is there twice
        for name, data in members:
            file.writestr(zipfile.ZipInfo(name), data, method)
    return found.getvalue()


def lying(rng: Random, data: bytes) -> bytes:
    """The archive with another number in the header of a member or of the directory."""
    signature = rng.choice((b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"))
    at = data.find(signature)
    if at < 0:
        return data
    found = bytearray(data)
    offset = at + rng.randrange(4, 30)
    if offset < len(found):
        found[offset : offset + 1] = bytes([rng.choice((0, 1, 8, 12, 127, 255))])
    return bytes(found)
