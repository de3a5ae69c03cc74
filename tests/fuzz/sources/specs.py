"""Specs generated from the registry: its classes, the types of their arguments, operations."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from random import Random
from typing import Any

import yaml

from lstmcount.layers.making.constructor_order import arguments as positional
from lstmcount.layers.ops.registry import signatures
from lstmcount.layers.registry import class_names, find
from tests.differential.arguments import arguments, rank_of
from tests.fuzz import mutations, seeds
from tests.fuzz.sources import hostile, valid_specs
from tests.fuzz.sources.base import Source, source

LAYERS = tuple(class_names())
OFTEN = (
    "LSTM", "GRU", "SimpleRNN", "Dense", "Conv1D", "Conv2D", "Embedding", "Dropout", "Flatten",
    "BatchNormalization", "Bidirectional", "TimeDistributed", "RNN", "Add", "Concatenate",
    "Attention", "MultiHeadAttention", "ConvLSTM2D", "Reshape", "Activation", "Masking",
)  # fmt: skip
CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells")
OPERATIONS = tuple(f"ops.{name}" for name in signatures())
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def make(rng: Random) -> Source:
    return source(
        "spec", {"model.yaml" if rng.random() < 0.7 else "model.json": dump(rng, spec(rng))}
    )


def spec(rng: Random) -> Any:
    """A valid spec, perhaps with a part of another kind or a change, or a random one."""
    if rng.random() < 0.15:
        found: Any = Grower(rng).spec()
    else:
        found = copy.deepcopy(valid_specs.spec(rng))
        if rng.random() < 0.25:
            found["layers"].insert(rng.randint(0, len(found["layers"])), Grower(rng).entry())
        if rng.random() < 0.3:
            found["budget"] = budget(rng)
        if rng.random() < 0.2:
            found |= rng.choice(
                ({"dtype": "mixed_float16"}, {"trainable": False}, {"batch_size": 3}, {"name": "x"})
            )
    for _ in range(rng.choice((0, 0, 0, 0, 1, 2))):
        found = mutations.change_json(found, rng.randrange, seeds.donors())
    return found


def dump(rng: Random, spec: Any) -> bytes:
    """As JSON, which is YAML too, or as YAML of several styles."""
    text = json.dumps(spec, ensure_ascii=rng.random() < 0.5)
    if rng.random() < 0.5:
        with suppress(UnicodeEncodeError):  # PyYAML writes no lone surrogates
            text = yaml.dump(spec, Dumper=DUMPER, sort_keys=False, default_flow_style=None)
    if rng.random() < 0.04:
        text = mutations.change_text(text, rng.randrange, ["a: &x [1]\nb: *x\n<<: {a: 1}", "- ? a"])
    return text.encode("utf-8", "surrogatepass")


class Grower:
    """Grows one spec; `depth` is that of models within models."""

    def __init__(self, rng: Random, depth: int = 0) -> None:
        self.rng = rng
        self.depth = depth
        self.rank = rng.choice((2, 3, 3, 3, 4, 5))
        self.names: list[str] = []
        self.variables: list[str] = []
        self.custom: list[str] = []

    def spec(self) -> dict[str, Any]:
        rng = self.rng
        found: dict[str, Any] = {}
        if rng.random() < 0.3:
            found["name"] = self.name()
        if rng.random() < 0.3:
            self.variables = ["a", "b", "units"][: rng.randint(1, 3)]
            found["variables"] = {name: self.variable() for name in self.variables}
        if rng.random() < 0.15:
            self.custom = ["Custom"]
            found["custom_layers"] = {"Custom": self.declaration()}
        found |= self.inputs()
        found["layers"] = [self.entry() for _ in range(rng.randint(1, 6))]
        if rng.random() < 0.15:
            found["outputs"] = self.tensors()
        if rng.random() < 0.1:
            found["dtype"] = rng.choice(("mixed_float16", "float64", "bfloat16", "int8", "float8"))
        if rng.random() < 0.1:
            found["trainable"] = rng.random() < 0.5
        if rng.random() < 0.1:
            found["batch_size"] = rng.choice((None, 1, 32, 10**6))
        if rng.random() < 0.15:
            found["budget"] = budget(rng)
        return found

    def inputs(self) -> dict[str, Any]:
        kind = self.rng.random()
        if kind < 0.65:
            return {"input_shape": self.shape()}
        if kind < 0.9:
            self.names += (names := ["left", "right"][: self.rng.randint(1, 2)])
            return {"inputs": {name: self.declared_input() for name in names}}
        return {}

    def declared_input(self) -> Any:
        if self.rng.random() < 0.8:
            return self.shape()
        return {"shape": self.shape(), "dtype": self.rng.choice(("int32", "float16", "string"))}

    def shape(self) -> list[Any]:
        sizes = (None, 1, 3, 4, 5, 8, 28, *self.variables, *self.variables)
        shape = [self.rng.choice(sizes) for _ in range(self.rank - 1)]
        if shape[-1] is None and self.rng.random() < 0.9:
            shape[-1] = 3
        return shape

    def entry(self) -> Any:
        kind = self.rng.random()
        if kind < 0.72:
            return self.named(self.layer())
        if kind < 0.82:
            return self.named(self.operation())
        if kind < 0.86 and self.names:
            return self.named({"call": self.rng.choice(self.names)})
        if kind < 0.92:
            times: Any = self.rng.choice((0, 1, 2, 3, 100, *self.variables))
            return {
                "repeat": times,
                "layers": [self.entry() for _ in range(self.rng.randint(1, 2))],
            }
        if self.depth < 2:
            inner = Grower(self.rng, self.depth + 1).spec()
            return self.named({"model": inner})
        return self.named("Flatten")

    def named(self, entry: Any) -> Any:
        rng = self.rng
        if rng.random() < 0.35 and isinstance(entry, dict):
            self.names.append(entry.setdefault("name", self.name()))
        if rng.random() < 0.2 and isinstance(entry, dict) and self.names:
            entry["inputs"] = self.tensors()
        return entry

    def layer(self, names: tuple[str, ...] = ()) -> Any:
        rng = self.rng
        name = rng.choice(names or self.custom or (OFTEN if rng.random() < 0.6 else LAYERS))
        given = self.arguments(name)
        kind = rng.random()
        if kind < 0.15:
            return {"class_name": name, **given}
        if not given and kind < 0.6:
            return name
        if len(given) == 1 and kind < 0.6:
            return {name: next(iter(given.values()))}
        return {name: given}

    def arguments(self, class_name: str) -> dict[str, Any]:
        rng = self.rng
        cls = find(class_name)
        if cls is None:
            return {"units": self.number()} if rng.random() < 0.7 else {}
        found = arguments(rng, class_name, share=0.15)
        for name in cls.layer_arguments:
            if rng.random() < 0.9:
                of_cells = name in ("cell", "cells")
                inner = self.layer(CELLS if of_cells else ("LSTM", "GRU", "Dense", *OFTEN))
                found[name] = [inner, inner] if rng.random() < 0.1 or name == "cells" else inner
        for name, value in found.items():
            if isinstance(value, int) and not isinstance(value, bool) and rng.random() < 0.25:
                found[name] = self.number()
        if rng.random() < 0.08:
            known = positional(cls)
            found[rng.choice(known) if known else "units"] = hostile.scalar(rng)
        if rank_of(class_name) is None and "units" in found and rng.random() < 0.3:
            found["return_sequences"] = True
        return found

    def number(self) -> Any:
        rng = self.rng
        kind = rng.random()
        if self.variables and kind < 0.6:
            name = rng.choice(self.variables)
            return rng.choice((name, f"2*{name}", f"{name} + 1", f"max({name}, 3)", f"{name}//2"))
        return rng.choice(hostile.EXPRESSIONS) if kind < 0.65 else rng.choice((1, 2, 3, 8, 64))

    def variable(self) -> Any:
        rng = self.rng
        if rng.random() < 0.8:
            return rng.choice((1, 2, 3, 16, 64))
        return hostile.scalar(rng)

    def operation(self) -> Any:
        rng = self.rng
        name = rng.choice(OPERATIONS)
        signature = signatures()[name.removeprefix("ops.")]
        known = ("axis", "keepdims", "shape", "axes", *signature.arguments)
        given = {
            key: rng.choice((-1, 0, 1, 2, [1, 2], [-1], True, "float32", "abc,acd->abd", None))
            for key in known
            if rng.random() < 0.25
        }
        return {name: given} if given or rng.random() < 0.5 else name

    def tensors(self) -> Any:
        rng = self.rng
        names = [*self.names, "input"] if rng.random() < 0.95 else [rng.choice(hostile.NAMES)]
        one = rng.choice(names)
        kind = rng.random()
        if kind < 0.5:
            return one
        if kind < 0.6:
            return f"{one}[{rng.choice((0, 1, 2, -1, 10**30))}]"
        if kind < 0.9:
            return [rng.choice(names) for _ in range(rng.randint(1, 3))]
        return {rng.choice(("query", "value", "mask", "inputs")): one}

    def name(self) -> str:
        rng = self.rng
        return rng.choice(hostile.NAMES) if rng.random() < 0.12 else rng.choice("xyzuvw")

    def declaration(self) -> dict[str, Any]:
        """A declaration of a custom layer: arguments, weights, an output shape."""
        rng = self.rng
        sizes = ("units", "features", "batch", "timesteps", 3, "input[-1]", "...")
        found: dict[str, Any] = {"arguments": {"units": rng.choice((None, 3)), "use_bias": True}}
        shapes = [[rng.choice(sizes) for _ in range(rng.randint(0, 3))] for _ in range(3)]
        if rng.random() < 0.9:
            found["weights"] = {
                "kernel": shapes[0],
                "bias": {"shape": shapes[1], "when": "use_bias"},
            }
        if rng.random() < 0.7:
            found["output_shape"] = rng.choice(
                (
                    "same",
                    shapes[2],
                    [shapes[1], shapes[2]],
                    [{"shape": shapes[2], "when": "units > 2"}],
                )
            )
        if rng.random() < 0.4:
            found["macs"] = rng.choice((*hostile.EXPRESSIONS, "timesteps * features * units"))
        if rng.random() < 0.15:
            found["state_size"] = rng.choice(("units", ["units", "units"], 3))
        if rng.random() < 0.1:
            found["inputs"] = ["query", "value"]
        if rng.random() < 0.1:
            found["layers"] = {"layer": "same"}
        return found


def budget(rng: Random) -> dict[str, Any]:
    measures = ("params", "size", "macs", "activations", "training_memory", "layers", "depth")
    measures += ("states", "macs_per_step")
    amounts = ("250k", "1.5M", 3, 0, "1 MB", "2 KB", "5%", "5% or 10k", "-1", "inf", 10**30)
    found: dict[str, Any] = {
        f"{rng.choice(('max', 'min', 'exact', 'max_increase'))}_{measure}": rng.choice(amounts)
        for measure in measures
        if rng.random() < 0.3
    }
    if rng.random() < 0.3:
        found["message"] = rng.choice(hostile.NAMES)
    if rng.random() < 0.3:
        found["layers"] = {rng.choice(("lstm*", "Dense", "[", "*")): {"max_params": "10k"}}
    return found
