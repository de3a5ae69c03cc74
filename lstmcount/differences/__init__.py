"""The changes between two states of a model, layer by layer, and between two sets of models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lstmcount.differences.alignment import align, is_automatic, structure
from lstmcount.differences.profile import LayerProfile, Profile, Values
from lstmcount.structs import Displayed

SAME_MODEL = 0.5  # least share of common layers of a renamed file


class LayerChange(msgspec.Struct, frozen=True, kw_only=True):
    """A layer that was added, removed, changed or renamed."""

    change: str
    name: str
    class_name: str
    old_name: str | None = None
    arguments: dict[str, tuple[Any, Any]] = {}  # argument → old and new value
    old: Values | None = None
    new: Values | None = None
    old_input: Any = None
    new_input: Any = None


class ModelChange(Displayed, frozen=True, kw_only=True):
    """A model that was added, removed, changed, renamed, or is unchanged."""

    change: str
    name: str
    old_name: str | None = None
    old: Values | None = None
    new: Values | None = None
    layers: tuple[LayerChange, ...] = ()


def compare(
    name: str,
    old: Profile | None,
    new: Profile | None,
    old_name: str | None = None,
    renamed: bool = False,
) -> ModelChange:
    """The change from one profile to another; None is a missing model."""
    changes = _layers(old.layers if old else (), new.layers if new else ())
    kind = "same"
    if old is None or new is None:
        kind = "added" if old is None else "removed"
    elif renamed:
        kind = "renamed"
    elif changes or old.values != new.values:
        kind = "changed"
    return ModelChange(
        change=kind,
        name=name,
        old_name=old_name,
        old=old.values if old else None,
        new=new.values if new else None,
        layers=tuple(changes),
    )


def _layers(old: Sequence[LayerProfile], new: Sequence[LayerProfile]) -> list[LayerChange]:
    changes = (layer_change(before, after) for before, after in align(old, new))
    return [change for change in changes if change is not None]


def layer_change(before: LayerProfile | None, after: LayerProfile | None) -> LayerChange | None:
    """The change of one layer; None if it has not changed in a relevant way."""
    layer = after or before
    assert layer is not None
    kind = "added" if before is None else "removed" if after is None else "changed"
    arguments: dict[str, tuple[Any, Any]] = {}
    old_name = None
    if before and after:
        arguments = _arguments(before, after)
        renamed = before.name != after.name and not (is_automatic(before) and is_automatic(after))
        old_name = before.name if before.name != after.name else None
        if not arguments and _facts(before) == _facts(after):
            if not renamed:
                return None
            kind = "renamed"
    return LayerChange(
        change=kind,
        name=layer.name,
        class_name=layer.class_name,
        old_name=old_name,
        arguments=arguments,
        old=before.values if before else None,
        new=after.values if after else None,
        old_input=before.input_shape if before else None,
        new_input=after.input_shape if after else None,
    )


def _facts(layer: LayerProfile) -> tuple[Any, ...]:
    return layer.values, layer.input_shape, layer.output_shape


def _arguments(old: LayerProfile, new: LayerProfile) -> dict[str, tuple[Any, Any]]:
    before, after = old.arguments, new.arguments
    if old.class_name != new.class_name:
        before = {"class_name": old.class_name, **before}
        after = {"class_name": new.class_name, **after}
    return {
        key: (before.get(key), after.get(key))
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    }


def compare_sets(old: Mapping[str, Profile], new: Mapping[str, Profile]) -> list[ModelChange]:
    """Pair models by name, then deleted and new models by the share of common layers."""
    deleted = {name: old[name] for name in old if name not in new}
    added = {name: new[name] for name in new if name not in old}
    renamed = _renamed(deleted, added)
    changes = []
    for name, profile in new.items():
        if name in old:
            changes.append(compare(name, old[name], profile))
        elif name in renamed:
            changes.append(compare(name, old[renamed[name]], profile, renamed[name], True))
        else:
            changes.append(compare(name, None, profile))
    gone = [name for name in deleted if name not in renamed.values()]
    changes += [compare(name, deleted[name], None) for name in gone]
    return sorted(changes, key=lambda change: change.name)


def _renamed(deleted: Mapping[str, Profile], added: Mapping[str, Profile]) -> dict[str, str]:
    """New name → old name."""
    layers = {
        id(p): Counter(map(structure, p.layers)) for p in (*deleted.values(), *added.values())
    }
    candidates = []
    for new_name, new in added.items():
        for old_name, old in deleted.items():
            common = (layers[id(old)] & layers[id(new)]).total()
            share = common / max(len(old.layers), len(new.layers), 1)
            if share >= SAME_MODEL:
                candidates.append((-share, new_name, old_name))
    renamed: dict[str, str] = {}
    for _, new_name, old_name in sorted(candidates):
        if new_name not in renamed and old_name not in renamed.values():
            renamed[new_name] = old_name
    return renamed
