"""Data sets of `tf.data` whose elements have known shapes.

An element that a loop takes stands for all: the number of elements is not known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator as Rounds
from typing import Any

from lstmcount.programs.language.run import MISSING, EnoughRounds, Run, Stop, UnknownRest
from lstmcount.programs.language.values.iterators import Iterator
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Native, Raw
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.numpy.arrays import Array, from_data
from lstmcount.shapes import UNKNOWN, Unknown, shape_of

_CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}
_LABELS = ("int", "binary")
_SAME = ("cache", "prefetch", "shuffle", "with_options")
_OTHERS = ("filter", "ignore_errors", "repeat", "shard", "concatenate")


class Dataset(Value):
    """A data set; `element` is an array, or a tuple or dict of arrays or data sets.

    That is what functions get and what `fit` builds a model for, of which sizes may be open. `real`
    is the same as far as all elements are known to be equal when a loop takes them. `size` is the
    number of elements, if that is known.
    """

    __slots__ = ("element", "real", "size")

    def __init__(self, element: Any, real: Any = None, size: Any = None) -> None:
        self.element = element
        self.real = element if real is None else real
        self.size = size

    def __repr__(self) -> str:
        return "dataset"

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "element_spec":
            spec = _mapped(self.element, _spec)
            return run.unknown(run.source_of(node)) if spec is None else spec
        method = _METHODS.get(name)
        if method is None:
            return MISSING

        def call(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
            return method(run, [self, *args], kwargs, node)

        return Native(name, call, raw=True)

    def rounds(self, run: Run, node: ast.AST) -> Rounds[Any]:
        """Two equal elements: a loop may build layers with the first, but not with others."""
        yield self.real
        if self.size == 1:
            return
        session = run.library_state["keras"]
        made = session.layers_made
        yield self.real
        raise UnknownRest if session.layers_made != made else EnoughRounds

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        return [self.real] if self.size == 1 else None

    def length(self, run: Run, node: ast.AST) -> Any:
        return MISSING if self.size is None else self.size

    @property
    def batch(self) -> Any:
        """What the steps of `fit` get; None for windows, which are data sets themselves."""
        return _mapped(self.element, lambda leaf: leaf if isinstance(leaf, Array) else None)

    @property
    def inputs(self) -> Any:
        """What `fit` passes to the model: of several parts, the first is the input."""
        batch = self.batch
        return batch[0] if isinstance(batch, tuple) else batch


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


class Spec(Value):
    """`tf.TensorSpec(shape, dtype)`: in the place of an array of this shape."""

    def __init__(self, array: Array) -> None:
        self.array = array

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        sizes = [None if type(size) is Unknown and not size.text else size for size in self.shape]
        return tuple(sizes) if name == "shape" else MISSING

    @property
    def shape(self) -> tuple[Any, ...]:
        return self.array.shape


def tensor_spec(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    shape = args[0] if args else kwargs.get("shape")
    is_known = isinstance(shape, list | tuple)
    return Spec(Array(shape_of(shape))) if is_known else run.unknown(run.source_of(node))


def _spec(leaf: Any) -> Spec | None:
    return Spec(leaf) if isinstance(leaf, Array) else None


class _Tensor(Array):
    """A tensor that a function gets, of which each part is a tensor, too."""

    __slots__ = ()

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        shape = self._shape_of_part(run, self._keys(key), node)
        return run.unknown(run.source_of(node)) if shape is None else _Tensor(tuple(shape))


def _of_elements(run: Run, element: Any, node: ast.AST, real: Any = None, size: Any = None) -> Any:
    """The data set with elements like this one; an unknown if a shape is not known."""
    known = _mapped(element, _known_leaf)
    return run.unknown(run.source_of(node)) if known is None else Dataset(known, real, size)


def _known_leaf(leaf: Any) -> Any:
    if isinstance(leaf, Array):
        return leaf.plain()
    return leaf if isinstance(leaf, Dataset) else None


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
    sizes = _first_sizes(tensors)
    size = sizes[0] if sizes and len({*map(str, sizes)}) == 1 and type(sizes[0]) is int else None
    return _of_elements(run, _mapped(tensors, _without_first), node, size=size)


def _first_sizes(tensors: Any) -> list[Any]:
    """The number of slices of each array."""
    firsts: list[Any] = []

    def note(leaf: Any) -> Any:
        firsts.append(leaf.shape[0] if isinstance(leaf, Array) and leaf.shape else None)
        return leaf

    _mapped(tensors, note)
    return firsts


def _without_first(leaf: Any) -> Array | None:
    return Array(leaf.shape[1:]) if isinstance(leaf, Array) and leaf.shape else None


def _generated(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`from_generator(generator, output_signature=…)`."""
    signature = kwargs.get("output_signature")
    element = _mapped(signature, lambda leaf: leaf.array if isinstance(leaf, Spec) else None)
    return run.unknown(run.source_of(node)) if element is None else Dataset(element)


