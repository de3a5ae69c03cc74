"""Files with one group per layer: HDF5 of every Keras before 3, and TensorFlow.js."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from lstmcount.graph.inference import will_have_weights
from lstmcount.graph.layer import BuiltLayer
from lstmcount.graph.model import Model
from lstmcount.readers.keras.keras1 import as_today
from lstmcount.verification.findings import Expected, Findings, Tensor
from lstmcount.verification.layers import Leaf, leaves_of

TOP_LEVEL = "top_level_model_weights"  # the group of the variables that are in no layer
_NUMBERS = re.compile(r"(\D*)(\d*)")
_TAIL = re.compile(r"(?:.*/)?(.*?)(?:_\d+)?(?::0)?")

Tensors = list[Tensor]


def compare(model: Model, listed: dict[str, Any], findings: Findings) -> None:
    """Compare each layer's weights with the tensors in its group, in Keras's order of both.

    If groups have other names than the layers, and there are equally many of both, they are paired
    in order, as in Keras; TensorFlow.js first pairs those of the same name.
    """
    groups = _groups(listed)
    for group in groups.values():
        findings.count(group)
    layers = _layers(model)
    same = set(layers) & set(groups) if listed.get("by_name") else set()
    ours, theirs = ([name for name in each if name not in same] for each in (layers, groups))
    if set(ours) != set(theirs) and len(ours) == len(theirs):
        findings.notes.append("the file's groups have other names than the layers: taken in order")
        groups |= dict(zip(ours, [groups.pop(name) for name in theirs], strict=True))
    missing: list[Expected] = []
    for name, leaves in layers.items():
        tensors = groups.pop(name, None)
        if tensors is not None:
            _compare_layer(leaves, tensors, findings, bool(listed.get("by_name")))
        else:
            missing += _in_order(leaf for leaf in leaves if leaf.is_known)
    more = [tensor for tensors in groups.values() for tensor in tensors]
    if missing and more:
        findings.match_elsewhere(missing, more, "the file has groups of other names")
    else:
        findings.apart(missing, more)


def _layers(model: Model) -> dict[str, list[Leaf]]:
    """The parts of each layer with weights, by the layer's name; then the model's own weights."""
    layers = {
        layer.name: _built_leaves(layer)
        for layer in model.own_layers
        if layer.weights or will_have_weights(layer)
    }
    if model.own_weights:
        name, class_name = model.config.name or "", model.config.class_name
        layers[TOP_LEVEL] = [Leaf(name, name, class_name, tuple(model.own_weights))]
    return layers


def _built_leaves(layer: BuiltLayer) -> list[Leaf]:
    """Those with weights; all if there is none, because its input has no known shape."""
    each = list(leaves_of(layer))
    return [leaf for leaf in each if leaf.weights] or each


def _groups(listed: dict[str, Any]) -> dict[str, Tensors]:
    """The tensors by the layers that the file names, in its order; else by their first groups."""
    groups: dict[str, Tensors] = {name: [] for name in listed.get("layers", ())}
    owners = listed.get("owners") or [path.partition("/")[0] for path, _, _ in listed["tensors"]]
    for (path, shape, dtype), name in zip(listed["tensors"], owners, strict=True):
        groups.setdefault(name, []).append(Tensor(path, tuple(shape), dtype))
    names = groups if "layers" in listed else sorted(groups, key=_counted)
    return {name: groups[name] for name in names if groups[name]}


def _counted(name: str) -> list[tuple[str, str]]:
    """A sort key that puts layer_2 before layer_10: files from before Keras 1 list no names."""
    return [(word, number.zfill(9)) for word, number in _NUMBERS.findall(name)]


def _in_order(leaves: Iterable[Leaf]) -> list[Expected]:
    """The weights in Keras's order of storage: trainable ones first."""
    weights = [Expected(leaf.path, weight) for leaf in leaves for weight in leaf.weights]
    unique = list({id(each.weight): each for each in weights}.values())
    return sorted(unique, key=lambda each: not each.weight.trainable)


