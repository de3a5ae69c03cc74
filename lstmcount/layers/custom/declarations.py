"""Parse the `custom_layers:` of a spec or a project file into declarations of layer classes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from lstmcount.config import Declaration, DeclaredOutput, DeclaredShape, DeclaredWeight
from lstmcount.errors import LstmcountError, Path, did_you_mean, did_you_mean_or_known
from lstmcount.expressions.rules import parsed
from lstmcount.layers import registry
from lstmcount.layers.arguments import NAMES
from lstmcount.layers.base import Layer
from lstmcount.structs import typed

REST = "..."  # in a shape: the input's remaining dimensions
SAME = "same"
# name of a dimension → rank that the input must have, axis, and names of the input's axes
DIMENSIONS: dict[str, tuple[int | None, int, str]] = {
    "batch": (None, 0, ""),
    "features": (None, -1, ""),
    "channels": (None, -1, ""),
    "timesteps": (3, 1, "batch, timesteps, features"),
    "height": (4, 1, "batch, height, width, channels"),
    "width": (4, 2, "batch, height, width, channels"),
}
SHAPES = ("input", "input_shape", "inputs")  # twice the first tensor's shape, then all shapes


class _Fields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    arguments: Any = None
    layers: dict[str, Any] = {}
    inputs: list[str] = []
    weights: Any = None
    output_shape: Any = SAME
    state_size: Any = None
    macs: Any = None


class _WeightFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    shape: Any
    axes: list[str] | None = None
    when: Any = None
    trainable: Any = True
    dtype: str | None = None


def parse_declarations(entries: Any, path: Path = ("custom_layers",)) -> dict[str, Declaration]:
    """The declarations of layer classes by name, from a YAML value.

    Raises `LstmcountError` with the path of the error.

    >>> found = parse_declarations({"Scale": {"weights": {"scale": ["features"]}}})
    >>> found["Scale"].weights[0].shape
    ('features',)
    """
    if entries is None:
        return {}
    if not isinstance(entries, dict):
        raise LstmcountError("expected classes such as AttentionPool: {…}", path=path)
    return {str(name): _declaration(str(name), entry, path) for name, entry in entries.items()}


def _declaration(name: str, written: Any, path: Path) -> Declaration:
    """The declaration of one class. Raises `LstmcountError` with the path of what is wrong."""
    path = (*path, name)
    class_name = name.rpartition(">")[2]
    if not class_name.isidentifier():
        raise LstmcountError(f"{name!r} cannot be the name of a class", path=path, at_key=True)
    if name in registry.class_names():
        raise LstmcountError(
            f"{name} is a layer of Keras; declare another class of that name with its package: "
            f"my_package>{name}",
            path=path,
            at_key=True,
        )
    fields = typed({} if written is None else written, _Fields, "a custom layer", path)
    arguments = _arguments(fields.arguments, (*path, "arguments"))
    for i, tensor in enumerate(fields.inputs):
        if not tensor.isidentifier() or tensor in arguments:
            raise LstmcountError(f"{tensor!r} cannot name an input", path=(*path, "inputs", i))
    known = [*arguments, *fields.inputs, *SHAPES, *DIMENSIONS]
    layers = _layers(fields.layers, arguments, known, (*path, "layers"))
    weights = fields.weights or {}
    if not isinstance(weights, dict):
        raise LstmcountError(
            "expected weights such as kernel: [features, units]", path=(*path, "weights")
        )
    return Declaration(
        name=name,
        arguments=arguments,
        layers=layers,
        inputs=tuple(fields.inputs),
        weights=tuple(
            _weight(str(key), weight, known, (*path, "weights", str(key)))
            for key, weight in weights.items()
        ),
        outputs=tuple(_outputs(fields.output_shape, known, (*path, "output_shape"))),
        states=_states(fields.state_size, known, (*path, "state_size")),
        macs=None if fields.macs is None else _rule(fields.macs, known, (*path, "macs")),
        written=written or {},
    )


def _arguments(written: Any, path: Path) -> dict[str, Any]:
    """The defaults by argument, from a mapping or from a list that may mix names and mappings."""
    defaults: dict[str, Any] = {}
    for i, entry in enumerate(written if isinstance(written, list) else [written or {}]):
        here = (*path, i) if isinstance(written, list) else path
        if isinstance(entry, str):
            entry = {entry: None}
        if not isinstance(entry, dict):
            raise LstmcountError("expected arguments such as units: 64", path=here)
        for name, default in entry.items():
            _check_argument(name, (*here, str(name)))
            defaults[name] = default
    return {name: _default(value) for name, value in defaults.items()}


def _check_argument(name: Any, path: Path) -> None:
    if not isinstance(name, str) or not name.isidentifier() or name in SHAPES:
        raise LstmcountError(f"{name!r} cannot name an argument", path=path, at_key=True)
    if name in Layer.__struct_encode_fields__:
        raise LstmcountError(f"every layer has {name!r}; do not declare it", path=path, at_key=True)


def _layers(
    written: dict[str, Any], arguments: dict[str, Any], known: list[str], path: Path
) -> dict[str, DeclaredShape | None]:
    """The input shape of each argument that is a layer; None for `same`, the layer's own input.

    A shape may use the outputs of layers that are declared before.
    """
    inputs: dict[str, DeclaredShape | None] = {}
    for name, shape in written.items():
        here = (*path, name)
        if name not in arguments:
            hint = did_you_mean(name, arguments)
            raise LstmcountError(f"{name!r} is not an argument.{hint}", path=here)
        later = written.keys() - inputs.keys()
        usable = [each for each in known if each not in later]
        inputs[name] = None if shape == SAME else _shape(shape, usable, here)
    return inputs


def _states(written: Any, known: list[str], path: Path) -> DeclaredShape | None:
    """The sizes of a cell's states; None if the class is no cell."""
    if written is None:
        return None
    return tuple(item for item in _shape(written, known, path) if item != REST)


