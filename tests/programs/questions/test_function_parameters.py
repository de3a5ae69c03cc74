"""Parameters without a value, of functions and classes that the program never calls."""

from __future__ import annotations

import math

import pytest

from tests.programs.pasting import count, pasted

BEFORE = "import keras\nfrom keras import Model, Sequential, layers\n"
# By the way that the class is used: a function, and its parameters with a GRU and 4 features.
OF_CLASSES = {
    "called on a tensor": (
        "def make(cell, features):\n"
        "    x = layers.Input((None, features))\n"
        "    y = cell(8, return_sequences=True)(x)\n"
        "    return Model(x, layers.Dense(5)(cell(units=8)(y)))",
        3 * 8 * (4 + 8 + 2) + 3 * 8 * (8 + 8 + 2) + 5 * 9,
    ),
    "in a wrapper": (
        "def make(cell, features):\n"
        "    x = layers.Input((6, features))\n"
        "    return Model(x, layers.Bidirectional(cell(8))(x))",
        2 * 3 * 8 * (4 + 8 + 2),
    ),
    "added": (
        "def make(cell, features):\n"
        "    model = Sequential([layers.Input((6, features))])\n"
        "    model.add(cell(8))\n"
        "    return model",
        3 * 8 * (4 + 8 + 2),
    ),
    "by its name": (
        "class Net:\n"
        "    def __init__(self, cell, *, features):\n"
        "        x = layers.Input((None, features))\n"
        "        more = {'use_bias': False} if cell.__name__ == 'GRU' else {}\n"
        "        self.model = Model(x, layers.Bidirectional(cell(units=8, **more))(x))",
        2 * 3 * 8 * (4 + 8),
    ),
}


@pytest.mark.parametrize(("code", "params"), OF_CLASSES.values(), ids=OF_CLASSES)
def test_the_class_of_a_layer_is_asked_for(code, params):
    answer = pasted(BEFORE + code)
    assert answer.settings == {"cell": "LSTM", "features": 3}
    assert answer.total is not None
    given = {"cell": "GRU", "features": 4}
    assert count(BEFORE + code, given)[0] == params


def test_a_parameter_that_is_called_for_something_else_is_not_a_class():
    code = (
        "def make(block, size):\n"
        "    x = layers.Input((size,))\n"
        "    return Model(x, layers.Dense(size)(block(x, 4)))"
    )
    total, messages, _ = count(BEFORE + code, {"size": 3})
    assert total is None
    assert not any("--set block" in message for message in messages)


@pytest.mark.parametrize("base", ["Xception", "MobileNet", "ResNet50"])
def test_the_shape_of_an_input_that_a_base_model_takes_is_asked_for(base):
    code = (
        "from keras import applications\n"
        "def body(inputs, classes):\n"
        f"    base = applications.{base}(input_tensor=inputs, include_top=False, weights=None)\n"
        "    features = base.layers[-1].output\n"
        "    return Model(inputs, layers.Dense(classes)(features))"
    )
    answer = pasted(BEFORE + code)
    assert [*answer.settings] == ["inputs.shape", "classes"]
    alone = f"model = keras.applications.{base}(include_top=False, weights=None)"
    features = 1024 if base == "MobileNet" else 2048
    assert answer.total == count(BEFORE + alone, {})[0] + (features + 1) * 3


@pytest.mark.parametrize("image", ["inputs", "layers.Rescaling(0.1)(inputs)"])
def test_an_image_of_unknown_shape_that_a_base_model_takes_is_asked_for(image):
    code = (
        "from keras import applications\n"
        "def build(size):\n"
        "    inputs = layers.Input(shape=size)\n"
        f"    base = applications.VGG16(input_tensor={image}, include_top=False, weights=None)\n"
        "    _, high, wide, many = base.output._shape\n"
        "    return Model(inputs, layers.Reshape((high, wide * many))(base.output))"
    )
    answer = pasted(BEFORE + code)
    assert [*answer.settings] == ["size"]
    assert answer.total == 14714688


@pytest.mark.parametrize(
    ("after", "image"), [("y", [3]), ("layers.Conv2D(4, 3, padding='same')(y)", [28, 28, 3])]
)
@pytest.mark.parametrize("is_method", [False, True])
def test_the_shape_that_a_reshape_makes_is_asked_for_as_a_list(is_method, after, image):
    body = (
        "x = layers.Input((latent,))\n"
        "y = layers.Reshape(image)(layers.Dense(np.prod(image))(x))\n"
        f"model = Model(x, {after})\n"
    )
    lines = body.replace("image", "self.image") if is_method else body + "return model\n"
    indented = "".join(f"        {line}\n" for line in lines.splitlines())
    code = f"def make(latent, image):\n    if True:\n{indented}"
    if is_method:
        code = (
            "class Net:\n    def __init__(self, latent, image):\n        self.image = image\n"
            f"{indented}        self.model = model\n"
        )
    answer = pasted(f"import numpy as np\n{BEFORE}{code}")
    assert answer.settings == {"latent": 3, "image": image}
    assert answer.total == 4 * math.prod(image) + (112 if len(image) > 1 else 0)


def test_arguments_that_options_pass_on_to_a_base_are_asked_for():
    code = """class Base:
    def __init__(self, size, rate=0.1):
        self.size = size
        self.model = self.build()
class Net(Base):
    def __init__(self, units, **options):
        self.units = units
        super().__init__(**options)
    def build(self):
        x = layers.Input((self.size,))
        return Model(x, layers.Dense(self.units)(x))
"""
    answer = pasted(BEFORE + code)
    assert answer.settings == {"size": 3, "units": 3}
    assert answer.total == 12
