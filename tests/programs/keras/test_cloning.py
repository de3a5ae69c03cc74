"""Copies of models have weights of their own; those with an unknown part are refused."""

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

BEFORE = """
import keras
from keras import Input, Model, Sequential, layers
from elsewhere import make
x = Input((4,))
base = Model(x, layers.Dense(3, name="out")(x))
config = base.get_config()
"""
REFUSED = {
    "a function that nobody can see": "model = keras.models.clone_model(base, clone_function=make)",
    "a layer that was taken out": 'del config["layers"][-1]\nmodel = Model.from_config(config)',
    "a layer that was added": (
        'config["layers"].append({"class_name": "Dense", "name": "more", "config": {"units": 2}})\n'
        "model = Model.from_config(config)"
    ),
}

TWICE = """
import keras
from keras import Input, Model, Sequential, layers
x = Input((4,))

@keras.saving.register_keras_serializable()
class Own(layers.Layer):
    def __init__(self, n=2, **options):
        super().__init__(**options)
        self.n, self.parts = n, [layers.Dense(n), layers.Dense(1)]
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1],))
    def call(self, x):
        return self.parts[1](self.parts[0](x * self.w))
@keras.saving.register_keras_serializable()
class OwnCell(layers.Layer):
    state_size = 3
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3))
    def call(self, x, states):
        return x @ self.w, [x @ self.w]

def twice(model):
    copy = keras.models.clone_model(model)
    model.trainable = False
    return Model(x, [model(x), Sequential([copy])(x)])
"""
COUNTED = {  # and the numbers of all weights, and of those that train
    "nested models": (
        "inner = Sequential([Input((4,)), layers.Dense(3)], name='inner')\n"
        "model = twice(Model(x, layers.Dense(2)(inner(x))))",
        46,
        23,
    ),
    "a layer of an own class": ("model = twice(Model(x, Own(5)(x)))", 70, 35),
    "an own class that names its arguments": (
        "class Named(Own):\n    def get_config(self): return super().get_config() | {'n': 3}\n"
        "model = twice(Model(x, Named(5)(x)))",
        58,
        23,
    ),
    "a cell of an own class": (
        "model = twice(Sequential([x, layers.Reshape((2, 2)), layers.RNN(OwnCell())]))",
        12,
        6,
    ),
}


COUNTED |= {  # a config says whether its functional model trains
    "a config of a frozen model": (
        "frozen = Model(x, layers.Dense(3)(layers.Dense(2)(x))); frozen.trainable = False\n"
        "frozen.layers[1].trainable = True\nmodel = Model.from_config(frozen.get_config())",
        19,
        0,
    ),
    "a description of a frozen model": (
        "frozen = Model(x, layers.Dense(3)(x)); frozen.trainable = False\n"
        "frozen.layers[1].trainable = True\n"
        "model = keras.models.model_from_json(frozen.to_json())",
        15,
        0,
    ),
    "a config of a frozen model that is edited": (
        "frozen = Model(x, layers.Dense(3)(x)); frozen.trainable = False\n"
        "frozen.layers[1].trainable = True; config = frozen.get_config()\n"
        "config['trainable'] = True; model = Model.from_config(config)",
        15,
        15,
    ),
}

