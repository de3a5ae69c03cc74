"""Create layer classes from declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, ClassVar

import msgspec

from lstmcount.config import Declaration, DeclaredShape, DeclaredWeight, LayerConfig
from lstmcount.errors import LstmcountError, ShapeError
from lstmcount.expressions.arithmetic import shown
from lstmcount.expressions.rules import parsed
from lstmcount.layers.arguments import LayerArgument
from lstmcount.layers.base import Layer, require_rank, under
from lstmcount.layers.checkpoint_paths import own_and_inner_paths
from lstmcount.layers.custom.declarations import DIMENSIONS, REST
from lstmcount.layers.registry import is_keras_layer
from lstmcount.shapes import Dim, Shapes, Unknown, flatten, show
from lstmcount.summary import CheckpointPaths, Named, Weight

_LAST = re.compile(r"\b\w+(\[\d+\])?\[-1\]")


class Declared(Layer):
    """Base of declared layers, whose formulas evaluate the declaration."""

    declaration: ClassVar[Declaration]
    takes_structures: ClassVar[bool] = True

    def argument(self, name: str) -> Any:
        """The value of a declared argument, whose field may have another name."""
        return getattr(self, _field_name(name))

    def __post_init__(self) -> None:
        for argument in self.declaration.layers:
            if isinstance(self.argument(argument), list):
                raise LstmcountError("expected one layer, got a list", path=(argument,))

    def check_call(self, shapes: list[Shapes], args: list[Any], kwargs: Iterable[str]) -> None:
        """Arguments that are not declared do not affect sizes."""
        super().check_call(shapes, [], ())

    def check(self, *shapes: Shapes) -> None:
        for _, layer, read in self._wrapped(shapes):
            layer.accept(read)
        for weight in self._own_weights(shapes):
            for dim in weight.shape:
                _require_size(dim, f"the weight {weight.name!r}", weight.shape)
        for shape in flatten(self.output_shape(*shapes)):
            for dim in shape:
                _require_size(dim, "the output", shape)
        self.macs(*shapes)

    def inner(self) -> list[tuple[str, Any]]:
        layers = ((name, self.argument(name)) for name in self.declaration.layers)
        return [(layer.name or name, layer) for name, layer in layers if layer is not None]

    def checkpoint_paths(self, named: Named) -> CheckpointPaths:
        checkpoint_attributes = [
            name for name in self.declaration.layers if self.argument(name) is not None
        ]
        return own_and_inner_paths(checkpoint_attributes, self.inner(), named)

    def weights(self, *shapes: Shapes) -> Iterator[Weight]:
        yield from self._own_weights(shapes)
        for name, layer, read in self._wrapped(shapes):
            yield from under(name, layer.weights(read))

    def _wrapped(self, shapes: tuple[Shapes, ...]) -> Iterator[tuple[str, Any, Shapes]]:
        """The layers among the arguments: name, layer and input shape."""
        for argument in self.declaration.layers:
            layer = self.argument(argument)
            if layer is not None:
                yield layer.name or argument, layer, self._read_by(argument, shapes)

    def _read_by(self, argument: str, shapes: tuple[Shapes, ...]) -> Shapes:
        shape = self.declaration.layers[argument]
        return _tensors(shapes)[0] if shape is None else self._dims(shape, shapes)

    def _own_weights(self, shapes: tuple[Shapes, ...]) -> list[Weight]:
        existing = [
            w for w in self.declaration.weights if w.when is None or self._value(w.when, shapes)
        ]
        pairs = [self._weight(weight, shapes) for weight in existing]
        trainable = [weight for trains, weight in pairs if trains]
        return trainable + [weight for trains, weight in pairs if not trains]

    def output_shape(self, *shapes: Shapes) -> Shapes:
        for case in self.declaration.outputs:
            if case.when is not None and not self._value(case.when, shapes):
                continue
            if case.shapes is None:
                same: Shapes = _tensors(shapes)[0]
                return same
            if isinstance(case.shapes, list):
                return [self._dims(shape, shapes) for shape in case.shapes]
            return self._dims(case.shapes, shapes)
        raise ShapeError("no case of output_shape holds")

    def macs(self, *shapes: Shapes) -> Dim:
        rule = self.declaration.macs
        if rule is None:
            text = f"the MACs of {self.class_name}, which its declaration leaves open"
            return Unknown(text)  # type: ignore[return-value]
        wrapped = [layer.macs(read) for _, layer, read in self._wrapped(shapes)]
        total: Dim = sum(wrapped, self._value(rule, shapes))
        return total

    def _weight(self, weight: DeclaredWeight, shapes: tuple[Shapes, ...]) -> tuple[bool, Weight]:
        """Whether a weight trains if its layer does, and the weight."""
        pairs = list(self._items(weight.shape, shapes))
        axes = weight.axes or tuple(axis for _, axis in pairs)
        dims = tuple(dim for dim, _ in pairs)
        if len(axes) != len(dims):
            raise ShapeError(f"the weight {weight.name!r}, {show(dims)}, has {len(axes)} axes")
        trains = weight.trainable is None or bool(self._value(weight.trainable, shapes))
        return trains, self.weight(weight.name, dims, axes, trainable=trains, dtype=weight.dtype)

    def _dims(self, shape: DeclaredShape, shapes: tuple[Shapes, ...]) -> tuple[Any, ...]:
        return tuple(dim for dim, _ in self._items(shape, shapes))

    def _items(self, shape: DeclaredShape, shapes: tuple[Shapes, ...]) -> Iterator[tuple[Any, str]]:
        """The dimensions of a shape, each with the name of its axis."""
        for i, item in enumerate(shape):
            if item != REST:
                value = self._value(item, shapes)
                values = value if isinstance(value, list | tuple) else [value]
                yield from ((dim, _meaning(item, len(values))) for dim in values)
            else:
                first = _tensors(shapes)[0]
                left = range(i, len(first) - (len(shape) - i - 1))
                yield from ((first[axis], f"axis {axis}") for axis in left)

    def _value(self, text: str, shapes: tuple[Shapes, ...]) -> Any:
        rule = parsed(text)
        values = {name: self._named(name, shapes) for name in rule.names}
        try:
            return rule.value(values)
        except TypeError:
            if any(hasattr(value, "free_symbols") for value in values.values()):
                raise
            listed = ", ".join(f"{name} = {value!r}" for name, value in values.items())
            raise LstmcountError(f"{text!r} cannot be computed: {listed}") from None

    def _named(self, name: str, shapes: tuple[Shapes, ...]) -> Any:
        """The value of a name in a rule: an argument, a layer's output, a shape or a dimension."""
        declaration = self.declaration
        if name in declaration.layers:
            layer = self.argument(name)
            return layer and layer.output_shape(self._read_by(name, shapes))
        if name in declaration.arguments:
            return self.argument(name)
        if name in declaration.inputs:
            return shapes[declaration.inputs.index(name)]
        tensors = _tensors(shapes)
        if name == "inputs":
            return tensors
        first = tensors[0]
        if name in DIMENSIONS:
            rank, axis, dims = DIMENSIONS[name]
            if rank is not None:
                require_rank(first, rank, dims)
            return first[axis]
        return first


