"""Layer classes that installed packages offer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata
from typing import Any, ClassVar

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.graph.recurrence import is_recurrent
from lstmcount.layers import registry
from lstmcount.layers.arguments import LayerArgument
from lstmcount.layers.base import Layer, under
from lstmcount.layers.rnn import RNN
from lstmcount.layers.rnn_cells import Cell, GRUCell
from lstmcount.summary import Weight


class Scale(Layer):
    """A weight for each feature."""

    factor: float = 1.0

    def weights(self, input_shape: Any) -> Iterator[Weight]:
        yield self.weight("scale", (input_shape[-1],), ("features",))


class Gated(Layer):
    """Half of another layer's output, and a gate for each feature."""

    layer: LayerArgument

    layer_arguments: ClassVar[tuple[str, ...]] = ("layer",)

    def check(self, input_shape: Any) -> None:
        self.layer.check(input_shape)

    def weights(self, input_shape: Any) -> Iterator[Weight]:
        yield self.weight("gate", (input_shape[-1],), ("features",))
        yield from under(self.layer.name, self.layer.weights(input_shape))

    def output_shape(self, input_shape: Any) -> Any:
        return self.layer.output_shape(input_shape)


def __getattr__(name: str) -> Any:
    """An attribute of this module that is missing while an entry point is loaded."""
    raise SystemExit(3) if name == "ends" else AttributeError(name)


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    points = [
        metadata.EntryPoint("Scale", f"{__name__}:Scale", "lstmcount.layers"),
        metadata.EntryPoint("Gated", f"{__name__}:Gated", "lstmcount.layers"),
        metadata.EntryPoint("Wrong", "json:dumps", "lstmcount.layers"),
        metadata.EntryPoint("Gone", "nowhere_at_all:Gone", "lstmcount.layers"),
        metadata.EntryPoint("Ends", f"{__name__}:ends", "lstmcount.layers"),
    ]
    monkeypatch.setattr(metadata, "entry_points", lambda group: points)
    caches = (registry.find, registry.registered, registry.offered)
    for one in caches:
        one.cache_clear()
    yield
    for one in caches:
        one.cache_clear()


@pytest.mark.usefixtures("offered")
def test_a_package_can_offer_layers() -> None:
    spec = {"input_shape": [7], "layers": [{"Scale": 2.0}, {"Dense": 3}]}
    assert summarize(spec).total_params == 7 + 24


DENSE = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 3, "name": "d"}}


@pytest.mark.usefixtures("offered")
def test_layers_around_layers() -> None:
    spec = {"input_shape": [7], "layers": [{"Gated": {"layer": {"Dense": 3}}}]}
    inside = {"name": "g", "trainable": True, "layer": DENSE}
    entry = {"module": "my", "class_name": "Gated", "config": inside, "registered_name": "my>Gated"}
    build = {"input_shape": [None, 7]}
    config = {"name": "s", "layers": [entry], "build_input_shape": [None, 7]}
    saved = {"module": "keras", "class_name": "Sequential", "config": config, "build_config": build}
    for source in (spec, saved):
        found = summarize(source)
        assert (found.total_params, found.layers[-1].output_shape[-1]) == (7 + 24, 3)


WRONG = {
    "Wrong": "json:dumps is registered as a layer, but is not one",
    "Gone": "Gone is registered as nowhere_at_all:Gone, which cannot be imported: ModuleNotFound",
    "Ends": "which cannot be imported: SystemExit: 3",
    "Scal": "unknown layer class 'Scal'. Did you mean Scale?",
}


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("name", WRONG)
def test_errors_of_packages_that_offer_layers(name: str) -> None:
    with pytest.raises(LstmcountError, match=re.escape(WRONG[name])) as error:
        summarize({"input_shape": [7], "layers": [name]})
    assert error.value.location.path == ("layers", 0)
    assert summarize({"input_shape": [7], "layers": ["Flatten"]}).total_params == 0


def test_no_package_offers_the_layer() -> None:
    with pytest.raises(LstmcountError, match="unknown layer class 'Scale'"):
        summarize({"input_shape": [7], "layers": ["Scale"]})


def test_a_cell_that_says_no_equations_is_not_traced() -> None:
    class Quiet(Cell):
        pass

    assert not is_recurrent(RNN(cell=Quiet(units=3)))
    assert is_recurrent(RNN(cell=GRUCell(units=3)))