DEEP = "base = {}; config = base.get_config()\n"
OF_TWO = DEEP.format("Model(x, layers.Dense(2)(layers.Dense(3)(x)))")
SEQUENTIAL = DEEP.format("Sequential([x, layers.Dense(3), layers.Dense(2)])")
OF_IMAGES = DEEP.format(
    "Sequential([Input((8, 8, 3)), layers.Conv2D(2, 3), layers.GlobalMaxPooling2D()])"
)
COUNTED |= {  # Keras builds the layers of a config as they were built
    "units of the last layer": (
        f"{OF_TWO}config['layers'][2]['config']['units'] = 7\nmodel = Model.from_config(config)",
        43,
        43,
    ),
    "units of a layer": (
        "dense = layers.Dense(3); dense(x); config = dense.get_config(); config['units'] = 7\n"
        "model = Sequential([x, layers.Dense.from_config(config)])",
        35,
        35,
    ),
    "units of a Sequential that is not built": (
        "base = Sequential([layers.Dense(3), layers.Dense(2)]); config = base.get_config()\n"
        "config['layers'][0]['config']['units'] = 7\n"
        "model = Sequential.from_config(config); model.build((None, 4))",
        51,
        51,
    ),
    "a bias": (
        f"{SEQUENTIAL}config['layers'][1]['config']['use_bias'] = False\n"
        "model = Sequential.from_config(config)",
        20,
        20,
    ),
    "larger images": (
        f"{OF_IMAGES}config['layers'][0]['config']['batch_shape'] = (None, 9, 9, 3)\n"
        "model = Sequential.from_config(config)\n"
        "model = Sequential([model, layers.Dense(model.input_shape[1], use_bias=False)])",
        74,
        74,
    ),
}
MISFITS = [  # what Keras refuses
    f"{OF_TWO}config['layers'][1]['config']['units'] = 7\nmodel = Model.from_config(config)",
    f"{OF_TWO}config['layers'][0]['config']['batch_shape'] = (None, 9)\n"
    "model = Model.from_config(config)",
    f"{SEQUENTIAL}config['layers'][1]['config']['units'] = 7\n"
    "model = Sequential.from_config(config)",
    f"{SEQUENTIAL}config['layers'][0]['config']['batch_shape'] = (None, 9)\n"
    "model = Sequential.from_config(config)",
    f"{OF_IMAGES}config['layers'][0]['config']['batch_shape'] = (None, 8, 8, 4)\n"
    "model = Sequential.from_config(config)",
    "dense = layers.Dense(3); dense(x); made = layers.serialize(dense)\n"
    "model = Sequential([Input((5,)), layers.deserialize(made)])",
]

OF_DENSE = (  # a model in a model, and a function that makes their layers of type Dense wider
    "inner = {inner}\nbase = Model(x, layers.Dense(3)(inner(inner(x))))\n"
    "def wider(layer):\n"
    "    config = layer.get_config()\n"
    "    if isinstance(layer, layers.Dense): config['use_bias'] = False\n"
    "    return layer.__class__.from_config(config)\n"
)
SEQUENTIAL_INNER = OF_DENSE.format(inner="Sequential([x, layers.Dense(4)])")
FUNCTIONAL_INNER = OF_DENSE.format(inner="Model(x, layers.Dense(4)(x))")
CALLED = (
    "base = Model(x, layers.Dense(3)(keras.ops.relu(layers.Dense(2)(x))))\n"
    "def call(layer, *args, **kwargs):\n"
    "    result = layer(*args, **kwargs)\n"
    "    is_dense = isinstance(layer, layers.Dense)\n"
    "    return layers.BatchNormalization()(result) if is_dense else result\n"
)
CLONE = "model = keras.models.clone_model(base, "
COUNTED |= {
    "a function that makes layers": (f"{SEQUENTIAL_INNER}{CLONE}clone_function=wider)", 32, 32),
    "a function that makes layers inside, too": (
        f"{SEQUENTIAL_INNER}{CLONE}clone_function=wider, recursive=True)",
        28,
        28,
    ),
    "a function that makes layers inside a functional model, too": (
        f"{FUNCTIONAL_INNER}{CLONE}clone_function=wider, recursive=True)",
        28,
        28,
    ),
    "a function that calls layers": (f"{CALLED}{CLONE}call_function=call)", 39, 29),
    "a function that calls layers which are the same": (
        f"{CALLED}{CLONE}clone_function=lambda layer: layer, call_function=call)",
        39,
        29,
    ),
    "another input": (f"{CALLED}{CLONE}input_tensors=Input((6,)))", 23, 23),
    "another input of a Sequential": (
        f"base = Sequential([x, layers.Dense(3)])\n{CLONE}input_tensors=Input((6,)))",
        21,
        21,
    ),
    "other inputs": (
        "other = Input((1,)); base = Model([x, other], layers.Dense(3)(\n"
        f"    layers.concatenate([x, other])))\n{CLONE}[Input((2,)), Input((6,))])",
        27,
        27,
    ),
}


