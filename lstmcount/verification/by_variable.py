"""Orbax's checkpoints, in which a tensor has its variable's path, such as `lstm/lstm_cell/kernel`.

The path depends on where Keras built the layer: it may begin with the model's name, and a
wrapper's name may precede that of its inner layer or replace it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from lstmcount.graph.model import Model
from lstmcount.summary import Weight
from lstmcount.verification.findings import Expected, Findings, Tensor
from lstmcount.verification.layers import Leaf, leaves

MAX_NAMESAKES = 200

Place = tuple[Leaf, Weight]


def compare(model: Model, listed: dict[str, Any], findings: Findings) -> None:
    """Compare each weight with the tensor of its name that has most of the layers in its path."""
    known = {path: Tensor(path, tuple(shape), dtype) for path, shape, dtype in listed["tensors"]}
    findings.count(known.values())
    paths = _Paths([*known, *listed["unshaped"]])
    missing: list[Expected] = []
    packed: defaultdict[Leaf, list[Tensor]] = defaultdict(list)
    for (leaf, weight), path in _paired(_places(model), paths, model.config.name):
        expected = Expected(leaf.path, weight)
        if path is None:
            missing.append(expected)
        elif path in known:
            findings.pair(expected, known[path])
        else:
            packed[leaf].append(Tensor(path, weight.shape))
    for leaf, tensors in packed.items():
        findings.count(tensors)
        findings.skip(leaf, tensors, listed["why_unshaped"])
    for leaf in leaves(model):
        if not leaf.is_known:
            findings.skip(
                leaf, [known[path] for path in paths.take_below(leaf.name) if path in known]
            )
    _compare_rest(missing, [known[path] for path in paths.left if path in known], findings)
    for path in paths.left:
        if path not in known:
            findings.notes.append(f"{path} is stored, and no weight of the config")


def _places(model: Model) -> list[Place]:
    """The weights, each once and with its layer."""
    once: dict[int, Place] = {}
    for leaf in leaves(model):
        if leaf.is_known:
            for weight in leaf.weights:
                once.setdefault(id(weight), (leaf, weight))
    return list(once.values())


def _paired(
    places: list[Place], paths: _Paths, model: str | None
) -> Iterator[tuple[Place, str | None]]:
    """Each weight with its path: exact ones are taken first, then the closest; None if none."""
    taken: dict[int, str] = {}
    for take in (paths.exactly, paths.closest):
        for index, (leaf, weight) in enumerate(places):
            path = None if index in taken else take(_words(leaf, weight), model)
            if path is not None:
                taken[index] = path
    for index, place in enumerate(places):
        yield place, taken.get(index)


def _words(leaf: Leaf, weight: Weight) -> list[str]:
    return f"{leaf.path}/{weight.name}".split("/")


def _compare_rest(missing: list[Expected], more: list[Tensor], findings: Findings) -> None:
    """Compare weights without a known path with the only tensor of their name, else by shape."""
    by_name: defaultdict[str, tuple[list[Expected], list[Tensor]]] = defaultdict(lambda: ([], []))
    for weight in missing:
        by_name[weight.weight.name.rpartition("/")[2]][0].append(weight)
    for tensor in more:
        by_name[tensor.path.rpartition("/")[2]][1].append(tensor)
    unsure: list[Expected] = []
    for weights, tensors in by_name.values():
        if len(weights) == len(tensors) == 1:
            findings.pair(weights[0], tensors[0])
        else:
            unsure += weights if tensors else []
            findings.match(weights, tensors)
    if unsure:
        findings.note_by_shape(unsure, "the checkpoint has variables of other names")


class _Paths:
    """The paths of the stored tensors that no weight has taken yet."""

    def __init__(self, paths: list[str]) -> None:
        self.left = dict.fromkeys(paths)
        self._below: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._namesakes: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
        for path in paths:
            *above, name = path.split("/")
            for word in above:
                self._below[word][path] = None
                self._namesakes[word, name][path] = None

    def exactly(self, words: list[str], model: str | None) -> str | None:
        """The path of these words, with the model's name before them or without models' names."""
        for start in range(len(words) - 1):
            below = "/".join(words[start:])
            for path in (f"{model}/{below}", below):
                if path in self.left:
                    return self._take(path)
        return None

    def closest(self, words: list[str], model: str | None) -> str | None:
        """The path with the same last word that shares most of the others."""
        *above, name = words
        for word in reversed(above):
            namesakes = self._namesakes.get((word, name), {})
            if 0 < len(namesakes) <= MAX_NAMESAKES:
                return self._take(max(namesakes, key=lambda path: _likeness(path, above)))
        return None

    def take_below(self, name: str) -> Iterator[str]:
        """All paths below a layer of this name."""
        for path in list(self._below.get(name, ())):
            yield self._take(path)

    def _take(self, path: str) -> str:
        *above, name = path.split("/")
        del self.left[path]
        for word in dict.fromkeys(above):
            del self._below[word][path]
            del self._namesakes[word, name][path]
        return path


def _likeness(path: str, words: list[str]) -> tuple[int, int]:
    above = set(path.split("/")[:-1])
    return len(above.intersection(words)), -len(above)
