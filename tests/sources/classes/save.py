"""Save models with custom classes in real Keras, and count them as Keras loads them.

save.py FOLDER writes the models, and their counts to expected.json.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
from keras import Input, Sequential, layers
from own import (
    CLASSES,
    AttentionPool,
    Block,
    Causal,
    Encoder,
    Gated,
    MyLSTM,
    Named,
    PassedOn,
    Peep,
    Scaled,
    Spectral,
    Two,
    Wrap,
    swoosh,
)


def frozen(model: keras.Model, name: str) -> keras.Model:
    model.get_layer(name).trainable = False
    return model


def models() -> Iterator[tuple[str, keras.Model]]:
    lstm = layers.LSTM(7, return_sequences=True)
    yield "pool", Sequential([Input((10, 6)), lstm, AttentionPool(5), layers.Dense(2)])
    read = Input((12, 8))
    pooled = layers.GlobalAveragePooling1D()(Block(8, rate=0.2)(Block(8)(read)))
    yield "blocks", keras.Model(read, layers.Dense(3)(pooled))
    scaled = [Scaled(6, activation=swoosh), Scaled(3, use_bias=False, scale=1.0)]
    yield "derived", Sequential([Input((4,)), *scaled])
    both = layers.Bidirectional(MyLSTM(5, return_sequences=True))
    yield "derived_lstm", Sequential([Input((9, 4)), both, MyLSTM(3)])
    both = layers.Bidirectional(Gated(5, return_sequences=True), merge_mode="sum")
    again = layers.Bidirectional(PassedOn(4))
    yield "bidirectional", Sequential([Input((9, 4)), both, again, layers.Dense(2)])
    over_time = layers.RNN(Peep(5), return_sequences=True)
    both = layers.Bidirectional(layers.RNN(Peep(3)))
    yield "cell", Sequential([Input((9, 4)), over_time, both, layers.Dense(1)])
    yield "cells", Sequential([Input((9, 4)), layers.RNN([Peep(5), layers.LSTMCell(3)])])
    wrapped = [Wrap(layers.Dense(6)), Wrap(Scaled(2)), layers.TimeDistributed(Scaled(3))]
    yield "wrapped", Sequential([Input((9, 4)), *wrapped])
    queries, values = Input((5,)), Input((7,))
    yield "two_inputs", keras.Model([queries, values], Two(4)(queries, v=values))
    shared, one, other = Two(4), Input((5,)), Input((5,))
    yield "shared", keras.Model([one, other], layers.add([shared(one, other), shared(other, one)]))
    read = Input((6,))
    yield "nested_model", keras.Model(read, layers.Dense(2)(Encoder(4)(read)))
    encoder = Encoder(3)
    encoder(keras.ops.zeros((1, 5)))
    yield "subclassed", encoder
    pool = AttentionPool(5, name="pool")
    yield "frozen_pool", frozen(Sequential([Input((10, 6)), pool, layers.Dense(2)]), "pool")
    read = Input((12, 8))
    model = keras.Model(read, layers.Dense(3)(Block(8, name="block")(read)))
    yield "frozen_block", frozen(model, "block")
    inner = Sequential([Input((12, 8)), Block(8), AttentionPool(3)])
    read = Input((12, 8))
    yield "nested_sequential", keras.Model(read, layers.Dense(1)(inner(read)))
    read = Input((4, 12, 8))
    yield "distributed_model", keras.Model(read, layers.TimeDistributed(inner)(read))
    compiled = Sequential([Input((10, 6)), AttentionPool(5), layers.Dense(2)])
    compiled.compile("adam", keras.losses.MeanSquaredError())
    yield "compiled", compiled
    yield "with_gate", Sequential([Input((8, 3)), Causal(4, 3), Causal(2, 2, use_bias=False)])
    named = [Named(5, p=2, activation=swoosh), Named(3, init="zeros", activation="gelu")]
    yield "spectral", Sequential([Input((8, 3)), Spectral(layers.Conv1D(4, 3)), layers.Dense(1)])
    yield "named", Sequential([Input((4,)), *named, layers.Dense(1)])


def saved(model: keras.Model, path: Path) -> list[int]:
    """Save and load the model. Return its total and trainable parameter counts after loading."""
    if path.suffix == ".json":
        path.write_text(model.to_json() + "\n")
        loaded = keras.models.model_from_json(path.read_text(), custom_objects=CLASSES)
    else:
        model.save(path)
        loaded = keras.models.load_model(path, custom_objects=CLASSES)
    trains = sum(math.prod(weight.shape) for weight in loaded.trainable_weights)
    return [loaded.count_params(), trains]


def main(folder: Path) -> None:
    expected = {}
    with keras.saving.custom_object_scope(CLASSES):
        for name, model in models():
            for suffix in (".keras", ".h5", ".json"):
                if (name, suffix) != ("subclassed", ".h5"):  # it holds no config
                    path = folder / f"{name}{suffix}"
                    expected[path.name] = saved(model, path)
    (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