class DeclaredCell(Declared):
    """Base of declared cells, which recurrent layers run over time."""

    def state_shapes(self, batch: Dim) -> list[Shapes]:
        sizes = [self._value(rule, ((batch,),)) for rule in self.declaration.states or ()]
        return [(batch, size) for size in sizes]

    def kept_states(self, *shapes: Shapes) -> Dim:
        text = f"what {self.class_name} keeps of each step, which its declaration leaves open"
        return Unknown(text)  # type: ignore[return-value]


def _tensors(shapes: tuple[Shapes, ...]) -> list[Any]:
    return flatten([shape for shape in shapes if shape is not None])


def _meaning(rule: str, count: int) -> str:
    text = _LAST.sub("features", rule.strip())
    text = re.sub(r"\s*\*\s*", "·", text.replace("//", "/"))
    return (
        text if count == 1 and re.fullmatch(r"[\w·+\-/ ()]+", text) else re.sub(r"\W+", "_", text)
    )


def _require_size(dim: Any, owner: str, shape: Any) -> None:
    if isinstance(dim, Fraction):
        raise ShapeError(f"{owner} would have a dimension of {shown(dim)}")
    if isinstance(dim, Unknown) or (_is_whole(dim) and dim >= 0):
        return
    if not hasattr(dim, "free_symbols"):
        raise ShapeError(f"{owner} would have the shape {show(shape)}")