@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_a_copy_has_weights_of_its_own(program, total, trainable):
    summary = infer(read_python((TWICE + program).encode(), model="model"))
    assert (summary.total_params, summary.trainable_params) == (total, trainable)


@pytest.mark.oracle
@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_copies_in_keras(program, total, trainable):
    pytest.importorskip("keras")
    namespace = {}
    exec(TWICE + program, namespace)
    model = namespace["model"]
    assert model.count_params() == total
    assert sum(weight.value.size for weight in model.trainable_weights) == trainable


def test_the_copy_is_made_after_the_models_that_replace_its_layers():
    program = (
        f"{SEQUENTIAL_INNER}def other(layer):\n"
        "    if isinstance(layer, Model): return Sequential([x, layers.Dense(4, use_bias=False)])\n"
        "    return layer.__class__.from_config(layer.get_config())\n"
        f"{CLONE}clone_function=other)"
    )
    assert infer(read_python((TWICE + program).encode())).total_params == 31


@pytest.mark.parametrize("program", MISFITS)
def test_layers_of_a_config_are_built_as_they_were(program):
    with pytest.raises(LstmcountError, match="was built for"):
        infer(read_python((TWICE + program).encode(), model="model"))


@pytest.mark.oracle
@pytest.mark.parametrize("program", MISFITS)
def test_such_configs_are_refused_by_keras(program):
    pytest.importorskip("keras")
    with pytest.raises(ValueError, match="is incompatible with the layer"):
        exec(TWICE + program, {})


CELL = """
import keras
from keras import Input, Sequential, layers, ops
{register}
class Cell(layers.Layer):
    state_size = 3
    def build(self, shape): self.w = self.add_weight(shape=(shape[-1], 3))
    def call(self, x, states): return ops.matmul(x, self.w), states
{register}
class Wide(layers.LSTM): pass
model = Sequential([Input((5, 4)), layers.Bidirectional({layer})])
"""
REGISTERED = "@keras.saving.register_keras_serializable()"
OF_OWN = {"layers.RNN(Cell())": 24, "Wide(3)": 192}


@pytest.mark.parametrize(("layer", "total"), OF_OWN.items())
def test_a_bidirectional_copies_registered_classes_only(layer, total):
    registered = CELL.format(register=REGISTERED, layer=layer)
    assert infer(read_python(registered.encode())).total_params == total
    with pytest.raises(LstmcountError, match="in Bidirectional is not registered"):
        read_python(CELL.format(register="", layer=layer).encode())


@pytest.mark.oracle
@pytest.mark.parametrize(("layer", "total"), OF_OWN.items())
def test_such_copies_in_keras(layer, total):
    pytest.importorskip("keras")
    namespace = {}
    exec(CELL.format(register=REGISTERED, layer=layer), namespace)
    assert namespace["model"].count_params() == total
    with pytest.raises(TypeError, match=r"could not be deserialized|Could not locate"):
        exec(CELL.format(register="", layer=layer), {})


UNKNOWN = {
    "variables among seeds": "model.add(keras.layers.Dropout(0.5))\n"
    "for each in model.variables: each.trainable = False",
    "an attribute set by its name": "model.add(keras.layers.Dropout(0.5))\n"
    "[setattr(each, 'trainable', False) for each in model.variables]",
    "what another module returns": "import zoo\nzoo.part(model).trainable = False",
    "what another module returns, in a branch": (
        "import zoo\nfor each in zoo.parts(model):\n"
        "    if isinstance(each, keras.layers.Dense): each.trainable = False"
    ),
    "a description in a file": "other = keras.models.model_from_json(open('model.json').read())",
}


