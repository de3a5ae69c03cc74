"""One layer of any class with generated arguments, and inputs that may suit it."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.differential import arguments as generated
from tests.differential import graphs
from tests.differential.graphs import LAYERS, MERGING, RECURRENT
from tests.layers.differential import Case

CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell")
WRAPPED = {"Bidirectional": RECURRENT, "TimeDistributed": ("Dense", "Conv1D", "Flatten")}
# Keras makes a model of these with inputs of the wrong rank, which it could not run.
UNCHECKED = {name for name in LAYERS if name.startswith("Adaptive")}
PUBLIC = {"GroupedQueryAttention": "GroupQueryAttention"}
ATTENTION = [PUBLIC.get(name, name) for name in graphs.ATTENTION]
CLASSES = [PUBLIC.get(name, name) for name in LAYERS]
EQUATIONS = (
    ("abc,cd->abd", [None, 4], "d"),
    ("ab,bc->ac", 3, None),
    ("...x,xy->...y", 5, "y"),
    ("abc,cde->abde", [None, 2, 3], "de"),
    ("ab...,bc->ac...", 3, "c"),
)


def case(rng: Random, class_name: str) -> Case:
    given = generated.arguments(rng, class_name, share=0.3)
    given.pop("trainable", None)  # of the layer, which its weights do not say here
    if class_name == "RandomPosterization":
        given["factor"] = rng.choice([3, [2, 5], 9])
    if class_name == "Rescaling":
        given["scale"] = 0.5
    if class_name in ("Cropping1D", "UpSampling1D"):
        given.pop("data_format", None)  # for old files alone
    args: list[Any] = [shape(rng, class_name)]
    dtype = "int32" if class_name == "Embedding" else "float32"
    if class_name in MERGING or class_name in ("Attention", "AdditiveAttention"):
        args = [[args[0], *(similar(rng, args[0]) for _ in range(rng.choice((1, 1, 2))))]]
    elif class_name in ATTENTION:
        args += [similar(rng, args[0]) for _ in range(rng.choice((1, 2)))]
    if class_name == "Dot":
        given["axes"] = rng.choice([1, -1, 2, [1, 2], [2, 1]])
    if class_name == "EinsumDense":
        equation, output, bias = rng.choice(EQUATIONS)
        given |= {"equation": equation, "output_shape": output, "bias_axes": bias}
    if class_name == "Permute":
        given["dims"] = rng.choice([[2, 1], [1, 2], [3, 1, 2], [1], [0, 1], [2, 2]])
    if class_name == "Reshape":
        given["target_shape"] = rng.choice([[-1], [-1, 1], [2, -1], [5], [4, -1, 1], [-1, -1], []])
    if class_name in WRAPPED:
        inner = rng.choice(WRAPPED[class_name])
        given["layer"] = {inner: generated.arguments(rng, inner)}
        given.pop("backward_layer", None)
    if class_name == "SpectralNormalization":
        inner = rng.choice(("Dense", "Conv2D", "Conv1DTranspose", "Flatten", "DepthwiseConv2D"))
        given["layer"] = {inner: generated.arguments(rng, inner)}
        if inner == "Conv1DTranspose" and len(args[0]) < 3:
            args = [(*args[0], 3)]  # of fewer axes Keras makes a model as well, which cannot run
    if class_name == "RNN":
        cells = [{c: generated.arguments(rng, c)} for c in rng.choices(CELLS, k=rng.choice((1, 2)))]
        given["cell"] = cells[0] if len(cells) == 1 else {"StackedRNNCells": {"cells": cells}}
    return Case(class_name, given, args, {}, dtype)


def shape(rng: Random, class_name: str) -> tuple[int | None, ...]:
    rank = generated.rank_of(class_name)
    if rank is not None:
        rank += 3 if class_name.startswith("ConvLSTM") else 2
    elif class_name in (*RECURRENT, *ATTENTION, "RNN", "Bidirectional"):
        rank = 3
    if rank is None or (rng.random() < 0.05 and class_name not in UNCHECKED):
        rank = rng.choice((2, 3, 3, 4, 4, 5))
    return (None, *(rng.choice((1, 2, 3, 4, 6, 8, 8, None)) for _ in range(rank - 1)))


def similar(rng: Random, given: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """The same shape, or one of another length, or with an axis of 1."""
    other = list(given)
    if rng.random() < 0.5 and len(other) > 1:
        other[rng.randrange(1, len(other))] = rng.choice((1, 2, 4, None))
    return tuple(other)
