"""The variables that a SavedModel of TensorFlow lists, with its model's config and alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from tests.conftest import Call
from tests.readers.text.test_content import field

Variables = dict[str, tuple[int, ...]]
DENSE: Variables = {"d/kernel": (3, 2), "d/bias": (2,)}
INPUT = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 3], "name": "i"}}


def number(place: int, value: int) -> bytes:
    return bytes([place << 3, value])


def held(**names: int) -> bytes:
    """References to other objects, by their numbers."""
    return b"".join(
        field(1, number(1, at) + field(2, name.strip("_").encode())) for name, at in names.items()
    )


def saved(folder: Path, variables: Variables, *layers: dict[str, Any] | str) -> str:
    """A SavedModel with these variables and layers; a text is the class of a model without them."""
    nodes = [
        held(optimizer=1, variables=1),
        held(**{f"_{i}": i + 2 for i in range(len(variables))}),
    ]
    for name, shape in variables.items():
        dims = b"".join(field(2, number(1, size)) for size in shape)
        variable = number(1, 1) + field(2, dims) + number(3, 1) + field(6, name.encode())
        nodes.append(field(7, variable))
    graph = b"".join(field(1, node) for node in nodes)
    (folder / "saved_model.pb").write_bytes(b"\x08\x01" + field(2, field(7, graph)))
    if layers:
        is_own = isinstance(layers[0], str)
        config = {"name": "m", "layers": [INPUT, *layers]}
        model = {
            "class_name": layers[0] if is_own else "Sequential",
            "config": {} if is_own else config,
        }
        kind = b"_tf_keras_model" if is_own else b"_tf_keras_sequential"
        node = field(4, kind) + field(5, json.dumps(model).encode())
        (folder / "keras_metadata.pb").write_bytes(field(1, node))
    return str(folder)


def layer(class_name: str, name: str, **arguments: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": {"name": name, **arguments}}


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        (DENSE, "ok "),
        ({**DENSE, "d/bias": (3,)}, "d/bias: expected (2,), stored (3,) in d/bias"),
        ({"d/kernel": (3, 2)}, "d/bias: expected (2,), not stored"),
        ({**DENSE, "e/bias": (5,)}, "e/bias: stored (5,), and no weight of the config"),
    ],
)
def test_variables_are_compared(
    tmp_path: Path, call: Call, variables: Variables, words: str
) -> None:
    done = call("verify", "--strict", saved(tmp_path, variables, layer("Dense", "d", units=2)))
    assert words in done.stdout
    assert done.returncode == (words != "ok ")


@pytest.mark.parametrize("name", ["keras_metadata.pb", "saved_model.pb"])
def test_a_file_in_the_folder_stands_for_it(name: str, tmp_path: Path, call: Call) -> None:
    saved(tmp_path, DENSE, layer("Dense", "d", units=2))
    done = call("verify", "--strict", name, cwd=tmp_path)
    assert done.stdout.startswith("ok ")


def test_the_kernel_of_a_depthwise_convolution(tmp_path: Path, call: Call) -> None:
    variables: Variables = {"d/depthwise_kernel": (2, 3, 1), "d/bias": (3,)}
    convolution = layer("DepthwiseConv1D", "d", kernel_size=2)
    source = saved(tmp_path, variables, layer("RepeatVector", "r", n=4), convolution)
    assert call("verify", "--strict", source).stdout.startswith("ok ")


def test_variables_of_classes_that_are_not_known(tmp_path: Path, call: Call) -> None:
    variables = {**DENSE, "own/dense/kernel": (2, 5), "own/dense/bias": (5,)}
    source = saved(tmp_path, variables, layer("Dense", "d", units=2), layer("my>Own", "own"))
    summary = summarize(source)
    assert [(each.name, each.params) for each in summary.layers] == [("d", 8), ("own", 15)]
    assert call("verify", "--strict", source).returncode == 1
    assert "8 of 23 values in 2 tensors compared" in call("verify", source).stdout


def test_variables_without_a_config_are_counted(tmp_path: Path) -> None:
    assert summarize(saved(tmp_path, DENSE, "Own")).total_params == 8
    (tmp_path / "keras_metadata.pb").unlink()
    summary = summarize(str(tmp_path))
    assert summary.total_params == 8
    assert "without the model's config" in summary.notes[0]


@pytest.mark.parametrize("name", ["a/" * 201 + "b", "\udc00"])
def test_names_that_no_variable_has(tmp_path: Path, name: str) -> None:
    saved(tmp_path, {"b" * len(name.encode(errors="surrogatepass")): (3,)})
    path = tmp_path / "saved_model.pb"
    encoded = name.encode(errors="surrogatepass")
    path.write_bytes(path.read_bytes().replace(b"b" * len(encoded), encoded))
    with pytest.raises(LstmcountError, match="SavedModel without the model's config"):
        summarize(str(tmp_path))


def test_shapes_that_no_variable_has(tmp_path: Path) -> None:
    source = saved(tmp_path, {"w": (2,) * 65})
    with pytest.raises(LstmcountError, match="SavedModel without the model's config"):
        summarize(source)
    path = Path(saved(tmp_path, {"w": (2, 3)})) / "saved_model.pb"
    assert summarize(source).total_params == 6
    path.write_bytes(
        path.read_bytes().replace(b"\x08\x02\x12\x02\x08\x03", b"\x08\xff\xff\xff\xff\xff")
    )
    with pytest.raises(LstmcountError):
        summarize(source)
