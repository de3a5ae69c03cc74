"""The optimizer in `compile` is the one that is counted."""

import pytest

from lstmcount import cost, summarize
from lstmcount.errors import LstmcountError
from lstmcount.optimizers import own_optimizer, unknown_optimizer
from lstmcount.programs import read_python

BEFORE = """
import keras
from elsewhere import Mine, chosen
model = keras.Sequential([keras.Input((9,)), keras.layers.Dense(4)])
"""
SGD = {"class_name": "SGD", "config": {"learning_rate": 0.1, "momentum": 0.9}}
COMPILED = {
    "'sgd', 'mse'": "sgd",
    "optimizer=keras.optimizers.SGD(0.1, momentum=0.9)": SGD,
    "keras.optimizers.SGD(0.1, 0.9), 'mse'": SGD,
    "keras.optimizers.get('adagrad')": {"class_name": "adagrad", "config": {}},
    "keras.optimizers.get(keras.optimizers.SGD(0.1, momentum=0.9))": SGD,
    "keras.optimizers.get(identifier={'class_name': 'SGD', 'config': {'momentum': 0.9}})": {
        "class_name": "SGD",
        "config": {"momentum": 0.9},
    },
    "keras.optimizers.deserialize({'class_name': 'Lion', 'config': {}})": {
        "class_name": "Lion",
        "config": {},
    },
    "keras.optimizers.SGD.from_config({'learning_rate': 0.1, 'momentum': 0.9})": SGD,
    "keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1, momentum=0.9))": {
        "class_name": "LossScaleOptimizer",
        "config": {"inner_optimizer": SGD},
    },
    "loss='mse'": "rmsprop",
}


@pytest.mark.parametrize(("arguments", "expected"), COMPILED.items(), ids=COMPILED)
def test_the_optimizer_of_compile_is_read(arguments, expected):
    config = read_python(f"{BEFORE}model.compile({arguments})\n".encode())
    assert own_optimizer(config.training) == expected


WITHOUT_KNOWN_OPTIMIZER = {
    "of another package": ("model.compile(Mine())", "Mine()"),
    "a name": ("model.compile(optimizer=chosen)", "chosen"),
    "of an unknown name": (
        "model.compile(keras.optimizers.get(chosen))",
        "keras.optimizers.get(chosen)",
    ),
    "of an unknown config": (
        "model.compile(keras.optimizers.Adam.from_config(chosen))",
        "keras.optimizers.Adam.from_config(chosen)",
    ),
    "one in another": ("model.compile(keras.optimizers.LossScaleOptimizer(chosen))", "chosen"),
    "an argument whose place differs between versions": (
        "model.compile(keras.optimizers.RMSprop(0.1, 0.9, 0.9))",
        "model.compile(keras.optimizers.RMSprop(0.1, 0.9, 0.9))",
    ),
    "an argument": ("model.compile(keras.optimizers.SGD(0.1, momentum=chosen))", "chosen"),
    "a choice of calls": (
        "if chosen: model.compile('adam')\nelse: model.compile('sgd')",
        "chosen",
    ),
    "a call or none": ("if chosen: model.compile('sgd')", "chosen"),
    "a choice before": (
        "made = keras.optimizers.SGD() if chosen else keras.optimizers.Adam()\nmodel.compile(made)",
        "chosen",
    ),
    "a choice in a function": (
        "def made(kind):\n    if kind == 'sgd': return keras.optimizers.SGD()\n"
        "    return keras.optimizers.Adam()\nmodel.compile(made(chosen))",
        "kind == 'sgd'",
    ),
}


@pytest.mark.parametrize(
    ("code", "words"), WITHOUT_KNOWN_OPTIMIZER.values(), ids=WITHOUT_KNOWN_OPTIMIZER
)
def test_an_optimizer_that_is_not_known_is_asked_for(code, words, tmp_path):
    path = tmp_path / "train.py"
    path.write_text(f"{BEFORE}{code}\n")
    with pytest.raises(LstmcountError) as caught:
        cost(path)
    why = f"the optimizer depends on `{words}`, which is not known; take one: --optimizer adam"
    assert caught.value.message == why
    assert cost(path, optimizer="adam").optimizer == "Adam"
    assert summarize(path).total_params == 40


@pytest.mark.parametrize(
    "code",
    [
        "if chosen: model.compile('adam', 'mse')\nelse: model.compile('adam', 'mae')",
        "if chosen: model.compile(keras.optimizers.Adam(0.1))\n"
        "else: model.compile(keras.optimizers.Adam(learning_rate=0.2))",
        "rate = 0.1 if chosen else 0.01\nmodel.compile(keras.optimizers.Adam(rate))",
        "other = keras.Sequential()\nif chosen: other.compile('sgd')\nmodel.compile('adam')",
    ],
)
def test_an_optimizer_of_which_only_the_rate_is_not_known_is_counted(code, tmp_path):
    path = tmp_path / "train.py"
    path.write_text(f"{BEFORE}{code}\n")
    assert cost(path, model="model").optimizer == "Adam"


