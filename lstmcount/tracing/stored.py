"""Read the weights that a `.keras` or `.h5` file stores for one layer.

A child process reads the file. It gets the groups to look in and the shapes to expect, and returns
the bytes of each weight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.isolation import Guard, isolated
from lstmcount.layers.rnn_cells import StackedRNNCells
from lstmcount.layers.rnn_wrappers import Bidirectional
from lstmcount.naming import AutoNames, counted
from lstmcount.readers.files.attributes import names
from lstmcount.readers.files.tensors import UNREADABLE, ZIP, weights_of
from lstmcount.readers.text.pipes import read_up_to
from lstmcount.readers.text.regular import open_regular
from lstmcount.summary import LayerSummary, Summary, Weight
from lstmcount.tracing.arrays import Array, numpy

HDF5 = b"\x89HDF\r\n\x1a\n"
CONTAINERS = ("layers", "_layer_checkpoint_dependencies")  # the second one until Keras 2.14
CELL = "cell"  # the group of a recurrent layer's cell; a bare cell has no such group
MAX_BYTES = 64 * 2**20  # limit for the weights of one layer
PURPOSE = "reading the file's weights"

Place = tuple[str, ...]  # names of nested groups, outermost first
Shapes = list[tuple[Any, ...]]
Values = list[tuple[str, bytes]]  # dtype and bytes of each weight


def stored_weights(
    path: Path, summary: Summary, layer: LayerSummary, weights: Sequence[Weight]
) -> dict[str, Array] | None:
    """The stored values of the layer's `weights` by name; None if the file stores none of them.

    Raises `LstmcountError` if the stored arrays do not fit the layer.
    """
    if not path.is_file():  # a pipe: reading the model consumed it
        return None
    with open_regular(path) as file:
        start = read_up_to(file, len(HDF5))
    chain = _chain(summary.layers, layer)
    shapes = [weight.shape for weight in weights]
    values: Values | None
    if start == HDF5:
        top = chain[0]
        order = _legacy_order(top)
        places = {id(weight): place for place, weight in enumerate(order)}
        picked = [places[id(weight)] for weight in layer.weights]
        request = top.name, len(order), picked, layer.name, shapes
        values = isolated(_legacy, str(path), *request, subject=UNREADABLE)
    elif start.startswith(ZIP):
        route = list(_route(summary, chain))
        cells = list(_cells(layer.layer))
        values = isolated(
            _checkpoint, str(path), route, cells, layer.name, shapes, subject=UNREADABLE
        )
    else:
        return None
    return None if values is None else _arrays(values, weights)


def _chain(layers: Sequence[LayerSummary], target: LayerSummary) -> list[LayerSummary]:
    """The models that contain a layer, outermost first, then the layer; [] if it is not in them."""
    for layer in layers:
        if layer is target:
            return [layer]
        if inner := _chain(layer.layers, target):
            return [layer, *inner]
    return []


def _arrays(values: Values, weights: Sequence[Weight]) -> dict[str, Array]:
    np = numpy()
    try:
        return {
            weight.name: np.frombuffer(data, dtype).reshape(weight.shape).astype(float)
            for weight, (dtype, data) in zip(weights, values, strict=True)
        }
    except (TypeError, ValueError) as error:
        raise LstmcountError(f"{UNREADABLE}: {error}") from None


# -- In the child process ---------------------------------------------------------------------


def _member(group: Any, name: str) -> Any:
    """A member of a group, or None. Raises `LstmcountError` for a soft or external link."""
    import h5py

    link = group.get(name, getlink=True) if isinstance(group, h5py.Group) else None
    if link is None:
        return None
    if not isinstance(link, h5py.HardLink):
        raise LstmcountError(f"{UNREADABLE}: {name!r} is a link to somewhere else")
    return group[name]


def _read(datasets: Sequence[Any], layer: str, expected: Shapes) -> Values:
    """Read the datasets, after checking how all of them are stored and their shapes."""
    import h5py

    for dataset in datasets:
        if not isinstance(dataset, h5py.Dataset):
            raise LstmcountError(f"the file's weights of layer {layer!r} are not all stored")
        if dataset.is_virtual or dataset.external is not None:
            raise LstmcountError(f"the file's weights of layer {layer!r} are in other files")
        if dataset.dtype.kind not in "fiub":
            raise LstmcountError(
                f"the file's weights of layer {layer!r} are {dataset.dtype}, not numbers"
            )
    shapes = [dataset.shape for dataset in datasets]
    if shapes != expected:
        raise LstmcountError(
            f"the file's weights of layer {layer!r} have the shapes {shapes}; expected {expected}"
        )
    types = ["<f4" if dataset.dtype in ("f2", "f4") else "<f8" for dataset in datasets]
    size = sum(d.size * int(dtype[-1]) for d, dtype in zip(datasets, types, strict=True))
    if size > MAX_BYTES:
        raise LstmcountError(
            f"the file's weights of layer {layer!r} take {size / 2**20:,.0f} MiB; "
            f"trace reads at most {MAX_BYTES // 2**20} (--weights random reads none)"
        )
    return [
        (dtype, dataset.astype(dtype)[()].tobytes())
        for dataset, dtype in zip(datasets, types, strict=True)
    ]


# -- .keras -----------------------------------------------------------------------------------


def _route(summary: Summary, chain: Sequence[LayerSummary]) -> Iterator[tuple[str, str]]:
    """The name of each layer in `chain`, and the name that its group has in older files.

    Groups of older files do not record the layer's name. They are named after the layer's class
    and numbered in the order of the layers.
    """
    siblings = summary.layers
    for target in chain:
        numbered = AutoNames()
        for layer in siblings:
            group = numbered(layer.class_name)
            if layer is target:
                break
        yield target.name, group
        siblings = target.layers


def _cells(layer: Any) -> Iterator[Place]:
    """The paths to the groups of a recurrent layer's cells, in the order of their weights."""
    cell = getattr(layer, "cell", layer)
    if isinstance(layer, Bidirectional):
        for side, inner in (("forward_layer", layer.layer), ("backward_layer", layer.backward)):
            yield from ((side, *place) for place in _cells(inner))
    elif isinstance(cell, StackedRNNCells):
        numbered = AutoNames()
        for each in cell.cells:
            group = numbered(each.class_name)
            yield from ((CELL, "cells", group, *place) for place in _cells(each))
    else:
        yield CELL, "vars"


