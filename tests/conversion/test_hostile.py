"""Files with code in place of names and values: the written programs contain none of it."""

from __future__ import annotations

import json
import os
import random
import shlex
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lstmcount import LstmcountError
from lstmcount.conversion.forms import FORMATS, written
from lstmcount.sources import open_source, read
from tests.conftest import ROOT, Call
from tests.conversion.programs import require_harmless

MODELS = sorted((ROOT / "tests" / "golden" / "models").glob("*/model.json"))
CODE = '__import__("os").system("touch marker")'
TEXTS = [
    CODE,
    f"x={CODE}, y",
    f"name={CODE} and 'd', trainable",
    "x=1)\nimport os\n(",
    "x=1)\x0cimport os\u2028import os\u2029import os\x85import os\r(",
    f"'''\n{CODE}\n'''",
    f'"""\n{CODE}\n"""',
    f"\\'+{CODE}+\\'",
    f"={CODE}#",
    f"#\n{CODE}",
    "keras.layers.deserialize",
    "deserialize",
    "keras.src.saving.serialization_lib.enable_unsafe_deserialization",
    "keras.__builtins__",
    "__builtins__",
    "__import__",
    "_",
    "float",
    "keras",
    "layers",
    "model",
    "os>system",
    "a b",
    "1st",
    "",
    "\ufb01lters",  # Python reads it as `filters`
    "\uff53\uff59\uff53",  # as `sys`
    "un\u0131ts",
    "\u202egnirts",
    "match",
    "lambda",
    "None",
    "x" * 300,
]
VALUES: list[Any] = [
    *TEXTS,
    float("nan"),
    float("inf"),
    float("-inf"),
    10**400,
    -1,
    None,
    True,
    [],
    {},
    {CODE: 1},
    [CODE],
    {"class_name": "deserialize", "module": "keras.layers", "config": {"config": CODE}},
    {"class_name": "L2", "module": "keras.regularizers", "config": {CODE: 1}},
    {"class_name": "L2", "module": "keras.regularizers", "config": CODE},
    {"class_name": "system", "module": "os", "config": CODE, "registered_name": "os>system"},
    {"class_name": "__lambda__", "config": {"value": CODE}},
    {"class_name": "__tensor__", "config": {"value": [CODE], "dtype": CODE}},
    {"class_name": "__slice__", "config": {"start": CODE, "stop": None, "step": None}},
    {"class_name": "__tuple__", "items": [CODE]},
    {"class_name": "Dense", "module": "keras.layers", "config": {"units": 3, CODE: 1}},
]
Places = list[tuple[Any, Any]]  # containers, and the keys in them


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict | list):
        for key, item in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from places(item)


def rename_key(container: Any, key: Any, text: str) -> None:
    items = list(container.items())
    container.clear()
    container.update((text if one == key else one, item) for one, item in items)


def everywhere(value: Any, old: str, new: str) -> Any:
    """Replace a name everywhere, so that the model stays consistent."""
    if isinstance(value, dict):
        return {key: everywhere(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [everywhere(item, old, new) for item in value]
    return new if isinstance(value, str) and value == old else value


@cache
def text_of(path: Path) -> str:
    return path.read_text()


def changed(path: Path, choice: random.Random) -> Any:
    """The model with hostile words in one of its places."""
    model = json.loads(text_of(path))
    container, key = choice.choice(list(places(model)))
    way = choice.randrange(4)
    if way == 0 and isinstance(container, dict):
        rename_key(container, key, choice.choice(TEXTS))
    elif way == 1 and isinstance(container[key], str):
        return everywhere(model, container[key], choice.choice(TEXTS))
    elif way == 2 and isinstance(container, dict):
        container[choice.choice(TEXTS)] = choice.choice(VALUES)
    else:
        container[key] = choice.choice(VALUES)
    return model


MODELS_TRIED = int(os.environ.get("LSTMCOUNT_HOSTILE_MODELS", "1000"))


@pytest.mark.parametrize("part", range(10))
def test_hostile_words_anywhere(part: int) -> None:
    choice = random.Random(part)
    for _ in range(MODELS_TRIED // 10):
        model = changed(choice.choice(MODELS), choice)
        form = choice.choice([*FORMATS, "python", "python", "python", "python"])
        text = None
        with suppress(LstmcountError):
            text = written(read(open_source(model)), form)
        if form == "python" and text is not None:
            require_harmless(text)


def model(**arguments: Any) -> dict[str, Any]:
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 3], "name": "x"}},
        {"class_name": "Dense", "config": {"units": 2, "name": "d", **arguments}},
    ]
    return {"class_name": "Sequential", "config": {"name": "m", "layers": layers}}


