"""`lstmcount.lock`: the accepted numbers of models, sorted, one line per layer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path as FilePath

import msgspec

from lstmcount.costs.measures import Conditions
from lstmcount.differences.profile import LayerProfile, Profile, Values
from lstmcount.errors import Location, LstmcountError
from lstmcount.escapes import for_json
from lstmcount.readers.text.regular import read_regular

VERSION = 1
MAX_BYTES = 64 * 2**20


class _Layer(msgspec.Struct, kw_only=True, omit_defaults=True):
    class_name: str
    values: Values


class Recorded(msgspec.Struct, kw_only=True, omit_defaults=True):
    values: Values
    layers: dict[str, _Layer]
    batch: int | None = None
    timesteps: int | None = None


class Lock(msgspec.Struct, kw_only=True):
    version: int = VERSION
    models: dict[str, Recorded] = {}


def recorded(file: FilePath, source: FilePath) -> Profile | None:
    """The numbers recorded for a source; None if there are none."""
    model = read_lock(file).models.get(key_of(file, source))
    if model is None:
        return None
    layers = tuple(
        LayerProfile(name=name, class_name=layer.class_name, values=layer.values)
        for name, layer in model.layers.items()
    )
    return Profile(
        values=model.values, layers=layers, conditions=Conditions(model.batch, model.timesteps)
    )


def read_lock(file: FilePath) -> Lock:
    """Read a lock file; errors name the file."""
    try:
        return _read_lock(file, file.stat().st_mtime_ns)
    except OSError as error:
        raise _at(file, (error.strerror or str(error)).lower()) from None
    except ValueError:  # the name contains a NUL character
        raise _at(file, "not the name of a file") from None


@cache
def _read_lock(file: FilePath, changed: int) -> Lock:
    """Read the file once for all sources, and again when it has changed."""
    try:
        lock = msgspec.json.decode(read_regular(file, MAX_BYTES), type=Lock)
    except LstmcountError as error:
        raise _at(file, error.message) from None
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise _at(file, f"not a lock file of lstmcount: {error}") from None
    if lock.version != VERSION:
        raise _at(file, f"version {lock.version} of the lock file; this lstmcount knows {VERSION}")
    return lock


def _at(file: FilePath, message: str) -> LstmcountError:
    error = LstmcountError(message)
    error.location = Location(source=str(file))
    return error


def key_of(file: FilePath, source: FilePath) -> str:
    """A source's key in the lock file: its path relative to the lock file's folder."""
    folder = os.path.dirname(os.path.realpath(file))
    return FilePath(os.path.relpath(os.path.realpath(source), folder)).as_posix()


def updated(lock: Lock, file: FilePath, profiles: Mapping[str, Profile]) -> Lock:
    """The lock with these profiles added and without models whose files no longer exist."""
    folder = FilePath(os.path.realpath(file)).parent
    kept = {key: model for key, model in lock.models.items() if (folder / key).is_file()}
    new = {
        key: Recorded(
            values=profile.values,
            layers={
                layer.name: _Layer(class_name=layer.class_name, values=layer.values)
                for layer in profile.layers
            },
            batch=profile.conditions.batch,
            timesteps=profile.conditions.timesteps,
        )
        for key, profile in profiles.items()
    }
    return Lock(models=dict(sorted({**kept, **new}.items())))


def as_text(lock: Lock) -> str:
    """JSON with one line per layer, so that a diff reads like a table."""

    def one_line(value: object) -> str:
        return for_json(msgspec.json.format(msgspec.json.encode(value), indent=0).decode())

    lines = ["{", f'  "version": {lock.version},', '  "models": {']
    for i, (key, model) in enumerate(lock.models.items()):
        lines.append(f"    {one_line(key)}: {{")
        conditions = {"batch": model.batch, "timesteps": model.timesteps}
        lines += [f'      "{name}": {n},' for name, n in conditions.items() if n is not None]
        lines += [f'      "values": {one_line(model.values)},', '      "layers": {']
        layers = [f"        {one_line(name)}: {one_line(x)}" for name, x in model.layers.items()]
        lines += [",\n".join(layers)] if layers else []
        lines += ["      }", "    }" + ("," if i < len(lock.models) - 1 else "")]
    return "\n".join([*lines, "  }", "}"]) + "\n"