DERIVED = """
import keras
class Mine(keras.optimizers.SGD):
{body}
model = keras.Sequential([keras.Input((9,)), keras.layers.Dense(4)])
model.compile(Mine(learning_rate=0.1, momentum=0.9))
"""
LIKE_THE_BASE = {
    "nothing of its own": "    pass",
    "arguments for the base": (
        "    def __init__(self, **more):\n        super().__init__(**more)\n        self.factor = 2"
    ),
    "another step": (
        "    def update_step(self, gradient, variable, learning_rate):\n"
        "        super().update_step(2 * gradient, variable, learning_rate)"
    ),
}
NOT_LIKE_THE_BASE = {
    "slots of its own": (
        "    def update_step(self, gradient, variable, learning_rate):\n"
        "        self.slot = self.add_variable_from_reference(variable, 'slot')"
    ),
    "build": "    def build(self, variables):\n        self.built = True",
    "another average": (
        "    def __init__(self, **more):\n        super().__init__(**more)\n"
        "        self.use_ema = True"
    ),
}


@pytest.mark.parametrize("body", LIKE_THE_BASE.values(), ids=LIKE_THE_BASE)
def test_an_optimizer_of_a_derived_class_is_counted_as_its_base(body):
    config = read_python(DERIVED.format(body=body).encode())
    assert own_optimizer(config.training) == SGD


@pytest.mark.parametrize("body", NOT_LIKE_THE_BASE.values(), ids=NOT_LIKE_THE_BASE)
def test_an_optimizer_of_a_derived_class_with_more_variables_is_asked_for(body):
    config = read_python(DERIVED.format(body=body).encode())
    words = "model.compile(Mine(learning_rate=0.1, momentum=0.9))"
    assert own_optimizer(config.training) == unknown_optimizer(words)


def test_an_optimizer_whose_class_has_the_name_of_another_is_none_of_keras():
    config = read_python(f"{BEFORE}class SGD: pass\nmodel.compile(SGD())\n".encode())
    assert own_optimizer(config.training) == unknown_optimizer("model.compile(SGD())")


OWN_COMPILE = """
import keras
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(3)
    def call(self, x): return self.dense(x)
{methods}
model = Net()
model(keras.ops.zeros((1, 4)))
{compiled}
"""
IN_A_CLASS = {
    "super": (
        "    def compile(self, **more):\n        super().compile('sgd', **more)",
        "model.compile(loss='mse')",
        "sgd",
    ),
    "super in another method": (
        "    def set_up(self, optimizer):\n        super().compile(optimizer)",
        "model.set_up('lion')",
        "lion",
    ),
    "an attribute": (
        "    def compile(self, chosen):\n        super().compile()\n"
        "        self.optimizer = chosen",
        "model.compile(keras.optimizers.SGD(0.1, momentum=0.9))",
        SGD,
    ),
    "an attribute set outside": (
        "",
        "model.compile('adam')\nmodel.optimizer = keras.optimizers.SGD(0.1, momentum=0.9)",
        SGD,
    ),
    "an attribute before compile": (
        "",
        "model.optimizer = keras.optimizers.SGD(0.1, momentum=0.9)\nmodel.compile('adam')",
        "adam",
    ),
    "two of its own": (
        "    def compile(self, one, two):\n        super().compile()\n"
        "        self.one, self.two = one, two\n    def train_step(self, data): return {}",
        "model.compile(keras.optimizers.SGD(), keras.optimizers.Adam())",
        unknown_optimizer("self.one"),
    ),
}


@pytest.mark.parametrize(("methods", "compiled", "expected"), IN_A_CLASS.values(), ids=IN_A_CLASS)
def test_the_optimizer_that_a_class_compiles_with_is_read(methods, compiled, expected):
    config = read_python(OWN_COMPILE.format(methods=methods, compiled=compiled).encode())
    assert own_optimizer(config.training) == expected


@pytest.mark.parametrize(
    ("policy", "arguments", "shown"),
    [
        ("mixed_float16", "'sgd'", "LossScaleOptimizer(SGD)"),
        ("mixed_float16", "'sgd', auto_scale_loss=False", "SGD"),
        ("mixed_bfloat16", "'sgd'", "SGD"),
    ],
)
def test_keras_scales_the_loss_of_models_in_float16(policy, arguments, shown, tmp_path):
    path = tmp_path / "train.py"
    path.write_text(
        f"import keras\nkeras.config.set_dtype_policy({policy!r})\n"
        "model = keras.Sequential([keras.Input((9,)), keras.layers.Dense(4)])\n"
        f"model.compile({arguments})\n"
    )
    assert cost(path).optimizer == shown