def _compare_layer(leaves: list[Leaf], tensors: Tensors, findings: Findings, by_name: bool) -> None:
    known = [leaf for leaf in leaves if leaf.is_known]
    expected = _in_order(known)
    tensors = _as_today(tensors, expected)
    ours, theirs = _words(expected), _words(tensors)
    is_reordered = ours != theirs and (by_name or sorted(ours) == sorted(theirs))
    if len(known) == len(leaves) and _shapes(expected) == _shapes(tensors) and not is_reordered:
        findings.pairs(expected, tensors)
        return
    of_leaf = _by_leaf(leaves, tensors) if len(leaves) > 1 else None
    if of_leaf is not None:
        for leaf in leaves:
            _compare_layer([leaf], of_leaf[leaf.name], findings, by_name)
    elif known:
        _by_word(expected, tensors, findings, by_name)
    else:
        for leaf in leaves:
            findings.skip(leaf, tensors if leaf is leaves[0] else ())


def _shapes(each: Iterable[Any]) -> list[Any]:
    return [item.shape for item in each]


def _words(each: Iterable[Expected | Tensor]) -> list[str]:
    """The last words of the names; today's for the kernel of a depthwise convolution."""
    paths = [item.weight.name if isinstance(item, Expected) else item.path for item in each]
    words = [_word(path) for path in paths]
    is_alone = "pointwise_kernel" not in words
    return ["kernel" if word == "depthwise_kernel" and is_alone else word for word in words]


def _as_today(tensors: Tensors, expected: Sequence[Expected]) -> Tensors:
    stored = [(tensor.path, tensor.shape) for tensor in tensors]
    dtypes = {tensor.path: tensor.dtype for tensor in tensors}
    today = as_today(stored, Counter(_shapes(expected)))
    return [Tensor(path, shape, dtypes.get(path, "")) for path, shape in today]


def _by_leaf(leaves: Sequence[Leaf], tensors: Tensors) -> dict[str, Tensors] | None:
    """The tensors by the layers inside a model whose names stand in their paths, if all do."""
    tensors_of: dict[str, Tensors] = {leaf.name: [] for leaf in leaves}
    if len(tensors_of) < len(leaves):
        return None
    with_slash = [name for name in tensors_of if "/" in name]
    for tensor in tensors:
        words = {word for word in tensor.path.split("/")[1:-1] if word in tensors_of}
        words |= {name for name in with_slash if f"/{name}/" in tensor.path}
        if len(words) != 1:
            return None
        tensors_of[words.pop()].append(tensor)
    return tensors_of


def _by_word(
    expected: Sequence[Expected], tensors: Tensors, findings: Findings, by_name: bool
) -> None:
    """Compare by the last word of the names, in order.

    If they have none in common, compare by shape, unless tensors are found `by_name` alone.
    """
    weights_of: defaultdict[str, list[Expected]] = defaultdict(list)
    tensors_of: defaultdict[str, Tensors] = defaultdict(list)
    for word, weight in zip(_words(expected), expected, strict=True):
        weights_of[word].append(weight)
    for word, tensor in zip(_words(tensors), tensors, strict=True):
        tensors_of[word].append(tensor)
    if not by_name and not weights_of.keys() & tensors_of.keys():
        findings.match(expected, tensors)
        return
    for word in dict.fromkeys([*weights_of, *tensors_of]):
        ours, theirs = weights_of[word], tensors_of[word]
        if len(ours) == len(theirs):
            findings.pairs(ours, theirs)
        else:
            findings.match(ours, theirs)


def _word(path: str) -> str:
    """
    >>> _word("dense_1/kernel:0"), _word("lstm_kernel_1:0"), _word("gamma")
    ('kernel', 'lstm_kernel', 'gamma')
    """
    match = _TAIL.fullmatch(path)
    return match[1] if match else path
