"""Classes of a program: which of several bases an attribute comes from."""

from __future__ import annotations

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs.reading import read_python
from lstmcount.shapes import Unknown

PROGRAM = b"""
from keras import Sequential, layers

class A:
    units = 2

class B(A):
    pass

class C(A):
    units = 5

class D(B, C):
    pass

model = Sequential([layers.Input((3,)), layers.Dense(D().units)])
"""


def test_a_class_comes_before_the_bases_that_it_shares_with_others():
    assert read_python(PROGRAM).layers[1].arguments["units"] == 5


FUNCTIONAL = """
import keras
from keras import layers

class Net(keras.Model):
    def __init__(self):
        x = keras.Input((5,))
        hidden = layers.Dense(3)
        super().__init__(x, layers.Dense(2)(hidden(x)))
        self.hidden = hidden
        ATTRIBUTES

MODEL
"""
NET = 5 * 3 + 3 + 3 * 2 + 2
ATTRIBUTES = [
    ("pass", NET),
    ("self.later = layers.Dense(7)", NET),  # it is never built
    ("self.other = layers.Dense(7)\n        self.other.build((None, 2))", NET + 21),
    ("self.critic = keras.Sequential([keras.Input((2,)), layers.Dense(1)])", NET + 3),
    ("self.part = keras.Model(x, hidden(x))", NET),  # its layers are in the graph, too
    ("self.scale = self.add_weight(shape=(6,))", NET + 6),
]


@pytest.mark.parametrize(("attributes", "count"), ATTRIBUTES)
@pytest.mark.parametrize("inside", [False, True])
def test_layers_that_only_attributes_of_a_functional_model_hold(attributes, count, inside):
    """Keras counts these layers without listing them."""
    model = "y = keras.Input((5,))\nmodel = keras.Model(y, Net()(y))" if inside else "model = Net()"
    program = FUNCTIONAL.replace("ATTRIBUTES", attributes).replace("MODEL", model)
    summary = infer(read_python(program.encode()))
    assert summary.total_params == count
    assert len(summary.layers) == (2 if inside else 3)


UNTRACKED = """
import keras
from keras import layers
outside = layers.Dense(7)

class Own(BASE):
    def __init__(self):
        super().__init__()
        self.inside = layers.Dense(3)
    def call(self, x):
        return self.inside(outside(x))

y = keras.Input((5,))
MODEL
"""


@pytest.mark.parametrize(
    ("base", "model"),
    [
        ("keras.Model", "model = Own()\nmodel(y)"),
        ("keras.Model", "model = keras.Model(y, Own()(y))"),
        ("layers.Layer", "model = keras.Model(y, Own()(y))"),
    ],
)
def test_a_layer_that_no_attribute_holds_is_not_counted(base, model):
    program = UNTRACKED.replace("BASE", base).replace("MODEL", model)
    assert infer(read_python(program.encode())).total_params == 7 * 3 + 3


WITHOUT_CALL = b"""
import keras
class Block(keras.Model):
    def __init__(self, n=1, **kwargs):
        super().__init__()
        self.parts = [keras.layers.Dense(n), keras.layers.Dense(u)]
class Scaled(keras.layers.Layer):
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], SIZE))
    def call(self, x):
        return x
inputs = keras.Input((None, 4))
model = keras.Sequential([inputs, LAYERS])
model(keras.ops.zeros((2, 5, 4)))
"""


@pytest.mark.parametrize("layers", [b"Block(3), Block(n=4)", b"Block(n=4), Scaled()", b"Block()"])
def test_a_model_without_call_has_an_unknown_output(layers):
    program = WITHOUT_CALL.replace(b"LAYERS", layers)
    assert isinstance(infer(read_python(program)).total_params, Unknown)


@pytest.mark.parametrize("size", [b"(5, 4)", b"None", b"2.5", b"'a'", b"[3]"])
def test_a_weight_s_dimension_is_a_number_or_unknown(size):
    program = WITHOUT_CALL.replace(b"LAYERS", b"Scaled()").replace(b"SIZE", size)
    total = infer(read_python(program)).total_params
    assert "the shape of self.add_weight" in str(total)


