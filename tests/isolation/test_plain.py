"""A child's answer is plain data, and reading it has no side effects."""

from __future__ import annotations

import contextlib
import copyreg
import os
import pickle
import sys
from collections import Counter, OrderedDict
from pathlib import Path
from typing import Any

import pytest

from lstmcount import LstmcountError
from lstmcount.config import Call, LayerConfig, ModelConfig, TensorRef
from lstmcount.isolation import plain
from lstmcount.programs import read_python
from lstmcount.shapes import UNKNOWN, Unknown


@pytest.mark.parametrize(
    "value",
    [
        None,
        [1, -1, 2**80, 1.5, True, "é\ud800", b"\xff", (1, (2,)), {"a": {1, 2}}, frozenset([3])],
        [complex(1, 2), range(3), slice(1, None, 2), Ellipsis],
        TensorRef("a", 1, None),
    ],
)
def test_values_come_back_equal(value: Any) -> None:
    assert plain.load(plain.dump(value)) == value


def test_what_is_shared_stays_shared() -> None:
    units = Unknown("n")
    first, second, third = plain.load(plain.dump([units, units, UNKNOWN]))
    assert first is second
    assert third is UNKNOWN


def test_subclasses_come_back_as_their_base_class() -> None:
    found = plain.load(plain.dump([OrderedDict(a=1), Counter("aa"), True]))
    assert found == [{"a": 1}, {"a": 2}, True]
    assert [type(one) for one in found] == [dict, dict, bool]


def test_models_come_back_with_their_places() -> None:
    program = (
        b"from keras import Input, Sequential, layers\n"
        b"m = Sequential([Input((5,)),\n  layers.Dense(units=2)])"
    )
    config = read_python(program, name="m.py")
    found = plain.load(plain.dump(config))
    assert isinstance(found, ModelConfig)
    layer = found.layers[-1]
    assert (layer.class_name, layer.arguments["units"]) == ("Dense", 2)
    assert str(layer.path[0].locate("m.py", ("units",))) == "m.py:3:22"


def test_configs_are_picklable() -> None:
    config = ModelConfig(
        name="m",
        layers=[LayerConfig(class_name="Dense", calls=[Call([TensorRef("a")])], strict=False)],
        outputs=[TensorRef("a")],
    )
    assert pickle.loads(pickle.dumps(config)) == config


def test_errors_come_back_where_a_library_says_how_to_pickle_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """tblib, which Dask imports, registers every class of exceptions."""
    monkeypatch.setitem(copyreg.dispatch_table, LstmcountError, lambda error: (os.abort, ()))
    found = plain.load(plain.dump(LstmcountError("no model", path=("layers", 2))))
    assert str(found) == "$.layers[2]: no model"


class _Hostile:
    def __init__(self, function: Any, *args: Any) -> None:
        self.made = function, args

    def __reduce__(self) -> Any:
        return self.made


@pytest.mark.parametrize(
    "value",
    [
        _Hostile(os.system, "touch marker"),
        _Hostile(eval, "1"),
        _Hostile(exec, "1"),
        _Hostile(__import__, "os"),
        _Hostile(open, "marker", "w"),
        _Hostile(getattr, 1, "real"),
        Path("/"),
    ],
    ids=lambda value: getattr(value, "made", [value])[0].__class__.__name__,
)
def test_answers_that_create_other_objects_are_refused(value: Any) -> None:
    with pytest.raises(pickle.UnpicklingError, match="is not plain data"):
        plain.load(pickle.dumps([value]))


def _globals(name: str, state: bytes) -> bytes:
    """A pickle that sets an attribute on the object behind a name."""
    return b"\x80\x04c" + name.encode() + b"\n" + state + b"b."


@pytest.mark.parametrize("state", [b"N}\x8c\x04textK\x01s\x86", b"}\x8c\x04textK\x01s"])
@pytest.mark.parametrize(
    "name",
    [
        "lstmcount.shapes\nUnknown",
        "lstmcount.shapes\nUNKNOWN",
        "lstmcount.errors\nLstmcountError",
        "lstmcount.config\nLayerConfig",
        "msgspec._utils\nrebuild",
        "builtins\nslice",
    ],
)
def test_answers_change_no_class(name: str, state: bytes) -> None:
    with contextlib.suppress(Exception):
        plain.load(_globals(name, state))
    module, _, attribute = name.partition("\n")
    held = getattr(sys.modules[module], attribute)
    assert getattr(held, "text", None) != 1
    assert UNKNOWN.text is None


@pytest.mark.parametrize(
    "value",
    [_Hostile(bytes, 10**9), _Hostile(list, range(10**8)), _Hostile(int, "f" * 10**6, 16)],
    ids=["bytes", "list", "int"],
)
def test_answers_convert_no_values(value: Any) -> None:
    with pytest.raises((pickle.UnpicklingError, TypeError)):
        plain.load(pickle.dumps(value))
