"""Matching of layers, and their changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lstmcount.differences import compare, compare_sets
from lstmcount.differences.profile import Profile, profile
from tests.conftest import ROOT, built
from tests.differential import real_keras


def of(*layers: Any) -> Profile:
    return profile(built({"input_shape": [5, 8], "layers": list(layers)}), ["params", "macs"])


def seq(units: int, **more: Any) -> Any:
    return {"LSTM": {"units": units, "return_sequences": True}, **more}


def changes(old: Profile, new: Profile) -> list[tuple[str, str, str | None, Any]]:
    return [
        (layer.change, layer.name, layer.old_name, layer.arguments)
        for layer in compare("m", old, new).layers
    ]


CASES: dict[str, tuple[Any, Any, Any]] = {
    "the same": ([seq(4)], [seq(4)], []),
    "a default spelled out": (
        [{"Dense": 4}],
        [{"Dense": {"units": 4, "use_bias": True, "activation": None, "trainable": True}}],
        [],
    ),
    "an argument": (
        [seq(4), {"Dense": 2}],
        [seq(8), {"Dense": 2}],
        [
            ("changed", "lstm", None, {"units": (4, 8)}),
            ("changed", "dense", None, {}),  # its kernel has more rows
        ],
    ),
    "a layer in front shifts automatic names": (
        [seq(6), {"LSTM": 4}, {"Dense": 2}],
        [seq(6), seq(6), {"LSTM": 4}, {"Dense": 2}],
        [("added", "lstm_1", None, {})],
    ),
    "a layer taken out": (
        [seq(6), seq(6), {"LSTM": 4}, {"Dense": 2}],
        [seq(6), {"LSTM": 4}, {"Dense": 2}],
        [("removed", "lstm_1", None, {})],
    ),
    "a name that was given, over position": (
        [seq(8, name="a"), seq(8, name="b")],
        [seq(8, name="b"), seq(8, name="a")],
        [],
    ),
    "a renamed layer": (
        [seq(8, name="a"), {"Dense": 2}],
        [seq(8, name="b"), {"Dense": 2}],
        [("renamed", "b", "a", {})],
    ),
    "a renamed and changed layer": (
        [seq(8, name="a"), {"Dense": 2}],
        [seq(9, name="b"), {"Dense": 2}],
        [("changed", "b", "a", {"units": (8, 9)}), ("changed", "dense", None, {})],
    ),
    "another class in the same place": (
        [seq(8), {"Dense": 2}],
        [{"GRU": {"units": 8, "return_sequences": True}}, {"Dense": 2}],
        [("added", "gru", None, {}), ("removed", "lstm", None, {})],
    ),
    "another class under the same name": (
        [{"Dense": 2, "name": "x"}],
        [{"LSTM": 2, "name": "x"}],
        [
            (
                "changed",
                "x",
                None,
                {"class_name": ("Dense", "LSTM")},
            )
        ],
    ),
    "inside a wrapper": (
        [{"Bidirectional": {"layer": {"LSTM": 4}}}],
        [{"Bidirectional": {"layer": {"LSTM": 5}}}],
        [
            (
                "changed",
                "bidirectional",
                None,
                {"layer": ({"LSTM": {"units": 4}}, {"LSTM": {"units": 5}})},
            )
        ],
    ),
    "inside a model": (
        [{"model": {"input_shape": [5, 8], "layers": [seq(4)]}, "name": "m"}],
        [{"model": {"input_shape": [5, 8], "layers": [seq(5)]}, "name": "m"}],
        [("changed", "m/lstm", None, {"units": (4, 5)})],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=list(CASES))
def test_changed_added_and_removed_layers_are_told_apart(old: Any, new: Any, expected: Any) -> None:
    assert changes(of(*old), of(*new)) == expected


def test_every_layer_stands_in_exactly_one_pair() -> None:
    import random

    from lstmcount.differences.alignment import align

    chance = random.Random(5)
    for _ in range(200):
        sides = [
            [
                seq(chance.choice([4, 8]), **({"name": f"n{i}"} if chance.random() < 0.3 else {}))
                for i in chance.sample(range(9), chance.randrange(1, 8))
            ]
            for _ in range(2)
        ]
        old, new = of(*sides[0]), of(*sides[1])
        pairs = align(old.layers, new.layers)
        assert [b for _, b in pairs if b] == list(new.layers)
        assert sorted(a.name for a, _ in pairs if a) == sorted(x.name for x in old.layers)
        named = {x.name for x in old.layers} & {x.name for x in new.layers}
        for before, after in pairs:
            if after and after.name in named and after.name.startswith("n"):
                assert before is not None
                assert before.name == after.name


def test_a_thousand_layers_are_aligned_at_once() -> None:
    from lstmcount.differences.alignment import align

    layers = [{"Dense": i % 3 + 1} for i in range(1000)]
    old, new = of(*layers), of(*layers[:500], {"Dense": 7}, *layers[500:])
    added = [b for a, b in align(old.layers, new.layers) if a is None]
    assert [layer.arguments for layer in added if layer] == [{"units": 7}]


def test_sets_of_models() -> None:
    kept, grown = of(seq(4)), of(seq(5))
    moved = of(seq(8), {"LSTM": 4}, {"Dense": 2})
    moved_on = of(seq(8), {"LSTM": 4}, {"Dense": 3})
    found = compare_sets(
        {"same": kept, "grown": kept, "old/name": moved, "gone": of({"GRU": 3})},
        {"same": kept, "grown": grown, "new/name": moved_on, "fresh": of({"SimpleRNN": 3})},
    )
    assert [(c.change, c.name, c.old_name) for c in found] == [
        ("added", "fresh", None),
        ("removed", "gone", None),
        ("changed", "grown", None),
        ("renamed", "new/name", "old/name"),
        ("same", "same", None),
    ]
    assert [layer.arguments for layer in found[3].layers] == [{"units": (2, 3)}]


SPECS = [  # Keras itself knows no variables
    path
    for path in sorted((ROOT / "configs").glob("*.yaml"))
    if "variables:" not in path.read_text()
]


@pytest.mark.oracle
@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_a_spec_and_what_keras_writes_of_it_agree(path: Path) -> None:
    model = real_keras.build(yaml.safe_load(path.read_text()), path.stem)
    old, new = profile(built(path)), profile(built(model.to_json()))
    assert compare("m", old, new).layers == ()
