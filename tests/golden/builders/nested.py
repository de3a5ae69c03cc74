"""Models inside models, and layers used several times."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers


def _encoder(name: str = "encoder", features: int = 8) -> Any:
    return keras.Sequential(
        [keras.Input((features,)), layers.Dense(6, activation="relu"), layers.Dense(4)], name=name
    )


def _functional(name: str = "block", features: int = 8) -> Any:
    inputs = keras.Input((features,), name="block_in")
    hidden = layers.Dense(6, name="left")(inputs)
    return keras.Model(inputs, layers.add([hidden, layers.Dense(6)(inputs)]), name=name)


def functional_two_inputs() -> Any:
    title = keras.Input((None,), dtype="int32", name="title")
    numbers = keras.Input((5,), name="numbers")
    words = layers.LSTM(6)(layers.Embedding(30, 4, mask_zero=True)(title))
    joined = layers.concatenate([words, numbers])
    return keras.Model([title, numbers], [layers.Dense(1, name="a")(joined), joined])


def functional_dicts() -> Any:
    inputs = {"left": keras.Input((3,), name="left"), "right": keras.Input((4,), name="right")}
    joined = layers.Concatenate()([inputs["right"], inputs["left"]])
    outputs = {"score": layers.Dense(1)(joined), "label": layers.Dense(3)(joined)}
    return keras.Model(inputs, outputs, name="dicts")


def functional_nested_structure() -> Any:
    a, b, c = (keras.Input((size,), name=name) for size, name in ((2, "a"), (3, "b"), (4, "c")))
    joined = layers.Concatenate()([a, b, c])
    return keras.Model({"first": a, "rest": [b, c]}, (layers.Dense(2)(joined), {"same": joined}))


def functional_single_list() -> Any:
    inputs = keras.Input((3,))
    return keras.Model([inputs], [layers.Dense(2)(inputs)])


def functional_input_is_output() -> Any:
    inputs = keras.Input((3,))
    return keras.Model(inputs, [inputs, layers.Dense(2)(inputs)])


def functional_unused_input() -> Any:
    used, unused = keras.Input((3,), name="used"), keras.Input((4,), name="unused")
    return keras.Model([used, unused], layers.Dense(2)(used))


def shared_layer() -> Any:
    left, right = keras.Input((None, 3), name="left"), keras.Input((None, 3), name="right")
    encoder = layers.LSTM(4, name="shared")
    difference = layers.subtract([encoder(left), encoder(right)])
    return keras.Model([left, right], layers.Dense(1)(difference), name="siamese")


def shared_layer_different_shapes() -> Any:
    short, long = keras.Input((4, 3), name="short"), keras.Input((9, 3), name="long")
    convolution = layers.Conv1D(5, 2, name="shared")
    flat = [layers.Flatten()(convolution(each)) for each in (long, short)]
    return keras.Model([short, long], layers.Concatenate()(flat))


def shared_layer_in_a_row() -> Any:
    inputs = keras.Input((6,))
    dense = layers.Dense(6)
    return keras.Model(inputs, dense(dense(dense(inputs))))


def layer_called_outside_the_model() -> Any:
    inputs, other = keras.Input((6,)), keras.Input((5, 6))
    dense = layers.Dense(2)
    dense(other)
    output = dense(inputs)
    dense(other)
    return keras.Model(inputs, output)


def nested_sequential_in_functional() -> Any:
    inputs = keras.Input((8,))
    return keras.Model(inputs, layers.Dense(1)(_encoder()(inputs)), name="outer")


def nested_functional_in_sequential() -> Any:
    return keras.Sequential([keras.Input((8,)), _functional(), layers.Dense(1)])


def nested_first_in_sequential() -> Any:
    return keras.Sequential([_encoder(), layers.Dense(1)])


def nested_sequential_unbuilt() -> Any:
    return keras.Sequential([keras.Sequential([layers.Dense(3)], name="inner"), layers.Dense(2)])


def nested_sequential_built_by_parent() -> Any:
    inputs = keras.Input((8,))
    inner = keras.Sequential([layers.Dense(3), layers.BatchNormalization()], name="inner")
    return keras.Model(inputs, inner(inputs))


def nested_three_levels() -> Any:
    inputs = keras.Input((8,), name="top_in")
    inner = _functional("bottom")
    middle_in = keras.Input((8,), name="middle_in")
    middle = keras.Model(middle_in, layers.Dense(8)(inner(middle_in)), name="middle")
    head = keras.Sequential([keras.Sequential([layers.Dense(2)], name="h2")], name="head")
    return keras.Model(inputs, head(middle(inputs)), name="top")


def nested_shared_model_twice() -> Any:
    left, right = keras.Input((8,), name="left"), keras.Input((8,), name="right")
    encoder = _encoder()
    return keras.Model([left, right], layers.dot([encoder(left), encoder(right)], axes=1))


def nested_model_with_several_outputs() -> Any:
    inside = keras.Input((8,))
    block = keras.Model(inside, [layers.Dense(3)(inside), layers.Dense(4)(inside)], name="fork")
    inputs = keras.Input((8,))
    first, second = block(inputs)
    return keras.Model(inputs, layers.Concatenate()([second, first]))


def nested_model_with_dicts() -> Any:
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    block = keras.Model({"x": left, "y": right}, {"sum": left + right, "left": left}, name="block")
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    found = block({"x": a, "y": b})
    return keras.Model([a, b], layers.Add()([found["sum"], found["left"]]))


def nested_in_time_distributed() -> Any:
    inputs = keras.Input((None, 8))
    steps = layers.TimeDistributed(_encoder(), name="steps")(inputs)
    return keras.Model(inputs, layers.TimeDistributed(_functional(features=4))(steps))


def nested_in_custom_activation() -> Any:
    inputs = keras.Input((8,))
    return keras.Model(inputs, layers.Dense(3, activation=layers.LeakyReLU(0.2))(inputs))


def nested_same_layer_in_two_models() -> Any:
    dense = layers.Dense(4, name="tied")
    first = keras.Sequential([keras.Input((4,)), dense], name="first")
    second = keras.Sequential([keras.Input((4,)), dense, layers.Dense(4)], name="second")
    inputs = keras.Input((4,))
    return keras.Model(inputs, second(first(inputs)))


def nested_with_same_names() -> Any:
    inputs = keras.Input((8,), name="x")
    outer = layers.Dense(8, name="dense")(inputs)
    inner_in = keras.Input((8,), name="x")
    inner = keras.Model(inner_in, layers.Dense(8, name="dense")(inner_in), name="model")
    return keras.Model(inputs, inner(outer), name="model")
