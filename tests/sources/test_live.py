"""Models in memory: stand-ins without Keras, and a comparison with models of real Keras."""

from __future__ import annotations

import json
import math
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest

from lstmcount import LstmcountError, explain, summarize
from tests.conftest import ROOT

GOLDEN = ROOT / "tests" / "golden" / "models"


class Model:
    """The methods of a model that `summarize` calls."""

    def __init__(self, text: str, *variables: tuple[str, tuple[int, ...]]) -> None:
        self.text = text
        self.weights = [
            SimpleNamespace(path=path, name=path, shape=shape, dtype="float32")
            for path, shape in variables
        ]
        self.trainable_weights = self.weights[1:]
        self.layers = [SimpleNamespace(name="own", weights=self.weights)]
        self.name = "mine"
        self.optimizer = None

    def to_json(self) -> str:
        return self.text


@pytest.mark.parametrize("name", ["sequential_dense", "recurrent_seq2seq", "shared_layer"])
def test_a_model_says_what_its_json_says(name: str) -> None:
    text = (GOLDEN / name / "model.json").read_text()
    assert summarize(Model(text)).to_dict() == summarize(text).to_dict()


def test_an_optimizer_counts_once_it_has_variables() -> None:
    data = json.loads((GOLDEN / "sequential_dense" / "model.json").read_text())
    data["compile_config"] = {"optimizer": "adam"}
    model = Model(json.dumps(data))
    assert summarize(model).optimizer is None
    slot = SimpleNamespace(name="momentum", shape=(3, 5), dtype="float32")
    model.optimizer = SimpleNamespace(built=True, variables=[slot])  # type: ignore[assignment]
    assert [weight.shape for weight in summarize(model).optimizer or ()] == [(3, 5)]


def test_a_layer_of_an_unknown_class_has_the_variables_that_it_holds() -> None:
    own = {
        "class_name": "Own",
        "module": "mine",
        "config": {"name": "own"},
        "registered_name": "Own",
    }
    layers = [{"class_name": "InputLayer", "config": {"batch_shape": [None, 4]}}, own]
    text = json.dumps({"class_name": "Sequential", "config": {"layers": layers}})
    summary = summarize(Model(text, ("own/kernel", (4, 7)), ("own/bias", (7,))))
    assert (summary.total_params, summary.trainable_params) == (35, 7)
    assert summary.layers[0].name == "own"


@pytest.mark.parametrize("text", ['{"class_name": "Mine", "config": {}}', "", "not JSON"])
def test_a_model_of_a_class_of_its_own(text: str) -> None:
    summary = summarize(Model(text, ("own/kernel", (4, 7)), ("bias", (7,))))
    assert (summary.name, summary.class_name) == ("mine", "Model")
    assert (summary.total_params, summary.trainable_params) == (35, 7)
    assert [(each.name, each.class_name) for each in summary.layers] == [("own", "SimpleNamespace")]
    with pytest.raises(LstmcountError, match="the model has no weights yet: build it"):
        summarize(Model(text))


class Raises:
    """Every attribute that is looked up in vain raises."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"no {name}")


class RaisesOnceRead(Raises):
    def to_json(self) -> str:
        return (GOLDEN / "sequential_dense" / "model.json").read_text()


class RaisesWithoutText(Raises):
    def to_json(self) -> str:
        raise KeyError


class RaisesOnRead:
    def read(self, size: int) -> str:
        raise RuntimeError(f"no {size} bytes")


@pytest.mark.parametrize("kind", [Raises, RaisesOnceRead, RaisesWithoutText, RaisesOnRead])
def test_an_object_whose_attributes_raise(kind: Any) -> None:
    for function in (summarize, explain):
        with pytest.raises(LstmcountError, match=r"expected a|cannot be read: no"):
            function(kind())


class Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts += [data.strip()] if data.strip() else []


def test_a_notebook_shows_a_table() -> None:
    name = "<script>alert(1)</script>&amp;"
    layers = [{"LSTM": 64, "name": name}, {"Dense": 3}]
    page = Cells()
    page.feed(summarize({"name": name, "input_shape": [5, 126], "layers": layers})._repr_html_())
    assert page.tags == {"table", "caption", "thead", "tbody", "tr", "th", "td", "div"}
    assert page.texts[:4] == [f'Model: "{name}"', "Layer (type)", "Output Shape", "Param #"]
    assert page.texts[4:7] == [f"{name} (LSTM)", "(None, 64)", "48,896"]
    assert "Total params: 49,091 (191.76 KB)" in page.texts


@pytest.mark.oracle
def test_models_of_real_keras() -> None:
    keras = pytest.importorskip("keras")
    import numpy

    class Own(keras.layers.Layer):
        def build(self, shape: Any) -> None:
            self.kernel = self.add_weight(shape=(shape[-1], 7))
            self.inner = keras.layers.Dense(2)
            self.inner.build((None, 7))

        def call(self, x: Any) -> Any:
            return self.inner(x @ self.kernel)

    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.own = keras.layers.Dense(3), Own()

        def call(self, x: Any) -> Any:
            return self.own(self.first(x))

    recurrent = keras.Sequential([keras.Input((5, 8)), keras.layers.LSTM(4), keras.layers.Dense(3)])
    nested = keras.Sequential([keras.Input((8,)), Own()])
    x = keras.Input((8,))
    functional = keras.Model(x, keras.layers.Dense(2)(nested(x)))
    net = Net()
    net(numpy.zeros((1, 4)))
    net.first.trainable = False
    for model in (recurrent, nested, functional, net):
        summary = summarize(model)
        assert summary.total_params == model.count_params()
        assert [(weight.shape, weight.trainable) for weight in summary.weights] == [
            (tuple(variable.shape), any(variable is each for each in model.trainable_weights))
            for variable in model.weights
        ]
    slow = keras.layers.LSTM(3, use_cudnn=False, return_sequences=True)
    inner = keras.Sequential([keras.Input((5, 6)), keras.layers.LSTM(2, use_cudnn=False)])
    both = keras.Sequential([keras.Input((5, 8)), keras.layers.Bidirectional(slow), inner])
    kernels = [each.cudnn for each in explain(both).derivations]
    assert all(one.obstacles == ("use_cudnn=False",) for one in (kernels[0][0], kernels[1][0]))
    recurrent.compile("adam", "mse")
    assert summarize(recurrent).optimizer is None
    recurrent.fit(numpy.zeros((4, 5, 8)), numpy.zeros((4, 3)), verbose=0)
    recurrent.layers[0].trainable = False
    summary = summarize(recurrent)
    assert summary.trainable_params == 15
    shapes = [weight.shape for weight in summary.optimizer or ()]
    assert shapes == [tuple(variable.shape) for variable in recurrent.optimizer.variables]
    assert sum(map(math.prod, shapes)) == 2 * 223 + 2