@pytest.mark.parametrize("program", UNKNOWN.values(), ids=UNKNOWN)
def test_effects_that_are_not_known_are_said(program):
    model = "import keras\nmodel = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\n"
    summary = infer(read_python((model + program).encode()))
    assert summary.total_params == 15
    assert any("is not known; " in note for note in summary.notes)


def test_inputs_of_a_model_from_a_config_keep_the_names_of_their_layers():
    summary = infer(read_python((BEFORE + "model = Model.from_config(config)").encode()))
    assert [layer.name for layer in summary.layers] == ["input_layer", "out"]


NESTED = [
    "Sequential([Input((4,)), layers.Dense(3)])",
    "Model(x, layers.Dense(3)(x))",
    "Sequential([Input((4,)), Sequential([layers.Dense(3)])])",
    "layers.Identity()(x); base = Sequential([layers.Dense(3)])",
]


@pytest.mark.parametrize("inner", NESTED)
@pytest.mark.parametrize("outer", ["Model(x, base(x))", "Sequential([Input((4,)), base])"])
def test_copies_share_no_weights_of_nested_models(inner, outer):
    program = (
        f"{BEFORE}base = {inner}\nfirst = {outer}\nsecond = keras.models.clone_model(first)\n"
        "model = Model(x, [first(x), Sequential([Input((4,)), second])(x)])\n"
    )
    summary = infer(read_python(program.encode()))
    assert summary.total_params == 2 * (4 * 3 + 3)


@pytest.mark.parametrize("program", REFUSED.values(), ids=REFUSED)
def test_a_clone_of_what_is_not_known_is_refused(program):
    with pytest.raises(LstmcountError, match=r"is not known|were changed"):
        read_python((BEFORE + program).encode(), model="model")


OF_UNKNOWN = {
    "a copy": "model = keras.models.clone_model(lost)",
    "of its config": "model = keras.Model.from_config(lost.get_config())",
    "a copied module": "import copy\nmodel = copy.deepcopy(lost)",
    "of a Sequential": "model = keras.models.clone_model(keras.Sequential(more))",
    "first in a Sequential": "model = keras.Sequential([lost, keras.layers.Dense(3)])",
    "in a Sequential": (
        "model = keras.Sequential([x, keras.Sequential(more), keras.layers.Dense(3)])"
    ),
    "called": "model = keras.Model(x, keras.layers.Dense(3)(lost(x)))",
    "in a subclass": (
        "class Own(keras.Model):\n"
        "    def __init__(self):\n        super().__init__()\n        self.inner = lost\n"
        "    def call(self, x): return self.inner(x)\n"
        "model = Own()\nmodel(x)"
    ),
}


@pytest.mark.parametrize("made", OF_UNKNOWN.values(), ids=OF_UNKNOWN)
def test_models_of_a_model_that_is_not_known_are_not_known_either(made):
    program = (
        "import keras\nfrom elsewhere import head, more\n"
        "x = keras.Input((4,))\na, *b = head.find(x)\nlost = keras.Model(x, [a, *b])\n" + made
    )
    with pytest.raises(LstmcountError, match=r"of the model are not known|more are not known"):
        read_python(program.encode(), model="model")


HOLDING = """
import keras
from keras import layers
class Pair(layers.Layer):
    def __init__(self, first, second=None, **options):
        super().__init__(**options)
        self.first, self.second = first, second or layers.Dense(8)
    def get_config(self):
        return {**super().get_config(), "first": self.first, "second": self.second}
    @classmethod
    def from_config(cls, config):
        for name in ("first", "second"):
            config[name] = keras.layers.deserialize(config[name])
        return cls(**config)
    def call(self, x):
        return self.first(self.second(x))
x = keras.Input((32,))
base = keras.Model(x, Pair(layers.Dense(5))(x))
model = keras.Model.from_config(base.get_config(), custom_objects={"Pair": Pair})
"""


@pytest.mark.parametrize(("name", "total"), [("model", 309), ("base", 309)])
def test_a_config_holds_layers(name, total):
    assert infer(read_python(HOLDING.encode(), model=name)).total_params == total
