"""Layer classes that installed packages offer."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from typing import Any

import pytest

from lstmcount import LstmcountError, layers, summarize
from lstmcount.layers.base import Layer
from lstmcount.summary import Weight


class Scale(Layer):
    """A weight for each feature."""

    factor: float = 1.0

    def weights(self, input_shape: Any) -> Iterator[Weight]:
        yield self.weight("scale", (input_shape[-1],), ("features",))


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    points = [
        metadata.EntryPoint("Scale", f"{__name__}:Scale", "lstmcount.layers"),
        metadata.EntryPoint("Wrong", "json:dumps", "lstmcount.layers"),
    ]
    monkeypatch.setattr(metadata.EntryPoint, "load", lambda e: Scale if e.name == "Scale" else 3)
    monkeypatch.setattr(
        metadata, "entry_points", lambda group, name: [p for p in points if p.name == name]
    )
    layers.find.cache_clear()
    layers._registered.cache_clear()
    yield
    layers.find.cache_clear()
    layers._registered.cache_clear()


@pytest.mark.usefixtures("offered")
def test_a_package_can_offer_layers() -> None:
    spec = {"input_shape": [7], "layers": [{"Scale": 2.0}, {"Dense": 3}]}
    assert summarize(spec).total_params == 7 + 24
    with pytest.raises(LstmcountError, match="registered as a layer and is none"):
        summarize({"input_shape": [7], "layers": ["Wrong"]})


def test_nobody_offers_it() -> None:
    with pytest.raises(LstmcountError, match="unknown layer class 'Scale'"):
        summarize({"input_shape": [7], "layers": ["Scale"]})