HEAD = """
import keras
from keras import layers, ops
"""
WIDE = "ops.concatenate([x, x], axis=-1)"
OWN_SHAPE = "    def compute_output_shape(self, shape):\n        return {}\n"
OWN_SPEC = "    def compute_output_spec(self, x):\n        return keras.KerasTensor((None, 7))\n"
# The base class, the result of `call`, more methods, the layer in a model with 4 input features,
# and the parameters that Keras 3 counts, including those of the following Dense(3)
DECLARED = {
    "its own shape": ("Layer", WIDE, OWN_SHAPE.format("shape"), "Own()", 15),
    "a list": ("Layer", WIDE, OWN_SHAPE.format("[*shape[:-1], 12]"), "Own()", 39),
    "its own spec": ("Layer", WIDE, OWN_SPEC, "Own()", 24),
    "of the class above": ("Dense", "ops.concatenate([x, super().call(x)], -1)", "", "Own(5)", 43),
    "where its call gives none": (
        "Layer",
        "ops.reshape(x, (-1, x.shape[0]))",
        OWN_SHAPE.format("(shape[0], 4)"),
        "Own()",
        15,
    ),
    "without its call": ("LayerNormalization", WIDE, "", "Own()", 23),
    "of a tensor for two": ("Dropout", "(x, x)", "", "Own(0.5)", 15),
    "its own, by the class above": (
        "Dense",
        "ops.concatenate([super().call(x)] * 2, -1)",
        OWN_SHAPE.format("(*super().compute_output_shape(shape)[:-1], 9)"),
        "Own(5)",
        55,
    ),
    "inside another layer": ("Dense", WIDE, "", "Outer(Own(5))", 25 + 27),
    "at every step": (
        "Dense",
        WIDE,
        "",
        "layers.Reshape((1, 4)), layers.TimeDistributed(Own(5))",
        25 + 18,
    ),
    "none of a cell": (
        "SimpleRNNCell",
        "super().call(x, states)",
        "",
        "layers.Reshape((1, 4)), layers.RNN(Own(5))",
        50 + 18,
    ),
    "named as an operation": ("Layer", WIDE, OWN_SHAPE.format("shape"), "Dot()", 15),
}


@pytest.mark.parametrize("case", DECLARED)
def test_declared_output_shapes(case: str) -> None:
    """Keras uses the shape that the class or its built-in base class declares, whatever `call`
    gives, unless the `call` of an outer layer runs.
    """
    base, result, methods, used, total = DECLARED[case]
    name = "Dot" if used == "Dot()" else "Own"
    arguments = "self, x, states, training=False" if "Cell" in base else "self, x"
    program = (
        f"{HEAD}class {name}(layers.{base}):\n    def call({arguments}):\n"
        f"        return {result}\n{methods}"
        "class Outer(layers.Layer):\n    def __init__(self, inner):\n"
        "        super().__init__()\n        self.inner = inner\n"
        "    def call(self, x):\n        return self.inner(x)\n"
        f"model = keras.Sequential([keras.Input((4,)), {used}, layers.Dense(3)])\n"
    )
    assert infer(read_python(program.encode())).total_params == total


def test_a_declared_shape_is_noted_and_holds_for_one_input() -> None:
    own = f"class Own(layers.Layer):\n    def call(self, x):\n        return {WIDE}\n"
    program = f"{HEAD}{own}{OWN_SHAPE.format('shape')}own = Own()\nx = keras.Input((4,))\n"
    one = f"{program}model = keras.Model(x, own(x))\n"
    (note,) = infer(read_python(one.encode())).notes
    assert "`call` of Own gives (None, 8); Keras 3 takes the (None, 4) that its class" in note
    several = f"{program}y = keras.Input((6,))\nmodel = keras.Model([x, y], [own(x), own(y)])\n"
    with pytest.raises(LstmcountError, match="Own is called on several shapes"):
        infer(read_python(several.encode()))


def test_models_that_keras_3_refuses_to_build_are_refused_or_noted() -> None:
    """The `build` of an LSTM needs shapes named after the arguments of its `call`."""
    own = "class Own(layers.LSTM):\n    def call(self, x):\n        return super().call(x)[:, -1]\n"
    used = "model = keras.Sequential([keras.Input((5, 4)), Own(3, return_sequences=True)])\n"
    with pytest.raises(LstmcountError, match="has no argument `sequences`"):
        infer(read_python(f"{HEAD}{own}{used}".encode()))
    head = HEAD.replace(", ops", "")  # which only Keras 3 has
    summary = infer(read_python(f"{head}{own}{used}".encode()))
    assert summary.total_params == 4 * 3 * (4 + 3 + 1)
    assert "`call` of Own has no argument `sequences`" in summary.notes[0]


