"""The arguments of each layer's call, under the names that the installed Keras gives them."""

from __future__ import annotations

import inspect

import pytest

from lstmcount.layers.registry import find
from tests.golden_layers import class_names

CLASSES = sorted(set(class_names()) - {"InputLayer", "Lambda", "Wrapper"})


@pytest.mark.oracle
@pytest.mark.parametrize("class_name", CLASSES)
def test_names_are_those_of_keras(class_name: str) -> None:
    keras = pytest.importorskip("keras")
    theirs = getattr(keras.layers, class_name, None)
    found = find(class_name)
    if theirs is None or found is None or len(found.call_arguments) < 2:
        pytest.skip("its only input has the name of any other")
    parameters = inspect.signature(theirs.call).parameters
    names = [name for name in parameters if name not in ("self", "args", "kwargs")]
    assert tuple(names[: len(found.call_arguments)]) == found.call_arguments


@pytest.mark.oracle
@pytest.mark.parametrize("class_name", CLASSES)
def test_no_other_name_is_taken_and_none_left_out(class_name: str) -> None:
    keras = pytest.importorskip("keras")
    theirs = getattr(keras.layers, class_name, None)
    found = find(class_name)
    if theirs is None or found is None:
        pytest.skip("no public class of this Keras")
    first, *names = [
        name
        for name in inspect.signature(theirs.call).parameters
        if name not in ("self", "args", "kwargs")
    ]
    ours = [name for name in found.keywords() if name != first]
    single = found.call_arguments[:1] if len(found.call_arguments) == 1 else ()
    assert {*ours} - {"training", *single} == {*names} - {"training"}
