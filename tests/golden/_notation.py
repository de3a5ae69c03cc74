"""How cases are written down: tensors, nested layers and the cases themselves, all plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Tensor:
    """A symbolic input: its whole shape, batch included, and its dtype."""

    shape: tuple[int | None, ...]
    dtype: str = "float32"


@dataclass(frozen=True)
class Nested:
    """A layer (or other Keras object) given as an argument of another one."""

    class_name: str
    config: dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One construction of a layer and one call of it."""

    arguments: dict[str, Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)


def tensor(*shape: int | None, dtype: str = "float32", batch: int | None = None) -> Tensor:
    """A tensor whose shape is given without its batch dimension."""
    return Tensor((batch, *shape), dtype)


def integers(*shape: int | None, batch: int | None = None) -> Tensor:
    """An int32 tensor whose shape is given without its batch dimension."""
    return tensor(*shape, dtype="int32", batch=batch)


def layer(class_name: str, **config: Any) -> Nested:
    """A nested layer, by its class and constructor arguments."""
    return Nested(class_name, config)


def case(arguments: dict[str, Any], *args: Any, **kwargs: Any) -> Case:
    """A layer made from `arguments` and called on `args` and `kwargs`."""
    return Case(arguments, args, kwargs)


def cases(inputs: Any, *arguments: dict[str, Any]) -> list[Case]:
    """Several constructions of a layer, each called on the same single input."""
    return [Case(each, (inputs,)) for each in arguments]


def plain(value: Any) -> Any:
    """`value` as JSON data, with nested layers as class_name and config."""
    match value:
        case Tensor(shape, dtype):
            return {"shape": list(shape), "dtype": dtype}
        case Nested(class_name, config):
            return {"class_name": class_name, "config": plain(config)}
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    return value


def label(case: Case) -> str:
    """A readable name for a case: what is constructed, then what it is called on."""
    arguments = ", ".join(f"{name}={_short(item)}" for name, item in case.arguments.items())
    inputs = [_short(item) for item in case.args]
    inputs += [f"{name}={_short(item)}" for name, item in case.kwargs.items()]
    return f"({arguments}) on {', '.join(inputs) or 'nothing'}"


def _short(value: Any) -> str:
    match value:
        case Tensor(shape, dtype):
            return str(shape) if dtype == "float32" else f"{shape}:{dtype}"
        case Nested(class_name, config):
            inside = ", ".join(f"{name}={_short(item)}" for name, item in config.items())
            return f"{class_name}({inside})"
        case dict():
            return "{" + ", ".join(f"{key}: {_short(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_short, value)) + "]"
        case tuple():
            return "(" + ", ".join(map(_short, value)) + ")"
    return repr(value)