def test_operations_inside_a_call_share_no_name_with_layers() -> None:
    program = (
        f"{HEAD}class Own(layers.Layer):\n    def __init__(self):\n        super().__init__()\n"
        "        self.add = layers.Add()\n        self.dense = layers.Dense(4)\n"
        "    def call(self, x):\n        return self.add([x, x + self.dense(x)])\n"
        "model = keras.Sequential([keras.Input((4,)), Own()])\n"
    )
    assert infer(read_python(program.encode())).total_params == 20


CELL = f"""{HEAD}
import numpy as np
class Cell(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(6)
        self.state_size = self.output_size = 6
    def call(self, x, states):
        h = self.dense(ops.concatenate([x, states[0]], -1))
        return h, [h]
model = keras.Sequential([keras.Input((5, 4)), layers.RNN(Cell()), layers.Dense(1)])
"""


@pytest.mark.parametrize(
    ("line", "total"),
    [("", 7), ("model(keras.Input((5, 4)))", 7), ("y = model(np.zeros((1, 5, 4)))", 73)],
)
def test_layers_of_a_cell_have_weights_once_the_model_runs(line: str, total: int) -> None:
    summary = infer(read_python(f"{CELL}{line}\n".encode()))
    assert summary.total_params == total
    assert any("no weights before" in note for note in summary.notes) == (total == 7)


OWN = """
class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = layers.Dense(5)
    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1], 2))
    def call(self, x):
        return self.inner(x)
class Told(Own):
    def compute_output_shape(self, shape):
        return (*shape[:-1], 5)
class Last(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = layers.LSTM(5)
    def call(self, x):
        return self.inner(x)
    def compute_output_shape(self, shape):
        return (shape[0], 5)
class Wrap(layers.Wrapper):
    def call(self, x):
        return self.layer(x)
class ToldWrap(Wrap):
    def compute_output_shape(self, shape):
        return self.layer.compute_output_shape(shape)
"""
OF_FOUR = "keras.Sequential([keras.Input((4,)), Told(), layers.Dense(2)])"
# What a model holds, the shape of its input, and the parameters that Keras 3 counts
WRAPPED = {
    "at every step": ("layers.TimeDistributed(Told())", (7, 4), 8),
    "at every step of every step": (
        "layers.TimeDistributed(layers.TimeDistributed(Told()))",
        (3, 7, 4),
        8,
    ),
    "without a build": ("layers.TimeDistributed(Last())", (3, 7, 4), 0),
    "in a Sequential": (
        "layers.TimeDistributed(keras.Sequential([Told(), layers.Dense(2)]))",
        (7, 4),
        8 + 12,
    ),
    "in a built Sequential": (f"layers.TimeDistributed({OF_FOUR})", (7, 4), 8 + 12),
    "a class that Keras runs, in a Sequential": (
        "layers.TimeDistributed(keras.Sequential([Own(), layers.Dense(2)]))",
        (7, 4),
        8 + 25 + 12,
    ),
    "a Lambda": (
        "layers.TimeDistributed(layers.Lambda(lambda x: x[:, :2])), layers.Dense(3)",
        (7, 4),
        9,
    ),
    "a wrapper of one's own": ("Wrap(Told())", (4,), 8 + 25),
    "a wrapper that declares its shape": ("ToldWrap(Told())", (4,), 8),
}


@pytest.mark.parametrize("case", WRAPPED)
def test_a_wrapped_layer_that_declares_its_shape_is_only_built(case: str) -> None:
    held, shape, total = WRAPPED[case]
    program = f"{HEAD}{OWN}model = keras.Sequential([keras.Input({shape}), {held}])\n"
    assert infer(read_python(program.encode())).total_params == total


def test_a_wrapped_layer_has_its_weights_once_the_model_runs() -> None:
    program = (
        f"{HEAD}{OWN}model = keras.Sequential([keras.Input((7, 4)), layers.TimeDistributed(Told())"
        "])\nmodel(keras.ops.zeros((2, 7, 4)))\n"
    )
    assert infer(read_python(program.encode())).total_params == 8 + 25


def test_what_time_distributed_refuses_is_refused_or_noted() -> None:
    program = (
        f"{HEAD}{OWN}x = keras.Input((7, 4))\nmodel = keras.Model(x, layers.TimeDistributed("
        "Own())(x))\n"
    )
    refused = "Own in TimeDistributed has no `compute_output_shape`; Keras 3 refuses it"
    with pytest.raises(LstmcountError, match=refused):
        infer(read_python(program.encode()))
    program = program.replace("ops.", "tensorflow.").replace(", ops", "")
    assert refused in infer(read_python(program.encode())).notes[0]