def refuse_undeclared_layers(arguments: dict[str, Any], declaration: Declaration) -> None:
    """Raise `LstmcountError` for a layer in an argument that is not declared as one.

    Its weights would not be counted.
    """
    for key, value in arguments.items():
        if key in declaration.layers:
            continue
        for item in value if isinstance(value, list) else [value]:
            if _is_layer(item):
                raise LstmcountError(
                    f"{key} is a layer, and the declaration of {declaration.name} does not give "
                    f"its input: layers: {{{key}: same}}",
                    path=(key,),
                )


def _is_layer(value: Any) -> bool:
    """Whether a value is a layer as in files, `{class_name: Dense, …}`, or specs, `{Dense: 3}`."""
    if isinstance(value, LayerConfig):
        return True
    if not isinstance(value, dict):
        return False
    config = value.get("config")
    if isinstance(config, dict) and "trainable" in config:  # only a layer's config has this key
        return True
    names = [value["class_name"]] if "class_name" in value else list(value)
    return len(names) == 1 and isinstance(names[0], str) and is_keras_layer(names[0])


def _is_whole(dim: Any) -> bool:
    return isinstance(dim, int) and not isinstance(dim, bool)


@cache
def layer_class(declaration: Declaration) -> type[Declared]:
    """Create the class for a declaration, whose arguments become its fields."""
    numbers: set[str] = set()
    lists: set[str] = set()
    for rule in _rules(declaration):
        used_as_numbers, used_as_lists = parsed(rule).sizes()
        numbers |= used_as_numbers
        lists |= used_as_lists
    fields: list[Any] = []
    for name, default in declaration.arguments.items():
        if name in declaration.layers:
            kind: Any = LayerArgument
        else:
            kind = _kind(default, name in numbers, name in lists)
        if isinstance(default, list | dict):
            field: Any = msgspec.field(default_factory=default.copy, name=name)
        else:
            field = msgspec.field(default=default, name=name)
        fields.append((_field_name(name), kind, field))
    cls = msgspec.defstruct(
        declaration.class_name,
        fields,
        bases=(Declared if declaration.states is None else DeclaredCell,),
        namespace={"__doc__": _documentation(declaration)},
        kw_only=True,
        forbid_unknown_fields=True,
        gc=False,
    )
    cls.declaration = declaration  # type: ignore[attr-defined]
    cls.layer_arguments = tuple(declaration.layers)  # type: ignore[attr-defined]
    cls.call_arguments = declaration.inputs or ("inputs",)  # type: ignore[attr-defined]
    return cls  # type: ignore[return-value]


def _rules(declaration: Declaration) -> Iterator[str]:
    """The rules of a declaration whose values are numbers."""
    shapes = [weight.shape for weight in declaration.weights]
    for output in declaration.outputs:
        shapes += output.shapes if isinstance(output.shapes, list) else [output.shapes or ()]
    for shape in (*shapes, declaration.states or ()):
        yield from (item for item in shape if item != REST)
    if declaration.macs is not None:
        yield declaration.macs


@lru_cache(1024)
def _field_name(argument: str) -> str:
    """The name of an argument's field, which must not hide an attribute of the class.

    Such attributes are `weights` and `output_shape`, and `__del__`, which Python calls.
    """
    is_taken = argument.startswith("__") or argument in dir(DeclaredCell)
    return f"{argument}_" if is_taken else argument


def _kind(default: Any, is_number: bool, is_list: bool) -> Any:
    """The type of an argument, from its default and from its use in rules."""
    if isinstance(default, bool):
        return bool
    if is_list:
        kind: Any = list[int]
    elif isinstance(default, float):
        kind = float
    elif is_number or isinstance(default, int):
        kind = int
    else:
        return Any
    return kind | None if default is None else kind


def _documentation(declaration: Declaration) -> str:
    entries = declaration.written
    lines = [f"Declared: {declaration.name}."]
    for key in ("layers", "weights", "output_shape", "state_size", "macs"):
        if entries.get(key):
            lines.append(f"{key}: {_plain(entries[key])}")
    return "\n".join(lines)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(item)}" for key, item in value.items())
    if isinstance(value, list):
        return f"[{', '.join(map(_plain, value))}]"
    return str(value)
