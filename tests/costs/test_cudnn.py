"""Which recurrent layers run on cuDNN, compared with Keras's own code on a simulated GPU."""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock, patch

import pytest

from lstmcount.costs.cudnn import BACKENDS, fused_kernels, fused_layers, sentences, unfused
from lstmcount.graph.mask_flow import Mask
from lstmcount.layers.registry import find
from tests.conftest import built

ARGUMENTS: dict[str, list[Any]] = {
    "activation": ["tanh", "relu", None],
    "recurrent_activation": ["sigmoid", "hard_sigmoid"],
    "recurrent_dropout": [0.0, 0.5],
    "unroll": [False, True],
    "use_bias": [True, False],
    "go_backwards": [False, True],
    "use_cudnn": ["auto", False],
}
CASES = [
    dict(zip(ARGUMENTS, values, strict=True)) for values in itertools.product(*ARGUMENTS.values())
]
LSTMS = [("LSTM", case) for case in CASES]
GRUS = [("GRU", {**case, "reset_after": after}) for case in CASES for after in (True, False)]


class OnGpu(BaseException):
    """Raised where Keras hands a layer to cuDNN."""


def on_gpu(*args: Any, **kwargs: Any) -> Any:
    raise OnGpu


def stubbed(backend: str) -> ModuleType:
    """The `rnn` module of a Keras backend whose framework is not installed."""
    import keras

    path = Path(keras.__file__).parent / "src" / "backend" / backend / "rnn.py"
    spec = importlib.util.spec_from_file_location(f"rnn_of_{backend}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def running_on(backend: str) -> Iterator[None]:
    """Keras with the recurrent functions of a backend, on a GPU."""
    import keras.src.backend as current
    from keras.src.layers.rnn.rnn import RNN

    framework = MagicMock()
    framework.jit.is_tracing.return_value = False
    framework.compiler.is_compiling.return_value = False
    framework.Tensor = MagicMock
    framework.TensorShape = framework.DType = framework.TypeSpec = OnGpu  # classes that match none
    framework.flip.side_effect = lambda tensor, dims: tensor
    framework._VF.lstm.side_effect = framework._VF.gru.side_effect = OnGpu
    framework.chunk.side_effect = lambda tensor, parts, dim=0: [MagicMock()] * parts
    framework.errors.InvalidArgumentError = framework.errors.NotFoundError = KeyError
    core = MagicMock()
    core.convert_to_tensor.return_value.to.return_value.device.type = "cuda"
    core.convert_to_tensor.return_value.device.type = "cuda"
    core.Variable = keras_variable()
    operations = MagicMock(convert_to_tensor=core.convert_to_tensor)
    stubs = {
        backend: framework,
        f"keras.src.backend.{backend}": core,
        f"keras.src.backend.{backend}.core": core,
    }
    with ExitStack() as stack:
        if backend == "jax":
            module = importlib.import_module("keras.src.backend.jax.rnn")
            stack.enter_context(patch("jax.experimental.rnn.lstm", on_gpu))
        else:
            stack.enter_context(patch.dict(sys.modules, stubs))
            stack.enter_context(patch("keras.src.layers.rnn.bidirectional.ops", operations))
            module = stubbed(backend)
            for name in ("_cudnn_lstm", "_cudnn_gru"):
                stack.enter_context(patch.object(module, name, on_gpu))
        for name in ("_fallback_lstm", "_fallback_gru"):
            if hasattr(module, name):
                stack.enter_context(patch.object(module, name))
        available = "_is_cuda_cudnn_available" if backend == "torch" else "_is_gpu_available"
        stack.enter_context(patch.object(module, available, lambda: True))
        for name in ("lstm", "gru", "bidirectional_lstm", "bidirectional_gru"):
            stack.enter_context(patch.object(current, name, getattr(module, name)))
        stack.enter_context(patch.object(RNN, "inner_loop"))
        yield


def keras_variable() -> type:
    from keras.src.backend import Variable

    found: type = Variable
    return found


def keras_decides(backend: str) -> Callable[[Any, bool], bool]:
    """A function that says whether Keras hands a layer to cuDNN."""
    import keras
    import numpy

    inputs: Any = numpy.zeros((2, 3, 4), "float32") if backend == "jax" else MagicMock()
    if backend != "jax":
        inputs.device.type = "cuda"

    def decides(layer: Any, is_masked: bool) -> bool:
        layer.build((2, 3, 4))
        if isinstance(layer, keras.layers.Bidirectional):
            return decides_both_directions(layer, is_masked, partial(decides, is_masked=is_masked))
        mask = numpy.ones((2, 3), bool) if is_masked else None
        state = numpy.zeros((2, layer.units), "float32")
        try:
            layer.inner_loop(inputs, [state, state], mask, training=False)
        except OnGpu:
            return True
        return False

    return decides


def decides_both_directions(layer: Any, is_masked: bool, alone: Callable[[Any], bool]) -> bool:
    """Whether Keras hands a Bidirectional to cuDNN: in one call, or each direction `alone`."""
    import numpy

    mask = numpy.ones((2, 3), bool) if is_masked else None
    inputs = numpy.zeros((2, 3, 4), "float32")
    for kind in ("lstm", "gru"):
        if getattr(layer, f"_can_attempt_fused_{kind}")(mask):
            try:
                getattr(layer, f"_call_fused_{kind}")(inputs, None)
            except OnGpu:
                return True
            except NotImplementedError:
                pass
    return alone(layer.forward_layer) and alone(layer.backward_layer)


WORDS = {"Embedding": {"input_dim": 9, "output_dim": 4, "mask_zero": True}}
RELU = {"LSTM": {"units": 3, "activation": "relu"}}
ALL = ["tensorflow", "jax", "torch"]
LAYERS: dict[str, tuple[list[Any], list[Any]]] = {
    "LSTM": ([{"LSTM": 3}], [ALL]),
    "GRU": ([{"GRU": 3}], [["tensorflow", "torch"]]),
    "SimpleRNN": ([{"SimpleRNN": 3}], [[]]),
    "a cell": ([{"RNN": {"cell": {"LSTMCell": 3}}}], [[]]),
    "another activation": ([RELU, {"Dense": 2}], [[], None]),
    "both directions": ([{"Bidirectional": {"layer": {"LSTM": 3}}}], [ALL]),
    "one of two directions": (
        [{"Bidirectional": {"layer": {"LSTM": 3},
                            "backward_layer": {"LSTM": {"units": 3, "unroll": True,
                                                        "go_backwards": True}}}}],
        [["jax", "torch"]],
    ),
    "a wrapper over steps": (
        [{"Reshape": [1, 5, 4]}, {"TimeDistributed": {"layer": {"GRU": 3}}}],
        [None, ["tensorflow", "torch"]],
    ),
    "the layer's use_cudnn is that of both directions": (
        [{"Bidirectional": {"layer": {"LSTM": 3},
                            "backward_layer": {"LSTM": {"units": 3, "use_cudnn": False,
                                                        "go_backwards": True}}}}],
        [ALL],
    ),
    "of Keras 2 only": ([{"class_name": "CuDNNLSTM", "config": {"units": 3}}], [["tensorflow"]]),
}  # fmt: skip


@pytest.mark.parametrize(("layers", "columns"), LAYERS.values(), ids=LAYERS)
def test_the_column_says_which_layers_run_on_cudnn(
    call: Any, tmp_path: Path, layers: list[Any], columns: list[Any]
) -> None:
    (tmp_path / "m.json").write_text(json.dumps({"input_shape": [5, 4], "layers": layers}))
    done = call("summary", "m.json", "--columns", "cudnn", "--format", "json", cwd=tmp_path)
    assert [layer["cudnn"] for layer in json.loads(done.stdout)["layers"]] == columns


def test_text_of_the_column(call: Any, tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(json.dumps({"input_shape": [5, 4], "layers": [RELU]}))
    options = ("summary", "m.json", "--columns", "name,cudnn", "--format")
    assert call(*options, "csv", cwd=tmp_path).stdout == "name,cudnn\nlstm,no\n"
    (tmp_path / "m.json").write_text(json.dumps({"input_shape": [5, 4], "layers": [{"GRU": 3}]}))
    assert "| gru | tensorflow, torch |" in call(*options, "markdown", cwd=tmp_path).stdout


def test_a_function_of_the_program_that_has_the_name_of_keras_s_own(
    call: Any, tmp_path: Path
) -> None:
    (tmp_path / "m.py").write_text(
        "import keras\nfrom keras import layers\ndef tanh(x): return 2 * x\n"
        "model = keras.Sequential([keras.Input((5, 4)), layers.LSTM(3, activation=tanh)])\n"
    )
    done = call("check", "m.py", "--max-unfused-layers", "0", cwd=tmp_path)
    assert "lstm (LSTM): activation='<function tanh>': cuDNN has tanh only" in done.stdout


def test_an_unknown_argument(call: Any, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(
        "import os\nimport keras\nfrom keras import layers\n"
        "cell = layers.LSTM(3, activation=os.environ['F'], name='first')\n"
        "model = keras.Sequential([keras.Input((5, 4)), layers.Bidirectional(cell, name='both')])\n"
    )
    done = call("summary", "m.py", "--columns", "name,cudnn", "--format", "csv", cwd=tmp_path)
    assert done.stdout == "name,cudnn\nboth,\n"
    text = " ".join(call("explain", "m.py", cwd=tmp_path).stdout.split())
    assert "c̃(t) = activation(" in text
    assert "Whether Keras runs it on cuDNN's fused kernel depends on an unknown argument." in text
    for command in (("trace", "m.py"), ("convert", "m.py"), ("convert", "m.py", "--to", "python"),
                    ("convert", "m.py", "--to", "keras-json")):  # fmt: skip
        done = call(*command, cwd=tmp_path)
        assert done.returncode == 2
        assert (
            "activation is not known: `os.environ['F']`: --set \"os.environ['F']=relu\""
            in done.stderr
        )
    check = ("check", "m.py", "--max-unfused-layers", "0")
    assert call(*check, cwd=tmp_path).returncode == 2
    known = call(*check, "--set", "os.environ['F']=relu", cwd=tmp_path)
    assert known.returncode == 1
    assert "both (Bidirectional): activation='relu': cuDNN has tanh only" in known.stdout


def test_a_mask_keeps_jax_and_torch_from_it() -> None:
    (fused,) = fused_layers(built({"input_shape": [5], "layers": [WORDS, {"LSTM": 3}]})).values()
    assert [one.is_possible for one in fused] == [True, False, False]
    assert list(sentences(fused)) == [
        "On TensorFlow, Keras runs this layer on cuDNN's fused kernel if masked time steps are at "
        "the end of each sequence.",
        "On JAX and PyTorch, Keras cannot run it on cuDNN's fused kernel: a mask reaches it.",
    ]


def test_explain_says_what_stands_in_the_way_of_cudnn(call: Any, tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(json.dumps({"input_shape": [5, 4], "layers": [RELU]}))
    found = json.loads(call("explain", "m.json", "--format", "json", cwd=tmp_path).stdout)
    assert found["layers"][0]["cudnn"][0] == {
        "backend": "tensorflow",
        "is_possible": False,
        "obstacles": ["activation='relu': cuDNN has tanh only"],
        "condition": "",
    }
    text = " ".join(call("explain", "m.json", cwd=tmp_path).stdout.split())
    assert "cannot run it on cuDNN's fused kernel: activation='relu': cuDNN has tanh only." in text


@pytest.mark.parametrize(("layer", "status"), [({"LSTM": 3}, 0), ({"GRU": 3}, 0), (RELU, 1)])
def test_a_budget_may_demand_cudnn(call: Any, tmp_path: Path, layer: Any, status: int) -> None:
    spec = {"input_shape": [5, 4], "layers": [layer], "budget": {"cudnn": True}}
    (tmp_path / "m.json").write_text(json.dumps(spec))
    done = call("check", "m.json", cwd=tmp_path)
    assert done.returncode == status
    assert f"recurrent layers without cuDNN {status}" in done.stdout


def test_a_model_whose_input_is_unknown(call: Any, tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(json.dumps({"layers": [RELU, {"Dense": 2}]}))
    assert call("explain", "m.json", cwd=tmp_path).returncode == 0
    assert call("summary", "m.json", "--columns", "cudnn", cwd=tmp_path).returncode == 0
    done = call("check", "m.json", "--max-unfused-layers", "0", cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot be worked out" in done.stderr
    assert "--set 'input_shape=" in done.stderr


UNKNOWN = {"class_name": "Attend", "config": {}}
LSTM = {"class_name": "LSTM", "config": {"units": 3}}


def test_an_unknown_layer_may_be_recurrent_and_may_pass_the_mask(call: Any, tmp_path: Path) -> None:
    first = {"class_name": "InputLayer", "config": {"batch_shape": [None, 5, 4]}}
    config = {"layers": [first, UNKNOWN, LSTM]}
    (tmp_path / "m.json").write_text(json.dumps({"class_name": "Sequential", "config": config}))
    done = call("summary", "m.json", "--columns", "cudnn", "--format", "json", cwd=tmp_path)
    assert [layer["cudnn"] for layer in json.loads(done.stdout)["layers"]] == [None, ALL]
    assert call("check", "m.json", "--max-unfused-layers", "0", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("layer", [LSTM, {"class_name": "BatchNormalization", "config": {}}])
def test_a_layer_that_reads_nothing(call: Any, tmp_path: Path, layer: Any) -> None:
    config = {"layers": [{**layer, "inbound_nodes": [[]]}], "output_layers": [["x", 0, 0]]}
    config["layers"][0]["name"] = "x"
    (tmp_path / "m.json").write_text(json.dumps({"class_name": "Functional", "config": config}))
    for command in ("explain", "cost", "compare"):
        assert call(command, "m.json", cwd=tmp_path).returncode in (0, 2)


def test_a_model_in_a_wrapper() -> None:
    inner = {"model": {"input_shape": [5, 4], "layers": [RELU]}}
    wrapped = {"input_shape": [2, 5, 4], "layers": [{"TimeDistributed": {"layer": inner}}]}
    assert unfused(fused_layers(built(wrapped))) == 1


def test_the_backend_that_suits_a_model_counts() -> None:
    """The mask keeps the LSTM from JAX and PyTorch; TensorFlow runs both layers."""
    layers = [WORDS, {"LSTM": {"units": 3, "return_sequences": True}}, {"GRU": 3}]
    found = fused_layers(built({"input_shape": [5], "layers": layers}))
    assert unfused(found) == 0
    found = fused_layers(built({"input_shape": [5, 4], "layers": [RELU]}))
    assert unfused(found) == 1


@pytest.mark.oracle
@pytest.mark.parametrize("is_masked", [False, True])
@pytest.mark.parametrize("backend", BACKENDS)
def test_every_combination_is_decided_as_by_keras(backend: str, is_masked: bool) -> None:
    pytest.importorskip("keras")
    decides = keras_decides(backend)
    differing = []
    mask = Mask.CERTAIN if is_masked else None
    with running_on(backend):
        for class_name, arguments in (*LSTMS, *GRUS):
            arguments = {"units": 5, **arguments}
            layer = our_layer(class_name, **arguments)
            ours = {each.backend: each for each in fused_kernels(layer, mask)}[backend]
            if ours.is_possible != decides(keras_layer(class_name, **arguments), is_masked):
                differing.append((class_name, arguments, ours.obstacles))
    assert not differing


ONE_WAY: dict[str, list[Any]] = {
    "units": [5, 6],
    "dropout": [0.0, 0.5],
    "unroll": [False, True],
    "use_cudnn": ["auto", False],
    "stateful": [False, True],
}
DIRECTIONS = [
    dict(zip(ONE_WAY, values, strict=True)) for values in itertools.product(*ONE_WAY.values())
]


@pytest.mark.oracle
@pytest.mark.parametrize("class_names", [("LSTM", "LSTM"), ("GRU", "GRU"), ("LSTM", "GRU")])
@pytest.mark.parametrize("is_masked", [False, True])
@pytest.mark.parametrize("backend", BACKENDS)
def test_both_directions_are_decided_as_by_keras(
    backend: str, is_masked: bool, class_names: tuple[str, str]
) -> None:
    pytest.importorskip("keras")
    decides = keras_decides(backend)
    differing = []
    mask = Mask.CERTAIN if is_masked else None
    with running_on(backend):
        for first, second in itertools.product(DIRECTIONS, DIRECTIONS):
            if first["stateful"] != second["stateful"] or first["units"] != 5:
                continue  # Keras refuses the former
            second = {**second, "go_backwards": True}
            of_keras, of_ours = (
                make("Bidirectional", layer=make(class_names[0], **first),
                     backward_layer=make(class_names[1], **second))
                for make in (keras_layer, our_layer)
            )  # fmt: skip
            ours = {each.backend: each for each in fused_kernels(of_ours, mask)}[backend]
            if ours.is_possible != decides(of_keras, is_masked):
                differing.append((first, second, ours.obstacles))
    assert not differing


def keras_layer(class_name: str, **arguments: Any) -> Any:
    import keras

    return getattr(keras.layers, class_name)(**arguments)


def our_layer(class_name: str, **arguments: Any) -> Any:
    return find(class_name)(**arguments)