NAMED_LIKE_KERAS = """
import keras
from keras import layers

class Own(layers.Layer):
    def __init__(self):
        self.{name} = []
        super().__init__()
        self.{name}.append(layers.Dense(4))

    def call(self, x):
        for layer in self.{name}:
            x = layer(x)
        return x

i = keras.Input((10, 3))
model = keras.Model(i, layers.Dense(1)(Own()(i)))
"""


@pytest.mark.parametrize("name", ["layers", "_layers", "outputs", "inbound_nodes"])
def test_a_layer_may_hold_its_layers_under_names_that_models_have(name):
    assert infer(read_python(NAMED_LIKE_KERAS.format(name=name).encode())).total_params == 21


def test_keras_counts_only_the_layers_in_the_list_that_replaces_its_own():
    others = "        self.{name} = []\n        self.a = layers.Dense(2)\n"
    program = NAMED_LIKE_KERAS.replace("        self.{name} = []\n", others, 1)
    program = program.replace("return x", "return self.a(x)").format(name="_layers")
    assert infer(read_python(program.encode())).total_params == 19


def test_the_layers_of_a_model_cannot_be_set():
    program = NAMED_LIKE_KERAS.format(name="layers").replace("layers.Layer", "keras.Model")
    with pytest.raises(LstmcountError, match="`layers` of Own cannot be set"):
        read_python(program.encode())


BUILT_IN_BUILD = """
import keras
from keras import layers

class Block(layers.Layer):
    def build(self, shape):
        self.inner = layers.Conv1D(4, 3, padding="causal")
        self.inner.build(shape)
        self.shape = self.inner.compute_output_shape(shape)

    def call(self, x):
        return self.inner(x)

class Own(layers.Layer):
    def build(self, shape):
        self.block = Block()
        self.block.build(shape)
        self.shape = self.block.shape

    def compute_output_shape(self, shape):
        if not self.built:
            self.build(shape)
        return self.shape

    def call(self, x):
        return self.block(x)

i = keras.Input((10, 3))
model = keras.Model(i, layers.Dense(1)(Own()(i)))
"""


def test_a_layer_whose_build_the_program_calls_has_weights():
    assert infer(read_python(BUILT_IN_BUILD.encode())).total_params == 45


UNDECLARED = """
from keras import Input, Model, Sequential, layers, ops
class Own(layers.Layer):
    def call(self, x): return ops.concatenate([x, x])
class Net(Model):
    def __init__(self): super().__init__(); self.inner = layers.Dense(6)
    def call(self, x): return self.inner(x)
class Wide(layers.Dense): pass
shape = (None, 4)
def size(layer):
    try: return layer.compute_output_shape(shape)[-1]
    except NotImplementedError: return 1
x = Input(shape[1:])
inner = [Own(), Net(), Wide(3), Sequential([x, layers.Dense(2)]), Model(x, layers.Dense(7)(x))]
model = Sequential([Input((1,)), *[layers.Dense(size(each), use_bias=False) for each in inner]])
"""


def test_a_class_without_an_output_shape_declares_none():
    assert infer(read_python(UNDECLARED.encode(), model="model")).total_params == 25
    program = UNDECLARED.replace("except NotImplementedError", "except KeyError")
    with pytest.raises(LstmcountError, match="Own has no `compute_output_shape`"):
        read_python(program.encode(), model="model")


@pytest.mark.oracle
def test_a_class_without_an_output_shape_declares_none_in_keras():
    pytest.importorskip("keras")
    namespace = {}
    exec(UNDECLARED, namespace)
    assert namespace["model"].count_params() == 25


@pytest.mark.parametrize(
    "shape",
    [
        "layers.Lambda(lambda x: x[:, -1]).compute_output_shape(shape)",
        "layers.Lambda(lambda x: x).compute_output_shape(input_shape=shape)",
    ],
)
def test_the_output_shape_of_a_lambda_is_that_of_its_function(shape):
    program = BUILT_IN_BUILD.replace("layers.Conv1D(4,", f"layers.Conv1D(({shape})[-1] + 1,")
    assert infer(read_python(program.encode())).total_params == 45


