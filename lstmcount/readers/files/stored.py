"""The tensors that a file stores, by layer; used if the config does not determine the weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from lstmcount.config import LayerConfig, ModelConfig
from lstmcount.errors import LstmcountError, NoModelError
from lstmcount.naming import AutoNames

CONTAINERS = ("layers", "_layer_checkpoint_dependencies")  # the latter until Keras 2.14

Tensor = tuple[str, list[int], str]  # path, shape, dtype
# The path to a layer through nested models: at each level the own name, and the automatic name
# by which Keras 3 counts the layers of a class.
Chain = tuple[tuple[str, str], ...]


class Group(msgspec.Struct):
    """A group of a file."""

    groups: dict[str, Group] = {}
    tensors: list[Tensor] = []
    owner: str | None = None  # the layer's name, if Keras recorded it

    def below(self, above: str = "") -> Iterator[Tensor]:
        """All tensors, with their paths below this group."""
        stack = [(above, self)]
        while stack:
            path, group = stack.pop()
            yield from ((path + name, shape, dtype) for name, shape, dtype in group.tensors)
            stack += [(f"{path}{name}/", each) for name, each in reversed(group.groups.items())]

    def find(self, path: list[str]) -> Group | None:
        """The group at a path from here."""
        group: Group | None = self
        for name in path:
            group = group.groups.get(name) if group else None
        return group

    def owned(self) -> dict[str, Group]:
        return {group.owner: group for group in self.groups.values() if group.owner is not None}


def tree(listed: dict[str, Any]) -> Group:
    """The result of `tensors.listed` as a tree of groups."""
    root = Group()
    for path, owner in listed["groups"]:
        _at(root, path.split("/")).owner = owner
    paths = {path for path, _, _ in listed["tensors"]}
    for path, shape, dtype in listed["tensors"]:
        *above, name = path.split("/")
        if not _is_copied(path, paths):
            _at(root, above).tensors.append((name, shape, dtype))
    return root


def _is_copied(path: str, paths: set[str]) -> bool:
    """Whether the weight is of the layer that a Bidirectional copied; Keras 3.0 saved it, too.

    >>> _is_copied("bi/layer/vars/0", {"bi/forward_layer/vars/0", "bi/backward_layer/vars/0"})
    True
    """
    above, layer, below = path.rpartition("/layer/")
    copies = {f"{above}/{side}_layer/{below}" for side in ("forward", "backward")}
    return bool(layer) and copies <= paths


def by_owner(listed: dict[str, Any]) -> dict[str, list[Any]]:
    """The tensors of each layer, with their paths below the layer's group.

    For a model in memory, a fourth value says whether the tensor trains. A layer without tensors
    is included if it has a group.
    """
    owned: dict[str, list[Any]] = {}
    if "owners" not in listed:
        root = tree(listed)
        return {name: list(group.below()) for name, group in root.groups.items()}
    layers = set(listed["layers"])
    for path, _ in listed["groups"]:
        if path in layers:
            owned.setdefault(path, [])
    told = [[trains] for trains in listed.get("trainable", ())] or [[]] * len(listed["tensors"])
    for tensor, owner, trains in zip(listed["tensors"], listed["owners"], told, strict=True):
        path, *rest = tensor
        owned.setdefault(owner, []).append((path.removeprefix(f"{owner}/"), *rest, *trains))
    return owned


def _at(group: Group, path: list[str]) -> Group:
    for name in path:
        group = group.groups.setdefault(name, Group())
    return group


class Stored:
    """The tensors of a file, read on first use."""

    def __init__(self, listed: Callable[[], dict[str, Any]], name: str | None = None) -> None:
        self.listed = listed
        self.name = name
        self._root: Group | None = None
        self._owned: dict[str, list[Any]] = {}  # by the layer's name, if the file records it
        self._inside: dict[str, dict[str, list[Any]]] = {}
        self._unshaped: list[str] = []
        self._is_by_variable = False

    def of(self, chain: Chain) -> list[Tensor] | None:
        """The tensors of a layer; None if they cannot be identified."""
        if self._root is None:
            try:
                listed = self.listed()
                self._root, self._owned = tree(listed), by_owner(listed)
                self._unshaped = listed.get("unshaped", [])
                self._is_by_variable = "by_variable" in listed
            except LstmcountError:
                self._root = Group()  # the layer then stays unknown
        if any(name in self._root.groups for name in CONTAINERS):
            return self._in_checkpoint(self._root, chain)
        if self._is_by_variable:
            return self._of_variables(self._root, [name for name, _ in chain])
        return self._in_groups(chain)

    def _in_checkpoint(self, group: Group, chain: Chain) -> list[Tensor] | None:
        """Keras 3: each layer has a group, named after its class and numbered."""
        for name, automatic in chain:
            inside = next((group.groups[key] for key in CONTAINERS if key in group.groups), Group())
            layer_group = inside.owned().get(name) or inside.groups.get(automatic)
            if layer_group is None or layer_group.owner not in (name, None):
                return None
            group = layer_group
        return list(group.below())

    def _of_variables(self, root: Group, chain: list[str]) -> list[Tensor] | None:
        """Orbax: a layer's path may begin with all, some or none of the models that contain it."""
        for above in dict.fromkeys([self.name, None]):
            for start in range(len(chain)):
                path = [*([above] if above else []), *chain[start:]]
                group = root.find(path)
                if group is None:
                    continue
                start_of = "/".join(path) + "/"
                if any(each.startswith(start_of) for each in self._unshaped):
                    return None
                return list(group.below())
        return None

    def _in_groups(self, chain: Chain) -> list[Tensor] | None:
        """`.h5` files: each layer has a group; a model's group holds the weights of its layers."""
        top, inner = chain[0][0], chain[-1][0]
        tensors = self._owned.get(top)
        if tensors is None or len(chain) == 1:
            return tensors
        if "/" in inner:
            return [each for each in tensors if f"/{inner}/" in f"/{each[0]}"] or None
        if top not in self._inside:
            by_layer: dict[str, list[Any]] = {}
            self._inside[top] = by_layer
            for tensor in tensors:
                for name in dict.fromkeys(tensor[0].split("/")[:-1]):
                    by_layer.setdefault(name, []).append(tensor)
        return self._inside[top].get(inner)


