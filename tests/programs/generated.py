"""Programs made at random: a random model, written in a random style."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

Numbered = Callable[[int], str]  # a number → how the program writes it

IMPORTS = [
    ("import keras", "keras.layers.", "keras.Input", "keras.Sequential", "keras.Model"),
    (
        "from keras import layers, models",
        "layers.", "layers.Input", "models.Sequential", "models.Model",
    ),
    (
        "import tensorflow as tf\nK = tf.keras",
        "K.layers.", "K.Input", "tf.keras.Sequential", "tf.keras.Model",
    ),
    (
        "from tensorflow.keras.layers import *\nfrom tensorflow.keras.models import *",
        "", "Input", "Sequential", "Model",
    ),
    (
        "from tensorflow import keras as k\nfrom tensorflow.keras import layers as L",
        "L.", "k.Input", "k.models.Sequential", "k.models.Model",
    ),
]  # fmt: skip


@st.composite
def programs(draw: st.DrawFn) -> str:
    """The text of a program whose variable `model` is a model over sequences."""
    imports, *names = draw(st.sampled_from(IMPORTS))
    constants: list[str] = []
    number = draw(st.sampled_from([_literal, _product, _named(constants), _looked_up(constants)]))
    prefix = names[0]
    timesteps, features = draw(st.integers(4, 9)), draw(st.integers(1, 6))
    layers = [draw(_layer(prefix, number, sequences=True)) for _ in range(draw(st.integers(0, 4)))]
    layers.append(draw(_layer(prefix, number, sequences=False)))
    layers += [draw(_dense(prefix, number)) for _ in range(draw(st.integers(0, 2)))]
    shape = f"({number(timesteps)}, {number(features)})"
    style = draw(st.sampled_from(STYLES))
    body = style(layers, shape, *names[1:])
    return "\n".join([imports, *constants, body]) + "\n"


@st.composite
def _layer(draw: st.DrawFn, prefix: str, number: Numbered, *, sequences: bool) -> str:
    """A layer from a sequence to a sequence, or to a vector."""
    units = number(draw(st.integers(1, 9)))
    cell = draw(st.sampled_from(["LSTM", "GRU", "SimpleRNN"]))
    options = draw(st.sampled_from(["", ", activation='relu'", ", use_bias=False"]))
    returned = ", return_sequences=True" if sequences else ""
    recurrent = f"{prefix}{cell}({units}{options}{returned})"
    merge = draw(st.sampled_from(["", ", merge_mode='sum'", ", merge_mode='concat'"]))
    choices = [recurrent, f"{prefix}Bidirectional({recurrent}{merge})"]
    if sequences:
        choices += [
            f"{prefix}Conv1D({units}, kernel_size={number(2)}, padding='same'{options})",
            f"{prefix}Conv1D(filters={units}, kernel_size=3, padding='causal')",
            f"{prefix}TimeDistributed({prefix}Dense({units}{options}))",
            f"{prefix}BatchNormalization(momentum=0.9)",
            f"{prefix}Dropout(0.{draw(st.integers(1, 9))})",
            f"{prefix}LayerNormalization()",
        ]
    else:
        choices += [f"{prefix}GlobalAveragePooling1D()", f"{prefix}Flatten()"]
    return draw(st.sampled_from(choices))


@st.composite
def _dense(draw: st.DrawFn, prefix: str, number: Numbered) -> str:
    units = number(draw(st.integers(1, 20)))
    return draw(
        st.sampled_from(
            [
                f"{prefix}Dense({units}, activation='softmax')",
                f"{prefix}Dense(units={units}, use_bias=False)",
                f"{prefix}BatchNormalization()",
                f"{prefix}Activation('tanh')",
            ]
        )
    )


# -- how a number is written ---------------------------------------------------------------------


def _literal(value: int) -> str:
    return str(value)


def _product(value: int) -> str:
    return f"{2 * value} // 2"


def _named(constants: list[str]) -> Numbered:
    def number(value: int) -> str:
        name = f"SIZE_{len(constants)}"
        constants.append(f"{name} = {value}")
        return name

    return number


def _looked_up(constants: list[str]) -> Numbered:
    def number(value: int) -> str:
        constants[:1] = constants[:1] or ["config = {}"]
        key = f"size_{len(constants)}"
        constants.append(f"config.update({key}={value})")
        return f"config['{key}']"

    return number


# -- how a model is written ----------------------------------------------------------------------


def _as_list(layers: list[str], shape: str, inputs: str, sequential: str, model: str) -> str:
    entries = "".join(f"    {layer},\n" for layer in [f"{inputs}({shape})", *layers])
    return f"model = {sequential}([\n{entries}])"


def _added(layers: list[str], shape: str, inputs: str, sequential: str, model: str) -> str:
    lines = [f"model = {sequential}()", f"model.add({inputs}(shape={shape}))"]
    return "\n".join(lines + [f"model.add({layer})" for layer in layers])


def _added_with_shape(
    layers: list[str], shape: str, inputs: str, sequential: str, model: str
) -> str:
    first, comma = layers[0][:-1], "" if layers[0].endswith("()") else ", "
    lines = [f"model = {sequential}()", f"model.add({first}{comma}input_shape={shape}))"]
    return "\n".join(lines + [f"model.add({layer})" for layer in layers[1:]])


def _functional(layers: list[str], shape: str, inputs: str, sequential: str, model: str) -> str:
    lines = [f"inputs = {inputs}(shape={shape})", "x = inputs"]
    lines += [f"x = {layer}(x)" for layer in layers]
    return "\n".join([*lines, f"model = {model}(inputs=inputs, outputs=x)"])


def _loop(layers: list[str], shape: str, inputs: str, sequential: str, model: str) -> str:
    return (
        f"inputs = x = {inputs}({shape})\n"
        f"for i, layer in enumerate([{', '.join(layers)}]):\n"
        "    x = layer(x)\n"
        f"model = {model}(inputs, x)"
    )


def _function(layers: list[str], shape: str, inputs: str, sequential: str, model: str) -> str:
    lines = [f"    model.add({layer})" for layer in layers]
    return "\n".join(
        [
            "def build_model(shape, *, verbose=False, **options):",
            f"    model = {sequential}()",
            f"    model.add({inputs}(shape))",
            *lines,
            "    if verbose:",
            "        model.summary()",
            "    return model",
            "",
            "if __name__ == '__main__':",
            f"    model = build_model({shape}, rate=0.1)",
        ]
    )


def _class(layers: list[str], shape: str, inputs: str, sequential: str, model: str) -> str:
    return (
        "class Builder:\n"
        "    def __init__(self, shape):\n"
        f"        self.inputs = {inputs}(shape)\n"
        f"        self.blocks = [lambda x: {'(x), lambda x: '.join(layers)}(x)]\n"
        "    def build(self):\n"
        "        x = self.inputs\n"
        "        for block in self.blocks:\n"
        "            x = block(x)\n"
        f"        return {model}(self.inputs, x)\n"
        f"model = Builder({shape}).build()"
    )


STYLES = [_as_list, _added, _added_with_shape, _functional, _loop, _function, _class]
