"""Models with a part that is not trained."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers


def _base() -> Any:
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, name="conv")(inputs)
    x = layers.BatchNormalization(name="norm")(x)
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x), name="base")


def _with_head(base: Any) -> Any:
    inputs = keras.Input((8, 8, 3))
    return keras.Model(inputs, layers.Dense(2, name="head")(base(inputs)))


def frozen_layer() -> Any:
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, trainable=False), layers.Dense(2)], name="half"
    )


def frozen_base() -> Any:
    base = _base()
    base.trainable = False
    return _with_head(base)


def frozen_base_child_unfrozen() -> Any:
    base = _base()
    base.trainable = False
    base.get_layer("conv").trainable = True
    return _with_head(base)


def frozen_child_of_trainable_base() -> Any:
    base = _base()
    base.get_layer("conv").trainable = False
    return _with_head(base)


def frozen_base_unfrozen_again() -> Any:
    base = _base()
    base.trainable = False
    base.trainable = True
    base.get_layer("norm").trainable = False
    return _with_head(base)


def frozen_whole_model() -> Any:
    model = _with_head(_base())
    model.trainable = False
    return model


def frozen_whole_model_head_unfrozen() -> Any:
    model = _with_head(_base())
    model.trainable = False
    model.get_layer("head").trainable = True
    return model


def frozen_sequential_base() -> Any:
    base = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.BatchNormalization()])
    base.trainable = False
    return keras.Sequential([keras.Input((4,)), base, layers.Dense(2)])


def frozen_shared_by_two_parents() -> Any:
    base = keras.Sequential([keras.Input((4,)), layers.Dense(4)], name="shared")
    first_in, second_in = keras.Input((4,)), keras.Input((4,))
    first = keras.Model(first_in, layers.Dense(4)(base(first_in)), name="first")
    second = keras.Model(second_in, layers.Dense(4)(base(second_in)), name="second")
    first.trainable = False
    inputs = keras.Input((4,))
    return keras.Model(inputs, second(first(inputs)))


def frozen_inside_wrappers() -> Any:
    return keras.Sequential(
        [
            keras.Input((5, 4)),
            layers.TimeDistributed(layers.Dense(3, trainable=False)),
            layers.Bidirectional(layers.LSTM(2, return_sequences=True, trainable=False)),
            layers.TimeDistributed(layers.Dense(3), trainable=False),
            layers.Bidirectional(layers.LSTM(2), trainable=False),
        ]
    )


def frozen_compiled() -> Any:
    model = _with_head(_base())
    model.get_layer("base").trainable = False
    model.compile("adam", "mse")
    return model


def frozen_after_compile() -> Any:
    model = _with_head(_base())
    model.compile("sgd", "mse")
    model.get_layer("base").trainable = False
    return model