def _checkpoint(
    guard: Guard,
    source: str,
    route: list[tuple[str, str]],
    cells: list[Place],
    layer: str,
    shapes: Shapes,
) -> Values | None:
    with weights_of(guard, source, PURPOSE) as group:
        for name, numbered in route:
            group = _child(_container(group), name, numbered)
            if group is None:
                return None
        return _read([each for place in cells for each in _variables(group, place)], layer, shapes)


def _container(group: Any) -> Any:
    members = (_member(group, name) for name in CONTAINERS)
    return next((member for member in members if member is not None), None)


def _child(container: Any, name: str, numbered: str) -> Any:
    """The group that records the layer's `name`, else the group called `numbered`."""
    if container is None:
        return None
    for key in container:
        group = _member(container, key)
        variables = _member(group, "vars")
        if variables is not None and variables.attrs.get("name") == name:
            return group
    return _member(container, numbered)


def _variables(group: Any, place: Place) -> list[Any]:
    for name in place:
        inner = _member(group, name)
        if inner is not None or name != CELL:
            group = inner
    keys = [] if group is None else sorted((key for key in group if key.isdecimal()), key=int)
    return [_member(group, key) for key in keys]


# -- .h5 --------------------------------------------------------------------------------------


def _legacy_order(top: LayerSummary) -> list[Weight]:
    """The weights of a layer or nested model in the order in which its group lists them."""
    if not top.layers:
        return list(top.weights)
    return sorted(top.weights, key=lambda weight: not weight.trainable)


def _legacy(
    guard: Guard,
    source: str,
    top: str,
    count: int,
    picked: list[int],
    layer: str,
    shapes: Shapes,
) -> Values | None:
    """Read from an HDF5 file: its groups are the model's layers; a nested model has one group."""
    with weights_of(guard, source, PURPOSE) as root:
        group = _member(root, top)
        if group is None:
            return None
        listed = names(group, "weight_names") or []
        if len(listed) != count:
            raise LstmcountError(
                f"the file has {counted(len(listed), 'weight')} for layer {top!r}, expected {count}"
            )
        return _read([_at(group, listed[place]) for place in picked], layer, shapes)


def _at(group: Any, path: str) -> Any:
    for name in path.split("/"):
        group = _member(group, name)
    if group is None:
        raise LstmcountError(f"{UNREADABLE}: {path!r} is listed and not stored")
    return group
