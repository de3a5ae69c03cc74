"""Random programs: a random model, written in a random style."""

from __future__ import annotations

import ast
from collections.abc import Callable

from hypothesis import strategies as st

Files = dict[str, str]
Numbered = Callable[[int], str]  # a number → code for it

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
    """Random programs whose variable `model` is a model over sequences."""
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
def projects(draw: st.DrawFn) -> tuple[str, Files]:
    """A program in one file, and the same program split over modules; `main.py` is the first."""
    program = draw(programs())
    statements = ast.parse(program).body
    is_import = [isinstance(one, ast.Import | ast.ImportFrom) for one in statements]
    head, rest = statements[: sum(is_import)], statements[sum(is_import) :]
    places = st.integers(1, max(len(rest) - 1, 1))
    cuts = sorted(draw(st.sets(places, max_size=3)) if len(rest) > 1 else [])
    parts = [rest[start:end] for start, end in zip([0, *cuts], [*cuts, len(rest)], strict=True)]
    package = draw(st.sampled_from(["", "net", "net.parts"]))
    files = {f"{package.replace('.', '/')}/__init__.py": "" for _ in range(bool(package))}
    files |= {"net/__init__.py": ""} if package else {}
    taken = ""
    for index, part in enumerate(parts):
        text = "\n".join(map(ast.unparse, [*head, *part]))
        is_main = index == len(parts) - 1
        name = f"part_{index}"
        file = "main.py" if is_main else f"{package.replace('.', '/')}/{name}.py".lstrip("/")
        files[file] = taken + text + "\n"
        path = f"{package}.{name}" if package else name
        names = ", ".join(_bound([*part, *[one for some in parts[:index] for one in some]]))
        forms = [f"from {path} import *\n", f"from {path} import {names}\n"]
        taken = draw(st.sampled_from(forms if names else forms[:1]))
    return program, files


def _bound(statements: list[ast.stmt]) -> list[str]:
    """The names that statements of a module bind."""
    found: dict[str, None] = {}
    for one in statements:
        if isinstance(one, ast.FunctionDef | ast.ClassDef):
            found[one.name] = None
            continue
        targets = one.targets if isinstance(one, ast.Assign) else [getattr(one, "target", one)]
        found |= {
            name.id: None
            for each in targets
            for name in ast.walk(each)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        }
    return list(found)


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


# -- code for a number ---------------------------------------------------------------------------


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


# -- code for a model ----------------------------------------------------------------------------


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