def test_the_call_of_a_layer_that_is_built_and_its_unlisted_parameters():
    called = "\n        ".join(
        [
            "flag = 'training' in dict(inspect.signature(self.inner.call).parameters)",
            "return self.inner.call(x, training=True) if flag else self.inner.call(x)",
        ]
    )
    program = BUILT_IN_BUILD.replace("return self.inner(x)", called)
    program = program.replace(
        "        return self.block(x)",
        "        try:\n            return self.block(x)\n"
        "        except TypeError:\n            return self.block(keras.ops.cast(x, 'float32'))",
    )
    assert infer(read_python(f"import inspect\n{program}".encode())).total_params == 45


def test_an_unknown_training_that_a_method_passes_on_has_no_weights():
    program = """
import tensorflow as tf
from tensorflow.keras import Input, Model, layers

class Norm(layers.BatchNormalization):
    def call(self, x, training=False):
        training = tf.logical_and(tf.constant(training), self.trainable)
        return super().call(x, training)

i = Input((8, 8, 3))
model = Model(i, Norm()(layers.Conv2D(4, 3)(i)))
"""
    assert infer(read_python(program.encode())).total_params == 112 + 16


OF_CLASSES = """
from keras import Input, Model, Sequential, layers
class Wide(layers.Dense): pass
class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = layers.Dense(2)
    def call(self, x): return self.inner(x)
class Net(Model):
    def __init__(self):
        super().__init__()
        self.inner = layers.Dense(2)
    def call(self, x): return self.inner(x)
class Chain(Sequential): pass
x = Input((3,))
"""
TRUE = """
isinstance(Wide(2), layers.Dense), isinstance(Wide(2), Wide), isinstance(Block(), Block)
isinstance(Block(), layers.Layer), isinstance(Net(), Model), isinstance(Chain(), Sequential)
isinstance(Chain(), Model), isinstance(layers.LSTM(3), layers.RNN), type(Block()) is Block
isinstance(layers.SpatialDropout1D(0.1), layers.Dropout), isinstance(Sequential(), Model)
isinstance(layers.TimeDistributed(layers.Dense(2)), layers.Wrapper), type(Wide(2)) == Wide
isinstance(Model(x, layers.Dense(2)(x)), Model), issubclass(Wide, layers.Layer)
issubclass(layers.LSTM, layers.RNN), issubclass(Chain, Model), issubclass(Wide, layers.Dense)
""".replace("\n", ", ")
FALSE = """
isinstance(Block(), Model), isinstance(Net(), Sequential), isinstance(layers.Dense(2), Wide)
isinstance(layers.LSTM(3), layers.GRU), isinstance(Model(x, layers.Dense(2)(x)), Sequential)
isinstance(Block(), Wide), issubclass(layers.RNN, layers.LSTM), type(Wide(2)) is layers.Dense
""".replace("\n", ", ")


@pytest.mark.parametrize(("checks", "expected"), [(TRUE, 1), (FALSE, 0)])
def test_the_classes_that_a_layer_is_an_instance_of(checks, expected):
    program = f"{OF_CLASSES}checks = [{checks.strip(', ')}]\n"
    program += "model = Sequential([Input((1,)), layers.Dense(1 + sum(checks))])\n"
    program += "model.add(layers.Dense(len(checks)))"
    summary = infer(read_python(program.encode()))
    first, second = [layer.weights[1].shape[0] for layer in summary.layers]
    assert first == 1 + expected * second


SPEC = """
import keras, numpy as np
from keras import layers, ops
class Own(layers.Layer):
    def __init__(self): super().__init__(); self.inner = layers.Dense(3)
    {build}
    def call(self, x): return self.inner(x)
    def compute_output_spec(self, x): return keras.KerasTensor((None, 3))
i = keras.Input((4,))
model = keras.Model(i, layers.Dense(2)(Own()(i)))
"""
WITH_SPEC = {  # with an own `build`, Keras does not run `call` before the model runs
    SPEC.format(build="def build(self, shape): self.built = True"): 8,
    SPEC.format(build="def build(self, shape): self.inner.build(shape)"): 23,
    SPEC.format(build=""): 23,
    SPEC.format(build="def build(self, shape): self.built = True")
    + "model.predict(np.ones((2, 4)))\n": 23,
}


@pytest.mark.parametrize(("program", "count"), WITH_SPEC.items())
def test_the_call_of_a_class_that_declares_its_output_is_not_run(program, count):
    assert infer(read_python(program.encode())).total_params == count


@pytest.mark.oracle
@pytest.mark.parametrize(("program", "count"), WITH_SPEC.items())
def test_the_call_of_a_class_that_declares_its_output_in_keras(program, count):
    pytest.importorskip("keras")
    namespace = {}
    exec(program, namespace)
    assert namespace["model"].count_params() == count
