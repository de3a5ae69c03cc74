"""Files of Keras 3, in which the path of a weight follows Keras's walk over the model's objects."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lstmcount.graph.checkpoints import groups_of_layers
from lstmcount.graph.inference import will_have_weights
from lstmcount.graph.model import Model
from lstmcount.graph.nested import inner_model
from lstmcount.readers.files.stored import CONTAINERS, Group, tree
from lstmcount.summary import CheckpointPaths, Weight
from lstmcount.verification.findings import Expected, Findings, Tensor, some
from lstmcount.verification.layers import Leaf, leaves, leaves_of

KERAS_MODELS = ("Sequential", "Functional", "Model")
_LAYER = re.compile(r"(layers/[^/]+/)*")
_CONTAINER = re.compile(r".*?/container(?:_\d+)?/")
_PRIVATE = re.compile(r"(?<![^/])_+")
OWN_FORM = "its class says which variables are saved for it"
OTHER_GROUPS = "the file has groups of other names"
IN_NESTED_LIST = "not stored: Keras before 3.15 saved no layers in nested lists and dicts"
HELD = "an attribute of this class holds it, and the config does not say its weights"
_NUMBERED = re.compile(r"(.*?)(?:_(\d+))?")


class Held:
    """The weights that a layer's group should hold, and the tensors that it holds, by path."""

    def __init__(self) -> None:
        self.expected: dict[str, Expected] = {}
        self.stored: dict[str, Tensor] = {}
        self.is_declared = False  # a declaration does not say which objects hold the weights

    def clear(self) -> None:
        self.expected, self.stored = {}, {}

    def compare(self, findings: Findings) -> None:
        """Compare by path; compare objects that only one side has by shape, and add a note."""
        for path, weight in self.expected.items():
            if path in self.stored:
                findings.pair(weight, self.stored[path])
        missing = {path: w for path, w in self.expected.items() if path not in self.stored}
        more = {path: t for path, t in self.stored.items() if path not in self.expected}
        missing_inside, lost = _by_object(missing, _objects(self.stored))
        more_inside, strange = _by_object(more, _objects(self.expected))
        if self.is_declared:
            findings.match(lost, strange)
        elif lost and strange:
            findings.match_elsewhere(lost, strange, OTHER_GROUPS)
        else:
            findings.apart(lost, strange)
        findings.apart(missing_inside, more_inside)


def _by_object(by_path: Mapping[str, Any], objects: set[str]) -> tuple[list[Any], list[Any]]:
    """The values of the paths inside these objects, and the others."""
    inside = [value for path, value in by_path.items() if _object(path) in objects]
    return inside, [value for path, value in by_path.items() if _object(path) not in objects]


def compare(model: Model, listed: dict[str, Any], findings: Findings) -> None:
    """Compare each weight with the tensor at its path; if groups have other names than the layers,
    compare by shape and add a note."""
    leaf_of = {id(weight): leaf for leaf in leaves(model) for weight in leaf.weights}
    paths = list(model.checkpoint_paths())
    _note_unsaved(model, leaf_of, {id(weight) for _, weight in paths}, findings)
    stored = dict(_today(tree(listed)))
    nested_lists = set(map(_nested_list, stored))
    held: defaultdict[str, Held] = defaultdict(Held)
    not_compared = dict(_unbuilt(model))  # by the layer's group
    not_stored: dict[Leaf, None] = {}
    for path, weight in _each_first(paths):
        leaf = leaf_of.get(id(weight))
        if leaf is not None and not _is_compared(leaf):
            not_compared[_layer(path)] = leaf
        elif leaf is not None and _nested_list(path) not in nested_lists | {None}:
            not_stored[leaf] = None
        else:
            expected = Expected(leaf.path if leaf else model.config.name or "", weight)
            held[_layer(path)].expected[path] = expected
            held[_layer(path)].is_declared |= leaf is not None and leaf.is_declared
    for path, tensor in stored.items():
        layer = held[_layer(path)]
        layer.stored[path if path in layer.expected else _public(path)] = tensor
    for each in held.values():
        findings.count(_each_once(each))
    _skip(not_compared, held, findings)
    _skip_attributes(model, held, findings)
    for leaf in not_stored:
        findings.skip(leaf, (), IN_NESTED_LIST)
    _compare_strays(held, findings)
    for each in held.values():
        each.compare(findings)