def attach(model: ModelConfig, stored: Stored) -> None:
    """Give the layers of `model` access to their tensors."""
    model.stored = stored
    _place(model, ())


def _place(model: ModelConfig, above: Chain) -> None:
    automatic = AutoNames()
    for layer in model.layers:
        if layer.kind == "op":
            continue
        chain = (*above, (layer.name or "", automatic(layer.class_name)))
        if layer.model is not None:
            _place(layer.model, chain)
        else:
            layer.stored_under = chain


_OF_TENSORS = ": counts are of the tensors; shapes, and which of them train, are not known"


def why_weights_only(config: ModelConfig) -> str:
    """The `why` of `weights_only`."""
    return config.notes[0].removesuffix(_OF_TENSORS)


def weights_only(listed: dict[str, Any], why: str) -> ModelConfig:
    """A model with a layer for each group of tensors; counts are known, output shapes are not."""
    groups = _by_container(listed) if "owners" not in listed else by_owner(listed)
    layers = [
        LayerConfig(class_name="Weights", name=name, arguments={"tensors": group}, strict=False)
        for name, group in groups.items()
        if group
    ]
    if not layers:
        raise NoModelError("there is neither a model nor a tensor in this file")
    return ModelConfig(
        name="weights", class_name="Weights", layers=layers, notes=[why + _OF_TENSORS]
    )


def _by_container(listed: dict[str, Any]) -> dict[str, list[Tensor]]:
    """Tensors by the first group of their paths; in files of Keras 3, by layer."""
    root = tree(listed)
    inside = next((root.groups[name] for name in CONTAINERS if name in root.groups), None)
    groups: dict[str, list[Tensor]] = {}
    for path, shape, dtype in root.below():
        start, _, rest = path.partition("/")
        if inside is not None and start in CONTAINERS:
            start, _, rest = rest.partition("/")
            layer = inside.groups.get(start)  # none if a tensor is in no layer's group
            start = (layer.owner if layer else None) or start
        groups.setdefault(start, []).append((rest or path, shape, dtype))
    return groups
