"""Compiled and fitted models, whose optimizers have state of their own."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, losses, optimizers


def _model() -> Any:
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(6, name="hidden"),
            layers.BatchNormalization(name="norm"),
            layers.Dense(2, name="out"),
        ]
    )


def _fit(model: Any, optimizer: Any, **options: Any) -> Any:
    model.compile(optimizer, losses.MeanSquaredError(), **options)
    size = model.input_shape[-1]
    model.fit(np.ones((8, size)), np.ones((8, 2)), batch_size=4, verbose=0)
    return model


def compiled_unbuilt() -> Any:
    model = _model()
    model.compile("adam", "mse", metrics=["mae"])
    return model


def compiled_without_input() -> Any:
    model = keras.Sequential([layers.Dense(4), layers.Dense(2)])
    model.compile("rmsprop", "mse")
    return model


def compiled_functional_losses() -> Any:
    inputs = keras.Input((4,))
    outputs = {"a": layers.Dense(1, name="a")(inputs), "b": layers.Dense(3, name="b")(inputs)}
    model = keras.Model(inputs, outputs)
    model.compile("adamw", {"a": "mse", "b": "mae"}, metrics={"a": ["mae"], "b": ["accuracy"]})
    return model


def fitted_adam() -> Any:
    return _fit(_model(), "adam")


def fitted_adam_amsgrad() -> Any:
    return _fit(_model(), optimizers.Adam(amsgrad=True))


def fitted_sgd() -> Any:
    return _fit(_model(), "sgd")


def fitted_sgd_momentum() -> Any:
    return _fit(_model(), optimizers.SGD(0.01, momentum=0.9, nesterov=True))


def fitted_rmsprop() -> Any:
    return _fit(_model(), optimizers.RMSprop(momentum=0.5, centered=True))


def fitted_adafactor() -> Any:
    return _fit(_model(), optimizers.Adafactor())


def fitted_muon() -> Any:
    return _fit(_model(), optimizers.Muon(0.01))


def fitted_adagrad() -> Any:
    return _fit(_model(), "adagrad")


def fitted_adadelta() -> Any:
    return _fit(_model(), "adadelta")


def fitted_adamax() -> Any:
    return _fit(_model(), "adamax")


def fitted_nadam() -> Any:
    return _fit(_model(), "nadam")


def fitted_ftrl() -> Any:
    return _fit(_model(), "ftrl")


def fitted_lion() -> Any:
    return _fit(_model(), "lion")


def fitted_lamb() -> Any:
    return _fit(_model(), optimizers.Lamb())


def fitted_schedule() -> Any:
    schedule = optimizers.schedules.ExponentialDecay(0.1, 100, 0.9)
    return _fit(_model(), optimizers.AdamW(schedule))


def fitted_ema() -> Any:
    return _fit(_model(), optimizers.Adam(use_ema=True))


def fitted_gradient_accumulation() -> Any:
    return _fit(_model(), optimizers.Adam(gradient_accumulation_steps=2))


def fitted_loss_scale() -> Any:
    return _fit(_model(), optimizers.LossScaleOptimizer(optimizers.Adam()))


def fitted_mixed_float16() -> Any:
    keras.config.set_dtype_policy("mixed_float16")
    return _fit(_model(), "adam")


def fitted_frozen() -> Any:
    model = _model()
    model.get_layer("hidden").trainable = False
    return _fit(model, "adam")


def fitted_frozen_afterwards() -> Any:
    model = _fit(_model(), "adam")
    model.get_layer("hidden").trainable = False
    return model


def fitted_without_input() -> Any:
    model = keras.Sequential([layers.Dense(4), layers.Dense(2)])
    model.compile("adam", "mse")
    model.fit(np.ones((8, 3)), np.ones((8, 2)), verbose=0)
    return model


def fitted_lora() -> Any:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(6, lora_rank=2), layers.Dense(2)])
    return _fit(model, "adam")


def fitted_float8() -> Any:
    model = keras.Sequential([keras.Input((16,)), layers.Dense(16), layers.Dense(2)])
    model.quantize("float8")
    return _fit(model, "adam")
