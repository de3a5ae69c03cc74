"""Reduce a failure to fewer options, lines and values that still cause the same kind of failure."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable
from typing import Any

from tests.fuzz.sources.base import Source
from tests.fuzz.worker import attempt

SECONDS = 10  # on the clock

Fails = Callable[[Source, tuple[str, ...]], bool]


def shrunk(source: Source, args: tuple[str, ...], kind: str) -> tuple[Source, tuple[str, ...]]:
    """The smallest case found within some seconds that fails in the same place."""
    until = time.monotonic() + SECONDS

    def fails(source: Source, args: tuple[str, ...]) -> bool:
        return time.monotonic() < until and attempt(source, args) == kind

    if not fails(source, args):  # another command before it has a part in it
        return source, args
    args = _without(args, lambda some: fails(source, (args[0], *some)))
    data = source.files[source.name]
    try:
        model: Any = json.loads(data)
    except ValueError:
        lines = tuple(data.split(b"\n"))
        data = b"\n".join(
            _shorter(lines, lambda some: fails(_with(source, b"\n".join(some)), args))
        )
        return _with(source, data), args
    model = _smaller(model, lambda one: fails(_with(source, json.dumps(one).encode()), args))
    return _with(source, json.dumps(model).encode()), args


def _with(source: Source, data: bytes) -> Source:
    return dataclasses.replace(source, files={**source.files, source.name: data})


def _without(args: tuple[str, ...], fails: Callable[[tuple[str, ...]], bool]) -> tuple[str, ...]:
    found = _shorter(args[1:], fails)
    return (args[0], *found)


def _shorter(items: tuple[Any, ...], fails: Callable[[tuple[Any, ...]], bool]) -> tuple[Any, ...]:
    """Leaves out runs of items, half of them, a quarter, down to one."""
    size = max(1, len(items) // 2)
    while True:
        at = 0
        while at < len(items):
            fewer = items[:at] + items[at + size :]
            if fails(fewer):
                items = fewer
            else:
                at += size
        if size == 1:
            return items
        size //= 2


def _smaller(model: Any, fails: Callable[[Any], bool]) -> Any:
    """Leaves out values of a document, the outer ones first."""
    waiting: list[tuple[Any, ...]] = [()]
    while waiting:
        path = waiting.pop(0)
        value = _at(model, path)
        keys = list(value) if isinstance(value, dict) else range(len(value))[::-1]
        for key in keys:
            fewer = json.loads(json.dumps(model))
            del _at(fewer, path)[key]
            if fails(fewer):
                model = fewer
        value = _at(model, path)
        items = value.items() if isinstance(value, dict) else enumerate(value)
        waiting += [(*path, key) for key, item in items if isinstance(item, dict | list)]
    return model


def _at(model: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        model = model[key]
    return model if isinstance(model, dict | list) else []