def serialised(module: str | None, class_name: str, **config: Any) -> dict[str, Any]:
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None}


def functional(call: dict[str, Any], class_name: str = "Dense", **config: Any) -> dict[str, Any]:
    """A model of one layer or operation, which is called with `call`."""
    tensor = {"shape": [None, 3], "dtype": "float32", "keras_history": ["x", 0, 0]}
    read_tensor = {"class_name": "__keras_tensor__", "config": tensor}
    is_layer = class_name == "Dense"
    config |= {"units": 2} if is_layer else {}
    entries = [
        {"class_name": "InputLayer", "module": "keras.layers", "name": "x", "inbound_nodes": [],
         "config": {"name": "x", "batch_shape": [None, 3]}},
        {"class_name": class_name, "name": "d", "config": {"name": "d", **config},
         "module": "keras.layers" if is_layer else "keras.src.ops.numpy",
         "inbound_nodes": [{"args": [read_tensor, *call.pop("args", [])], "kwargs": call}]},
    ]  # fmt: skip
    return {"class_name": "Functional", "module": "keras", "config": {
        "name": "m", "layers": entries, "input_layers": [["x", 0, 0]],
        "output_layers": [["d", 0, 0]]}}  # fmt: skip


LOOK_ALIKE = {"a\uff58is": 0}
FUNCTION = {"module": "builtins", "class_name": "function", "config": "f"}
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a key of a regularizer": (
        lambda: model(kernel_regularizer=serialised("keras.regularizers", "L2", **{CODE: 0.1})),
        "keras.regularizers.L2 has no argument",
    ),
    "a key of a constraint": (
        lambda: model(bias_constraint=serialised("keras.constraints", "MaxNorm", **{CODE: 2})),
        "keras.constraints.MaxNorm has no argument",
    ),
    "a key of an activation": (
        lambda: model(activation=serialised("keras.layers", "LeakyReLU", **{CODE: 2})),
        "keras.layers.LeakyReLU has no argument",
    ),
    "a key of a policy": (
        lambda: model(
            dtype=serialised("keras.dtype_policies", "DTypePolicyMap", **{CODE: "float32"})
        ),
        "keras.dtype_policies.DTypePolicyMap has no argument",
    ),
    "a look-alike of an argument": (
        lambda: model(kernel_constraint=serialised("keras.constraints", "UnitNorm", **LOOK_ALIKE)),
        "keras.constraints.UnitNorm has no argument",
    ),
    "a function of keras.layers": (
        lambda: model(kernel_regularizer=serialised("keras.layers", "deserialize", config={})),
        "'deserialize' is not Keras's own",
    ),
    "an attribute of keras": (
        lambda: model(kernel_regularizer=serialised("keras", "__builtins__", l2=1)),
        "'__builtins__' is not Keras's own",
    ),
    "a class of another module": (
        lambda: model(kernel_regularizer=serialised("os", "L2", l2=0.1)),
        "'L2' is not Keras's own",
    ),
    "a class of one's own with the name of Keras's": (
        lambda: model(kernel_regularizer={"class_name": "L2", "config": {"l2": 0.1},
                                          "registered_name": "mine>L2"}),
        "'L2' is not Keras's own",
    ),
    "a class without a module": (
        lambda: model(kernel_regularizer={"class_name": "Mine", "config": {"a": 0.1}}),
        "'Mine' is not Keras's own",
    ),
    "a class without settings": (
        lambda: model(kernel_regularizer=serialised("mine", "Mine")),
        "'Mine' is not Keras's own",
    ),
    "a function": (lambda: model(activation=FUNCTION), "'f' is not Keras's own"),
    "an activation that Keras does not have": (
        lambda: model(activation="mine"),
        "unknown activation 'mine'",
    ),
    "a dtype that Keras does not have": (lambda: model(dtype=CODE), "unknown dtype"),
    "a registered name": (lambda: model(activation="mine>f"), "'mine>f' is not Keras's own"),
    "a name in a call": (
        lambda: functional({f"training={CODE}, mask": False}),
        "the call of Dense has no argument",
    ),
    "a name in an operation's call": (
        lambda: functional({f"keepdims={CODE}, x": 1}, "Mean"),
        "unexpected keyword argument",
    ),
    "a key of an operation": (
        lambda: functional({}, "Mean", **{f"axis={CODE}, keepdims": True}),
        "Mean has no argument",
    ),
    "an object that a call passes": (
        lambda: functional({"mask": {"class_name": "Lambda", "config": {}}}),
        "a call cannot pass a 'Lambda'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_names_that_keras_does_not_have(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(LstmcountError) as caught:
        written(read(open_source(make())), "python")
    assert words in str(caught.value)
    assert str(caught.value).startswith("$.config.layers[1]")
    assert "\n" not in str(caught.value)


WRITTEN: dict[str, tuple[Callable[[], Any], str]] = {
    "infinity": (
        lambda: model(activation=serialised("keras.layers", "ReLU", max_value=float("inf"))),
        'keras.layers.ReLU(max_value=float("inf"))',
    ),
    "no number": (
        lambda: model(kernel_initializer=serialised("keras.initializers", "Constant",
                                                    value=[float("nan"), -1e999])),
        'keras.initializers.Constant(value=[float("nan"), float("-inf")])',
    ),
    "a complex number": (
        lambda: model(kernel_initializer=serialised("keras.initializers", "Constant",
                                                    value=complex(1, float("inf")))),
        'keras.initializers.Constant(value=complex(1.0, float("inf")))',
    ),
    "as Keras 2 wrote it": (
        lambda: model(kernel_regularizer={"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.1}}),
        "keras.regularizers.L1L2(l1=0.0, l2=0.1)",
    ),
    "in lower case": (
        lambda: model(kernel_constraint={"class_name": "max_norm", "config": {"max_value": 2}}),
        "keras.constraints.MaxNorm(max_value=2)",
    ),
    "a text that turns the line around": (
        lambda: model(name="a\u202eb\u2028'\n"),
        r"""name="a\u202eb\u2028'\n")""",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_values_as_python_reads_them(name: str) -> None:
    make, code = WRITTEN[name]
    text = written(read(open_source(make())), "python")
    assert code in text
    require_harmless(text)


def test_variables_are_names_of_their_own() -> None:
    """Layers with names that mean something in the program, or that are all the same in ASCII."""
    names = ["float", "keras", "layers", "model", "__builtins__", "max", "match", "lambda", "1",
             "\ufb01", "\uff4b", "a b", "a\nb", "a;b", "model_1", "x_max", "y" * 300]  # fmt: skip
    entries = [{"Dense": {"units": 2}, "name": name, "inputs": "x"} for name in names]
    spec = {"inputs": {"x": [3]}, "layers": entries, "outputs": names}
    text = written(read(open_source(spec)), "python")
    require_harmless(text)
    assert text.count("layers.Dense(") == len(names)


def nested(depth: int, inside: Callable[[Any], Any]) -> Any:
    found: Any = 1
    for _ in range(depth):
        found = inside(found)
    return found


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("depth", [50, 150, 400])
def test_deeply_nested_values_are_refused_or_read_again(depth: int, form: str) -> None:
    """Python's parser, too, takes no more than 200 brackets inside one another."""
    values = [
        nested(depth, lambda value: [value]),
        nested(depth, lambda value: {"a": value}),
        nested(depth, lambda value: {"class_name": "__tuple__", "items": [value]}),
        nested(depth, lambda value: serialised("keras.initializers", "Constant", value=value)),
    ]
    for value in values:
        initializer = serialised("keras.initializers", "Constant", value=value)
        for source in (model(kernel_initializer=initializer), functional({"mask": value})):
            with suppress(LstmcountError):
                text = written(read(open_source(source)), form)
                if form == "python":
                    require_harmless(text)


def test_a_text_among_the_tensors_of_an_operation() -> None:
    """`=` in a value is no end of an argument's name."""
    text = f"={CODE}#"
    operation = functional({"args": [text]}, "Einsum", subscripts="ij,=->i")
    operation["config"]["layers"][1]["name"] = "einsum"
    operation["config"]["layers"][1]["config"]["name"] = "einsum"
    operation["config"]["output_layers"] = [["einsum", 0, 0]]
    with suppress(LstmcountError):
        require_harmless(written(read(open_source(operation)), "python"))


UNKNOWN = {
    "an argument of an operation": "b = keras.ops.add(a, other)\nm = keras.Model(a, b)",
    "an argument that is code": f"b = keras.ops.add(a, {CODE})\nm = keras.Model(a, b)",
    "a key": "b = a[other]\nm = keras.Model(a, b)",
    "a bound of a slice": "b = a[:, other:]\nm = keras.Model(a, b)",
    "an output": "b = layers.Dense(2)(a)\nm = keras.Model(a, {'x': b, 'y': other})",
    "an output in a list": "b = layers.Dense(2)(a)\nm = keras.Model(a, [b, other])",
    "an argument of a call": "b = layers.Dense(2)(a, mask=other)\nm = keras.Model(a, b)",
    "an argument of a layer": "b = layers.Dense(2, activation=other)(a)\nm = keras.Model(a, b)",
    "a setting": "b = layers.Dense(2, kernel_regularizer=keras.regularizers.L2(other))(a)\n"
    "m = keras.Model(a, b)",
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_is_said(name: str, form: str, tmp_path: Path) -> None:
    """A setting that changes no count is left out; otherwise the model is refused."""
    path = tmp_path / "model.py"
    path.write_text(
        f"import keras\nfrom keras import layers\na = keras.Input((3,))\n{UNKNOWN[name]}\n"
    )
    with suppress(LstmcountError):
        text = written(read(open_source(path)), form)
        if form == "python":
            require_harmless(text)


def test_what_is_not_known_is_named(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(
        "import keras\na = keras.Input((3,))\nb = keras.ops.add(a, other)\nm = keras.Model(a, b)\n"
    )
    for form in FORMATS:
        done = call("convert", str(path), "--to", form)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "`other`" in done.stderr


@pytest.mark.parametrize("code", ["LSTM(size)", "LSTM(4, activation=size)", "Reshape((size, 2))"])
def test_the_setting_that_is_asked_for_works_when_pasted(
    code: str, call: Call, tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    path.write_text(
        "import sys\nimport keras\nsize = sys.argv[1]\n"
        f"m = keras.Sequential([keras.Input((3, 2)), keras.layers.{code}])\n"
    )
    asked = call("convert", str(path)).stderr.partition(": --set ")[2].strip()
    assert call("convert", str(path), "--set", *shlex.split(asked)).returncode == 0


def test_numbers_that_json_lacks() -> None:
    """YAML can express them; JSON is refused rather than written with `null`."""
    spec = {"input_shape": [3], "layers": [{"ReLU": {"max_value": float("inf")}}]}
    config = read(open_source(spec))
    assert "ReLU: .inf" in written(config, "yaml")
    for form in ("json", "keras-json"):
        with pytest.raises(LstmcountError, match="is inf, which JSON has no number for"):
            written(config, form)