def _unbuilt(model: Model, above: str = "") -> Iterator[tuple[str, Leaf]]:
    """The groups of layers whose input has no known shape."""
    if model.config.attributes is None:
        for group, layer in groups_of_layers(model):
            inner = inner_model(layer.layer)
            if inner is not None:
                yield from _unbuilt(inner, f"{above}{group}/")
            elif will_have_weights(layer):
                for leaf in leaves_of(layer, above):
                    yield f"{above}{group}/", leaf


def _nested_list(path: str) -> str | None:
    """The outermost group of a list or dict that stands in another one.

    >>> _nested_list("layers/mine/blocks/container_1/dense/vars/0")
    'layers/mine/blocks/container_1/'
    """
    match = _CONTAINER.match(path)
    return match[0] if match else None


def _is_compared(leaf: Leaf) -> bool:
    return leaf.is_known and not leaf.saves_itself


def _skip(groups: Mapping[str, Leaf], held: dict[str, Held], findings: Findings) -> None:
    """Name the tensors of layers that cannot be compared, and take them out of `held`."""
    skipped: dict[Leaf, list[Tensor]] = {}
    for name, leaf in groups.items():
        below = [group for group in held if group.startswith(name)]
        stored = [tensor for group in below for tensor in _each_once(held.pop(group))]
        skipped.setdefault(leaf, []).extend(stored)
    for leaf, tensors in skipped.items():
        if not leaf.weights and not tensors:  # Keras has not built it either
            continue
        findings.skip(leaf, tensors, OWN_FORM if leaf.saves_itself else "")


def _skip_attributes(
    model: Model, held: Mapping[str, Held], findings: Findings, group: str = ""
) -> None:
    """Name the tensors that only attributes of a model's own class hold."""
    of_model = held.get(group)
    if of_model is not None and model.config.class_name not in KERAS_MODELS:
        known = {_attribute(path, group) for path in of_model.expected} | {"vars"}
        tensors_of: defaultdict[str, list[str]] = defaultdict(list)
        for path in of_model.stored:
            if (attribute := _attribute(path, group)) not in known:
                tensors_of[attribute].append(path)
        for name, paths in tensors_of.items():
            leaf = Leaf(f"{group}{name}", name, model.config.class_name, ())
            findings.skip(leaf, [of_model.stored.pop(path) for path in paths], HELD)
    if model.config.attributes is None:
        for inner_group, layer in groups_of_layers(model):
            inner = inner_model(layer.layer)
            if inner is not None:
                _skip_attributes(inner, held, findings, f"{group}{inner_group}/")


def _attribute(path: str, group: str) -> str:
    return path[len(group) :].partition("/")[0]


def _note_unsaved(
    model: Model, leaf_of: Mapping[int, Leaf], saved: set[int], findings: Findings
) -> None:
    """Name the weights that Keras creates and does not save, such as LoRA's factors."""
    unsaved = []
    for weight in model.weights():
        leaf = leaf_of.get(id(weight))
        if leaf is not None and _is_compared(leaf) and id(weight) not in saved:
            unsaved.append(f"{leaf.path}/{weight.name}")
    if unsaved:
        findings.notes.append(f"not in the file, because Keras does not save it: {some(unsaved)}")


def _each_first(stored: Iterable[tuple[str, Weight]]) -> CheckpointPaths:
    """The weights at the first path of their layer: Keras stores a shared layer only there."""
    weights_of: defaultdict[str, list[tuple[str, Weight]]] = defaultdict(list)
    for path, weight in stored:
        weights_of[_object(path)].append((path, weight))
    seen: set[tuple[int, ...]] = set()
    for weights in weights_of.values():
        identities = tuple([id(weight) for _, weight in weights])
        if identities not in seen:
            seen.add(identities)
            yield from weights


