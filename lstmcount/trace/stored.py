"""The weights that a `.keras` or `.h5` file stores for one layer."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.layers.rnn_cells import StackedRNNCells
from lstmcount.layers.rnn_wrappers import Bidirectional
from lstmcount.readers.names import AutoNames
from lstmcount.readers.opening import damaged
from lstmcount.summary import LayerSummary, Summary, Weight
from lstmcount.trace.arrays import Array

HDF5 = b"\x89HDF\r\n\x1a\n"
ZIP = b"PK\x03\x04"
WEIGHTS = "model.weights.h5"
CONTAINERS = ("layers", "_layer_checkpoint_dependencies")  # the latter until Keras 2.14


def stored_weights(
    path: Path, summary: Summary, layer: LayerSummary, weights: Sequence[Weight]
) -> dict[str, Array] | None:
    """The values of `weights`, those of `layer`, by their names; None where the file has none.

    Raises `LstmcountError` if what is stored does not fit the layer.
    """
    chain = _chain(summary.layers, layer)
    if not path.is_file():  # a pipe, which was read when the model was
        return None
    with path.open("rb") as file, damaged("the file's weights cannot be read"):
        start = file.read(8)
        file.seek(0)
        if start == HDF5:
            return _legacy(_open(file), chain, weights)
        if not start.startswith(ZIP):
            return None
        with zipfile.ZipFile(file) as archive:
            if WEIGHTS not in archive.namelist():
                return None
            with archive.open(WEIGHTS) as member:
                return _checkpoint(_open(member), summary, chain, weights)


def _open(file: Any) -> Any:
    try:
        import h5py
    except ImportError:
        raise LstmcountError(
            "reading the file's weights needs h5py: pip install 'lstmcount[hdf5]'"
        ) from None
    try:
        return h5py.File(file, "r")
    except OSError as error:
        raise LstmcountError(f"the file's weights cannot be read: {error}") from None


def _chain(layers: Sequence[LayerSummary], wanted: LayerSummary) -> list[LayerSummary]:
    """The layer under the models that hold it, outermost first."""
    for layer in layers:
        if layer is wanted:
            return [layer]
        if inner := _chain(layer.layers, wanted):
            return [layer, *inner]
    return []


def _taken(name: str, weights: Sequence[Weight], datasets: Sequence[Any]) -> dict[str, Array]:
    """Each weight with its dataset, whose shape is looked at before it is read."""
    shapes = [tuple(dataset.shape) for dataset in datasets]
    if shapes != [weight.shape for weight in weights]:
        raise LstmcountError(
            f"the file's weights of layer {name!r} have the shapes {shapes}; "
            f"expected {[weight.shape for weight in weights]}"
        )
    pairs = zip(weights, datasets, strict=True)
    return {weight.name: dataset[()].astype(float) for weight, dataset in pairs}


# -- .keras -----------------------------------------------------------------------------------


def _checkpoint(
    group: Any, summary: Summary, chain: Sequence[LayerSummary], weights: Sequence[Weight]
) -> dict[str, Array] | None:
    siblings = summary.layers
    for layer in chain:
        container = next((group[name] for name in CONTAINERS if name in group), None)
        if container is None:
            return None
        group = _child(container, siblings, layer)
        if group is None:
            return None
        siblings = layer.layers
    datasets = [dataset for cell in _cells(chain[-1].layer, group) for dataset in cell]
    return _taken(chain[-1].name, weights, datasets)


def _child(container: Any, siblings: Sequence[LayerSummary], wanted: LayerSummary) -> Any:
    """The group of a layer: named after its class, counted in the order of the layers."""
    for group in container.values():
        if "vars" in group and group["vars"].attrs.get("name") == wanted.name:
            return group
    numbered = AutoNames()
    for layer in siblings:
        name = numbered(layer.class_name)
        if layer is wanted:
            return container.get(name)
    return None


def _cells(layer: Any, group: Any) -> Iterator[list[Any]]:
    """The variables of each cell of a recurrent layer, in the order of its weights."""
    if "cell" in group:
        group, layer = group["cell"], getattr(layer, "cell", layer)
    if isinstance(layer, Bidirectional):
        yield from _cells(layer.layer, group["forward_layer"])
        yield from _cells(layer.backward, group["backward_layer"])
    elif isinstance(layer, StackedRNNCells):
        numbered = AutoNames()
        for cell in layer.cells:
            yield from _cells(cell, group["cells"][numbered(cell.class_name)])
    else:
        yield [group["vars"][key] for key in sorted(group["vars"], key=int)]


# -- .h5 --------------------------------------------------------------------------------------


def _legacy(
    file: Any, chain: Sequence[LayerSummary], weights: Sequence[Weight]
) -> dict[str, Array] | None:
    """One group a layer of the model; a nested model's holds all that is in it."""
    root = file.get("model_weights", file)
    top = chain[0]
    if top.name not in root:
        return None
    group = root[top.name]
    datasets = [group[name] for name in _names(group)]
    trainable = [w for w in top.weights if w.trainable]
    order = trainable + [w for w in top.weights if not w.trainable] if top.layers else top.weights
    if len(order) != len(datasets):
        raise LstmcountError(
            f"the file has {len(datasets)} weights for layer {top.name!r}, expected {len(order)}"
        )
    places = {id(weight): i for i, weight in enumerate(order)}
    return _taken(chain[-1].name, weights, [datasets[places[id(w)]] for w in chain[-1].weights])


def _names(group: Any) -> list[str]:
    """`weight_names`, which long lists spread over several attributes."""
    names: list[Any] = list(group.attrs.get("weight_names", ()))
    for i in range(len(group.attrs)):
        names += list(group.attrs.get(f"weight_names{i}", ()))
    return [name.decode() if isinstance(name, bytes) else str(name) for name in names]


__all__ = ["stored_weights"]