def _default(value: Any) -> Any:
    if value is None:
        return msgspec.NODEFAULT
    return None if value == "None" else value


def _weight(name: str, written: Any, known: list[str], path: Path) -> DeclaredWeight:
    if not isinstance(written, dict):
        written, shape_path = {"shape": written}, path
    else:
        shape_path = (*path, "shape")
    fields = typed(written, _WeightFields, "a weight", path)
    shape = _shape(fields.shape, known, shape_path)
    if fields.axes is not None and len(fields.axes) != len(shape):
        raise LstmcountError(
            f"expected a name for each of {len(shape)} axes, got {len(fields.axes)}",
            path=(*path, "axes"),
        )
    if fields.dtype is not None and fields.dtype not in NAMES["dtype"]:
        hint = did_you_mean(fields.dtype, NAMES["dtype"])
        raise LstmcountError(f"unknown dtype {fields.dtype!r}.{hint}", path=(*path, "dtype"))
    return DeclaredWeight(
        name=name,
        shape=shape,
        axes=None if fields.axes is None else tuple(fields.axes),
        when=None if fields.when is None else _rule(fields.when, known, (*path, "when")),
        trainable=None
        if fields.trainable is True
        else _rule(fields.trainable, known, (*path, "trainable")),
        dtype=fields.dtype,
    )


def _outputs(written: Any, known: list[str], path: Path) -> Iterable[DeclaredOutput]:
    """The cases of an output, of which the first that holds applies.

    `written` is a list of cases, or the only output: `same`, a shape or a list of shapes.
    """
    cases = written if isinstance(written, list) else [written]
    if not any(isinstance(case, dict) for case in cases):
        yield DeclaredOutput(_output(written, known, path))
        return
    for i, case in enumerate(cases):
        here = (*path, i) if isinstance(written, list) else path
        if not isinstance(case, dict) or "shape" not in case or case.keys() - {"shape", "when"}:
            raise LstmcountError("expected {shape: …, when: …}", path=here)
        when = case.get("when")
        yield DeclaredOutput(
            _output(case["shape"], known, (*here, "shape")),
            None if when is None else _rule(when, known, (*here, "when")),
        )


def _output(written: Any, known: list[str], path: Path) -> Any:
    if written == SAME:
        return None
    if isinstance(written, list) and written and all(isinstance(item, list) for item in written):
        return [_shape(item, known, (*path, i)) for i, item in enumerate(written)]
    return _shape(written, known, path)


def _shape(written: Any, known: list[str], path: Path) -> DeclaredShape:
    """A shape from a list, or from a string such as `(input[-1], units)`."""
    if not isinstance(written, list):
        return tuple(parsed(_rule(written, known, path)).items())
    items = [
        REST if item == REST else _rule(item, known, (*path, i)) for i, item in enumerate(written)
    ]
    if items.count(REST) > 1:
        raise LstmcountError(f"expected at most one {REST} in a shape", path=path)
    return tuple(items)


def _rule(written: Any, known: list[str], path: Path) -> str:
    """Return a number or an expression as text. Raises `LstmcountError` unless it is valid."""
    if not isinstance(written, str | int | float):
        raise LstmcountError(f"expected a number or an expression, got {written!r}", path=path)
    try:
        rule = parsed(str(written))
    except LstmcountError as error:
        raise error.at(*path) from None
    for name in sorted(rule.names):
        if name not in known:
            hint = did_you_mean_or_known(name, known)
            raise LstmcountError(f"unknown name {name!r}.{hint}", path=path)
    return rule.text