def _compare_strays(held: Mapping[str, Held], findings: Findings) -> None:
    """Compare groups that match no layer's name by shape, and add a note."""
    ours = [name for name, each in held.items() if each.expected]
    theirs = [name for name, each in held.items() if each.stored]
    lost, strange = _unknown(ours, theirs), _unknown(theirs, ours)
    for place, below in _only_below(held).items():
        lost.setdefault(place, [place])
        strange.setdefault(place, below)
    for place in [place for place in lost if place in strange]:
        missing = [weight for name in lost[place] for weight in held[name].expected.values()]
        tensors = [each for name in strange[place] for each in held[name].stored.values()]
        if lost[place] == [place]:  # its tensors are in groups below, as Keras 2 saved them
            findings.note_by_shape(missing, OTHER_GROUPS)
            findings.match(missing, tensors)
        else:
            findings.match_elsewhere(missing, tensors, OTHER_GROUPS)
        for name in (*lost[place], *strange[place]):
            held[name].clear()


def _only_below(held: Mapping[str, Held]) -> dict[str, list[str]]:
    """Groups that should hold weights and hold none, and unexpected groups below each.

    Keras 2 saved layers in attributes of a model's class under `layers`.
    """
    empty: dict[str, list[str]] = {
        name: [] for name, each in held.items() if each.expected and not each.stored
    }
    for name, each in held.items():
        if each.stored and not each.expected:
            for above in _above(name)[:-1]:
                if above in empty:
                    empty[above].append(name)
    return {name: below for name, below in empty.items() if below}


def _unknown(names: Sequence[str], others: Sequence[str]) -> dict[str, list[str]]:
    """The groups that the other side lacks, by the closest parent that it has."""
    layers = set(others)
    known = layers.union(above for other in others for above in _above(other))
    by_parent: dict[str, list[str]] = {}
    for name in names:
        above = [each for each in _above(name) if each in known]
        if name not in known and not layers.intersection(above):
            by_parent.setdefault(above[-1] if above else "", []).append(name)
    return by_parent


def _above(name: str) -> list[str]:
    """
    >>> _above("layers/a/layers/b/")
    ['layers/a/', 'layers/a/layers/b/']
    """
    parts = name.split("/")[:-1]
    return ["/".join(parts[:end]) + "/" for end in range(2, len(parts) + 1, 2)]


def _layer(path: str) -> str:
    """The layer's group, below the groups of the models that contain it."""
    match = _LAYER.match(path)
    return match[0] if match else ""


def _public(path: str) -> str:
    """The path with public attributes; older versions of Keras held some layers in private ones.

    >>> _public("layers/attention/_query_dense/vars/0")
    'layers/attention/query_dense/vars/0'
    """
    return _PRIVATE.sub("", path)


def _object(path: str) -> str:
    return path.rpartition("vars/")[0]


def _objects(paths: Mapping[str, Any]) -> set[str]:
    return set(map(_object, paths))


def _each_once(held: Held) -> Iterator[Tensor]:
    """The tensors without the second copies that a wrapper stores of its layer's tensors."""
    seen: set[int] = set()
    for path, tensor in held.stored.items():
        value = held.expected[path].weight if path in held.expected else tensor
        if id(value) not in seen:
            seen.add(id(value))
            yield tensor


def _today(group: Group, above: str = "", above_in_file: str = "") -> Iterator[tuple[str, Tensor]]:
    """The tensors, each with the path at which today's Keras would store it."""
    for name, shape, dtype in group.tensors:
        yield above + name, Tensor(above_in_file + name, tuple(shape), dtype)
    for name, inner in group.groups.items():
        if name == CONTAINERS[1]:
            for today, (old, layer) in _counted_once(inner).items():
                yield from _today(layer, f"{above}layers/{today}/", f"{above_in_file}{name}/{old}/")
        else:
            yield from _today(inner, f"{above}{name}/", f"{above_in_file}{name}/")


def _counted_once(container: Group) -> dict[str, tuple[str, Group]]:
    """The layers by today's names; Keras 2 counted layers with weights twice."""
    by_class: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for name in container.groups:
        match = _NUMBERED.fullmatch(name)
        class_name, number = match.groups() if match else (name, None)
        by_class[class_name].append((int(number or 0), name))
    return {
        f"{class_name}_{index}" if index else class_name: (name, container.groups[name])
        for class_name, names in by_class.items()
        for index, (_, name) in enumerate(sorted(names))
    }
