"""Custom layers, Lambda, strange names and other unusual features."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

register = keras.saving.register_keras_serializable


@register("golden")
def _doubled(x: Any) -> Any:
    return 2 * x


@register("golden")
class Scale(layers.Layer):
    """One trainable factor for each feature, and a step counter."""

    def build(self, input_shape: Any) -> None:
        self.factor = self.add_weight(shape=(input_shape[-1],), name="factor")
        self.steps = self.add_weight(shape=(), name="steps", dtype="int32", trainable=False)

    def call(self, inputs: Any) -> Any:
        return inputs * self.factor


@register("golden")
class Block(layers.Layer):
    """A layer with layers inside and a seed."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.dense = layers.Dense(units)
        self.norm = layers.BatchNormalization()
        self.dropout = layers.Dropout(0.5)

    def build(self, input_shape: Any) -> None:
        self.dense.build(input_shape)
        self.norm.build((*input_shape[:-1], self.units))

    def call(self, inputs: Any) -> Any:
        return self.dropout(self.norm(self.dense(inputs)))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


@register("golden")
class Subclassed(keras.Model):
    """A model whose config names only its class."""

    def __init__(self, units: int = 4, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.first = layers.Dense(units)
        self.second = layers.Dense(2)

    def call(self, inputs: Any) -> Any:
        return self.second(self.first(inputs))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


@register("golden")
class Many(layers.Layer):
    """A layer with a nested structure of outputs."""

    def call(self, inputs: Any) -> Any:
        return {"last": inputs[:, -1], "pair": (inputs, ops.expand_dims(inputs, 1))}


def odd_custom_layers() -> Any:
    return keras.Sequential([keras.Input((5,)), Scale(), Block(4), Scale(trainable=False)])


def odd_custom_activation() -> Any:
    return keras.Sequential(
        [keras.Input((5,)), layers.Dense(3, activation=_doubled), layers.Activation(_doubled)]
    )


def odd_subclassed() -> Any:
    model = Subclassed()
    model.build((None, 3))
    return model


def odd_subclassed_called() -> Any:
    model = Subclassed(name="called")
    model(keras.Input((3,)))
    return model


def odd_subclassed_inside() -> Any:
    return keras.Sequential([keras.Input((3,)), Subclassed(5), layers.Dense(2)])


def odd_many_outputs() -> Any:
    inputs = keras.Input((5, 3))
    found = Many(name="many")(inputs)
    return keras.Model(inputs, [found["last"], found["pair"][1]])


def odd_lambda() -> Any:
    function = eval(compile("lambda x: x * 2.0", "<golden>", "eval"))  # no path in its code
    inputs = keras.Input((4,))
    doubled = layers.Lambda(function, output_shape=(4,), name="twice")(inputs)
    return keras.Model(inputs, layers.Dense(2)(doubled))


def odd_lambda_without_shape() -> Any:
    function = eval(compile("lambda x: x[:, :2]", "<golden>", "eval"))
    return keras.Sequential([keras.Input((4,)), layers.Lambda(function), layers.Dense(2)])


def odd_lambda_named_function() -> Any:
    return keras.Sequential([keras.Input((4,)), layers.Lambda(_doubled), layers.Dense(2)])


def odd_names() -> Any:
    inputs = keras.Input((4,), name="données [x]")
    x = layers.Dense(3, name="слой")(inputs)
    x = layers.Dense(3, name="[bold]not markup[\\bold]")(x)
    x = layers.Dense(3, name="with spaces and (brackets)")(x)
    x = layers.Dense(3, name="emoji_🙂_層")(x)
    x = layers.Dense(3, name="back\\slash[red]")(x)
    return keras.Model(inputs, x, name="mödel [1]")


def odd_names_connected() -> Any:
    a, b = keras.Input((4,), name="[a]"), keras.Input((4,), name="[b]")
    x = layers.Add(name="[sum] of both")([a, b])
    return keras.Model([a, b], [x, layers.Dense(2, name="[out](x)")(x)], name="[m]")


def odd_long_names() -> Any:
    long = "a_very_long_name_which_does_not_fit_into_any_column_of_the_summary_table"
    inputs = keras.Input((4,), name="input_" + long)
    x = layers.Dense(1000, name="dense_" + "x" * 130)(inputs)
    y = layers.Dense(3, name="dense-with-dashes-" + long.replace("_", "-"))(inputs)
    z = layers.Dense(3, name="dense with words " + long.replace("_", " "))(inputs)
    return keras.Model(inputs, [layers.Concatenate(name="joined")([y, z, y, z]), x])


def odd_scalar_input() -> Any:
    inputs = keras.Input((), name="scalar")
    return keras.Model(inputs, layers.Dense(2)(layers.Reshape((1,))(inputs)))


def odd_dtypes() -> Any:
    numbers = keras.Input((4,), dtype="uint8", name="bytes")
    flags = keras.Input((4,), dtype="bool", name="flags")
    scaled = layers.Rescaling(1 / 255)(numbers)
    return keras.Model([numbers, flags], [scaled * ops.cast(flags, "float32"), flags])


def odd_weights_outside_layers() -> Any:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    model.add_weight(shape=(7,), name="loose")
    return model


def odd_large() -> Any:
    inputs = keras.Input((2,))
    x = inputs
    for index in range(40):
        x = layers.Dense(2 + index % 3, name=f"step_{index}")(x)
    return keras.Model(inputs, x)


def odd_input_layer_twice() -> Any:
    a = keras.Input((3,), name="a")
    shared = layers.Dense(3)
    return keras.Model(a, layers.Add()([shared(a), a, shared(a)]))


def odd_group_of_initializers() -> Any:
    options = {
        "kernel_initializer": keras.initializers.RandomNormal(stddev=0.1, seed=3),
        "kernel_regularizer": keras.regularizers.L1L2(0.1, 0.2),
        "bias_constraint": keras.constraints.MaxNorm(2),
    }
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, activation="leaky_relu", **options)]
    )