def _tensors(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return _of_elements(run, args[0] if args else kwargs.get("tensors"), node)


def _range(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return Dataset(Array(()))


def _zip(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    sets = args[0] if len(args) == 1 else tuple(args)
    each = sets if isinstance(sets, tuple) else ()
    if not each or not all(isinstance(part, Dataset) for part in each):
        return run.unknown(run.source_of(node))
    return Dataset(tuple([part.element for part in each]), tuple([part.real for part in each]))


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


def _other(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """A data set with another number of elements."""
    return Dataset(args[0].element, args[0].real)


def _taken(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`dataset.take(count)`."""
    dataset, number = args[0], args[1] if len(args) > 1 else kwargs.get("count")
    is_number, size = type(number) is int and number >= 0, dataset.size
    taken = min(number, size) if is_number and size is not None else None
    return Dataset(dataset.element, dataset.real, 1 if is_number and number == 1 else taken)


def _skipped(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`dataset.skip(count)`."""
    dataset, number = args[0], args[1] if len(args) > 1 else kwargs.get("count")
    is_known = type(number) is int and number >= 0 and dataset.size is not None
    rest = max(dataset.size - number, 0) if is_known else None
    return Dataset(dataset.element, dataset.real, rest)


def _batched(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`dataset.batch(batch_size, drop_remainder=False)`."""
    passed = arguments_by_name(("dataset", "batch_size", "drop_remainder"), args, kwargs)
    dataset, size = passed["dataset"], passed.get("batch_size")
    is_full = passed.get("drop_remainder", False) is True and type(size) is int
    number = dataset.size
    is_one = isinstance(number, int) and isinstance(size, int) and number <= size
    known = size if is_full else number if is_one else UNKNOWN
    element = _mapped(dataset.element, _with_first(size if is_full else UNKNOWN))
    if element is None:
        return run.unknown(run.source_of(node))
    batches = None
    if isinstance(number, int) and type(size) is int and size > 0:
        is_whole = passed.get("drop_remainder", False)
        batches = {True: number // size, False: -(-number // size)}.get(is_whole)
    return Dataset(element, _mapped(dataset.real, _with_first(known)), batches)


def _with_first(size: Any) -> Any:
    return lambda leaf: Array((size, *leaf.shape)) if isinstance(leaf, Array) else None


def _unbatched(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    real = _mapped(args[0].real, _without_first)
    return _of_elements(run, _mapped(args[0].element, _without_first), node, real)


def _window(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`dataset.window(size, shift=None, stride=1, drop_remainder=False)`: each a data set."""
    names = ("dataset", "size", "shift", "stride", "drop_remainder")
    passed = arguments_by_name(names, args, kwargs)
    is_full = passed.get("drop_remainder", False) is True and type(passed.get("size")) is int
    size = passed["size"] if is_full else None
    windows = _mapped(passed["dataset"].element, lambda leaf: _window_of(leaf, size))
    return run.unknown(run.source_of(node)) if windows is None else Dataset(windows)


def _window_of(leaf: Any, size: Any) -> Dataset | None:
    return Dataset(leaf, size=size) if isinstance(leaf, Array) else None


def _flat_map(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`dataset.flat_map(function)`: the elements of the data sets that the function returns."""
    made = _result(run, args, kwargs, args[0].element, node)
    is_dataset = isinstance(made, Dataset)
    return Dataset(made.element, made.real) if is_dataset else run.unknown(run.source_of(node))


def _map(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`dataset.map(function)`."""
    dataset = args[0]
    result = _result(run, args, kwargs, dataset.element, node)
    if "?" in map(str, _sizes(dataset.element)):
        names = {*map(str, _sizes(dataset.element))}
        result = _mapped(result, lambda leaf: _with_open_sizes(leaf, names))
    is_same = _mapped(dataset.element, _shape) == _mapped(dataset.real, _shape)
    real = None if is_same else _result(run, args, kwargs, dataset.real, node)
    return _of_elements(run, result, node, _mapped(real, _known_leaf), dataset.size)


def _sizes(element: Any) -> list[Any]:
    """The sizes of the arrays in an element."""
    if isinstance(element, tuple | dict):
        return [size for leaf in _leaves(element) for size in _sizes(leaf)]
    return list(getattr(element, "shape", ()))


def _with_open_sizes(leaf: Any, names: set[str]) -> Any:
    """What a function made of open sizes is open, too: it cannot be asked for by other names."""
    if isinstance(leaf, Array):
        known = [
            size if str(size) in names or type(size) is int else UNKNOWN for size in leaf.shape
        ]
        return Array(tuple(known))
    return leaf


def _shape(leaf: Any) -> Any:
    return getattr(leaf, "shape", id(leaf))


def _result(run: Run, args: list[Any], kwargs: Any, element: Any, node: ast.AST) -> Any:
    """What a function returns for an element, a tuple's parts being its arguments; else None."""
    function = args[1] if len(args) > 1 else kwargs.get("map_func")
    if isinstance(function, Unknown):
        return None
    element = _mapped(element, lambda x: _Tensor(x.shape) if isinstance(x, Array) else x)
    parts = list(element) if isinstance(element, tuple) else [element]
    try:
        return run.call(function, parts, {}, node)
    except Stop:
        return None


def _iterator(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return Iterator(run, node, args[0].rounds(run, node))


def _apply(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return (
        run.call(args[1], [args[0]], {}, node)
        if len(args) == 2
        else run.unknown(run.source_of(node))
    )


def _enumerated(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return Dataset((Array(()), args[0].element), (Array(()), args[0].real))


_MAKING: dict[str, Raw] = {
    "from_tensor_slices": _slices,
    "from_tensors": _tensors,
    "from_generator": _generated,
    "range": _range,
    "zip": _zip,
}
_METHODS: dict[str, Raw] = {
    **dict.fromkeys(_SAME, _same),
    **dict.fromkeys(_OTHERS, _other),
    "as_numpy_iterator": _iterator,
    "take": _taken,
    "skip": _skipped,
    "flat_map": _flat_map,
    "window": _window,
    "batch": _batched,
    "unbatch": _unbatched,
    "map": _map,
    "apply": _apply,
    "enumerate": _enumerated,
}
