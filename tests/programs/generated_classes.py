"""Random modules with custom layers, and a model of these layers."""

from __future__ import annotations

from random import Random

HEAD = "import keras\nfrom keras import layers, ops\n\n"

WEIGHTS = """
{registered}class {name}(layers.Layer):
    def __init__(self, units, use_bias={use_bias}, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.use_bias = use_bias

    def build(self, input_shape):
        width = {factor} * self.units
        self.kernel = self.add_weight(shape=(input_shape[-1], width), name="kernel")
        if self.use_bias:
            self.bias = self.add_weight(shape=(width,), trainable={trainable}, name="bias")
        self.built = True

    def call(self, inputs):
        outputs = ops.matmul(inputs, self.kernel)
        return outputs + self.bias if self.use_bias else outputs

    def get_config(self):
        return {{**super().get_config(), "units": self.units, "use_bias": self.use_bias}}
"""
LAYERS_INSIDE = """
{registered}class {name}(layers.Layer):
    def __init__(self, units, depth={factor}, **kwargs):
        super().__init__(**kwargs)
        self.units, self.depth = units, depth
        self.blocks = [layers.Dense(units, use_bias={use_bias}) for _ in range(depth)]
        self.norm = layers.LayerNormalization()
        self.last = layers.Dense({factor}, trainable={trainable})

    def call(self, inputs):
        x = inputs
        for block in self.blocks:
            x = block(x)
        return self.last(self.norm(x))

    def get_config(self):
        config = super().get_config()
        config.update(units=self.units, depth=self.depth)
        return config
"""
DERIVED = """
{registered}class {name}(layers.LayerNormalization):
    def __init__(self, units, start={factor}, **kwargs):
        kwargs.setdefault("center", {use_bias})
        super().__init__(**kwargs)
        self.units, self.start = units, start

    def build(self, input_shape):
        super().build(input_shape)
        self.mix = self.add_weight(
            shape=(input_shape[-1], self.start * self.units), name="mix", trainable={trainable}
        )

    def call(self, inputs):
        return ops.matmul(super().call(inputs), self.mix)

    def get_config(self):
        return {{**super().get_config(), "units": self.units, "start": self.start}}
"""
CELL = """
{registered}class {name}(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units
        self.project = layers.Dense({factor} * units, use_bias={use_bias})

    def build(self, input_shape):
        self.recurrent = self.add_weight(shape=({factor} * self.units, self.units), name="r")
        self.project.build(input_shape)
        self.built = True

    def call(self, inputs, states):
        state = ops.tanh(ops.matmul(self.project(inputs), self.recurrent) + states[0])
        return state, [state]

    def get_config(self):
        return {{**super().get_config(), "units": self.units}}
"""
KINDS = (WEIGHTS, LAYERS_INSIDE, DERIVED, CELL)


def module_and_model(random: Random) -> tuple[str, str]:
    """A module with classes, and lines that bind `model` to a model of these classes."""
    kinds = random.sample(KINDS, random.randint(1, 3))
    text, calls = HEAD, []
    for i, kind in enumerate(kinds):
        name = f"Own{i}"
        registered = random.choice(
            ("", "@keras.saving.register_keras_serializable(package='mine')\n")
        )
        text += kind.format(
            name=name, registered=registered, factor=random.randint(1, 3),
            use_bias=random.random() < 0.5, trainable=random.random() < 0.5,
        )  # fmt: skip
        made = f"{name}({random.randint(2, 9)})"
        if kind is CELL:
            made = f"layers.RNN({made}, return_sequences=True)"
        calls += [made, *random.sample(PLAIN, random.randint(0, 2))]
    shape = (random.randint(2, 6), random.randint(2, 6))
    if random.random() < 0.5:
        inside = ", ".join([f"keras.Input({shape})", *calls])
        return text, f"model = keras.Sequential([{inside}])\n"
    lines = [f"inputs = x = keras.Input({shape})", *(f"x = {call}(x)" for call in calls)]
    return text, "\n".join([*lines, "model = keras.Model(inputs, x)"]) + "\n"


PLAIN = ("layers.Dropout(0.1)", "layers.Dense(4)", "layers.LSTM(3, return_sequences=True)")
