"""Data sets of `tf.data` whose elements have known shapes.

An element that a loop takes stands for all: the number of elements is not known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from lstmcount.programs.language.natives import arguments_by_name
from lstmcount.programs.language.provided import Native, Raw
from lstmcount.programs.language.run import MISSING, EnoughRounds, Run, Stop, UnknownRest, Value
from lstmcount.programs.libraries.numpy.arrays import Array, from_data
from lstmcount.shapes import UNKNOWN, Unknown

_CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}
_LABELS = ("int", "binary")
_SAME = ("cache", "filter", "ignore_errors", "prefetch", "repeat", "shard", "shuffle", "skip",
         "take", "with_options", "concatenate", "as_numpy_iterator")  # fmt: skip


class Dataset(Value):
    """A data set; `element` is an array, or a tuple or dict of arrays."""

    __slots__ = ("element",)

    def __init__(self, element: Any) -> None:
        self.element = element

    def __repr__(self) -> str:
        return "dataset"

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        method = _METHODS.get(name)
        if method is None:
            return MISSING

        def call(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
            return method(run, [self, *args], kwargs, node)

        return Native(name, call, raw=True)

    def rounds(self, run: Run, node: ast.AST) -> Iterator[Any]:
        """Two equal elements: a loop may build layers with the first, but not with others."""
        yield self.element
        session = run.library_state["keras"]
        made = session.layers_made
        yield self.element
        raise UnknownRest if session.layers_made != made else EnoughRounds

    @property
    def inputs(self) -> Any:
        """What `fit` passes to the model: of several parts, the first is the input."""
        is_tuple = isinstance(self.element, tuple) and self.element
        return self.element[0] if is_tuple else self.element


class DatasetClass(Value):
    """`tf.data.Dataset`."""

    def __repr__(self) -> str:
        return "tf.data.Dataset"

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        function = _MAKING.get(name) or _METHODS.get(name)
        return MISSING if function is None else Native(name, function, raw=True)

    def has_instance(self, value: Any) -> Any:
        return isinstance(value, Dataset)


def member(name: str) -> Any:
    """`tf.data.name`; MISSING if it is not known."""
    return DatasetClass() if name == "Dataset" else MISSING


def _of_elements(run: Run, element: Any, node: ast.AST) -> Any:
    """The data set with elements like this one; an unknown if a shape is not known."""
    element = _mapped(element, lambda leaf: leaf if isinstance(leaf, Array) else None)
    return run.unknown(run.source_of(node)) if element is None else Dataset(element)


def _mapped(value: Any, change: Any) -> Any:
    """Change the leaves of an element; None if one cannot be changed."""
    if isinstance(value, tuple | dict):
        leaves = [_mapped(leaf, change) for leaf in _leaves(value)]
        if not leaves or any(leaf is None for leaf in leaves):
            return None
        return dict(zip(value, leaves, strict=True)) if isinstance(value, dict) else tuple(leaves)
    if isinstance(value, bool | int | float):
        value = Array(())
    elif isinstance(value, list):
        value = from_data(value)
    return change(value)


def _leaves(value: tuple[Any, ...] | dict[Any, Any]) -> list[Any]:
    return list(value.values() if isinstance(value, dict) else value)


# -- making data sets ---------------------------------------------------------------------------


def _slices(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    tensors = args[0] if args else kwargs.get("tensors")
    return _of_elements(run, _mapped(tensors, _without_first), node)


def _without_first(leaf: Any) -> Array | None:
    return Array(leaf.shape[1:]) if isinstance(leaf, Array) and leaf.shape else None


def _tensors(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return _of_elements(run, args[0] if args else kwargs.get("tensors"), node)


def _range(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return Dataset(Array(()))


def _zip(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    sets = args[0] if len(args) == 1 else tuple(args)
    each = sets if isinstance(sets, tuple) else ()
    if not each or not all(isinstance(part, Dataset) for part in each):
        return run.unknown(run.source_of(node))
    return Dataset(tuple([part.element for part in each]))


def image_folder(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`image_dataset_from_directory`: batches of images, and of labels unless there are none."""
    names = ("directory", "labels", "label_mode", "class_names", "color_mode", "batch_size",
             "image_size")  # fmt: skip
    passed = arguments_by_name(names, args, kwargs)
    size, mode = passed.get("image_size", (256, 256)), passed.get("label_mode", "int")
    channels = _CHANNELS.get(str(passed.get("color_mode", "rgb")))
    is_size = isinstance(size, list | tuple) and len(size) == 2
    has_labels = passed.get("labels", "inferred") is not None and mode is not None
    is_plain = passed.get("subset") != "both" and passed.get("data_format") is None
    if not is_size or channels is None or not is_plain or isinstance(mode, Unknown):
        return run.unknown(run.source_of(node))
    batch = () if passed.get("batch_size", 32) is None else (UNKNOWN,)
    images = Array((*batch, *size, channels))
    classes = run.unknown(f"len({run.source_of(node)}.class_names)")
    labels = Array(batch if mode in _LABELS else (*batch, classes))
    return Dataset((images, labels) if has_labels else images)


# -- methods ------------------------------------------------------------------------------------


def _same(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return args[0]


def _batched(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return Dataset(_mapped(args[0].element, lambda leaf: Array((UNKNOWN, *leaf.shape))))


def _unbatched(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return _of_elements(run, _mapped(args[0].element, _without_first), node)


def _map(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`dataset.map(function)`: a tuple's parts are the function's arguments."""
    element = args[0].element
    function = args[1] if len(args) > 1 else kwargs.get("map_func")
    if isinstance(function, Unknown):
        return run.unknown(run.source_of(node))
    try:
        parts = list(element) if isinstance(element, tuple) else [element]
        return _of_elements(run, run.call(function, parts, {}, node), node)
    except Stop:
        return run.unknown(run.source_of(node))


def _apply(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return (
        run.call(args[1], [args[0]], {}, node)
        if len(args) == 2
        else run.unknown(run.source_of(node))
    )


def _enumerated(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return Dataset((Array(()), args[0].element))


_MAKING: dict[str, Raw] = {
    "from_tensor_slices": _slices,
    "from_tensors": _tensors,
    "range": _range,
    "zip": _zip,
}
_METHODS: dict[str, Raw] = {
    **dict.fromkeys(_SAME, _same),
    "batch": _batched,
    "unbatch": _unbatched,
    "map": _map,
    "apply": _apply,
    "enumerate": _enumerated,
}
