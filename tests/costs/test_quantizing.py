"""The model after `model.quantize` of Keras, from a description of the model."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstmcount.costs.quantizing import compared, quantized
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build
from lstmcount.graph.inference import summarize_model
from lstmcount.layers.quantization import MODES
from lstmcount.sources import open_source, read
from lstmcount.summary import Summary
from tests import golden_layers
from tests.conftest import ROOT, Call
from tests.differential import real_keras, specs
from tests.examples import examples

WORDS = {
    "name": "words",
    "input_shape": [20],
    "layers": [
        {"Embedding": {"input_dim": 100, "output_dim": 8}},
        {"Bidirectional": {"layer": {"LSTM": {"units": 4, "return_sequences": True}}}},
        {"TimeDistributed": {"layer": {"Dense": 3}}},
        {"LSTM": 2},
        {"Dense": 5},
    ],
}


def of(source: Any, mode: str) -> Summary:
    config = read(open_source(source))
    after = summarize_model(build(quantized(config, mode)))
    compared(summarize_model(build(config)), after, mode)
    return after


def changes(source: Any, mode: str) -> dict[str, tuple[int, int, bool]]:
    config = read(open_source(source))
    before = summarize_model(build(config))
    found = compared(before, summarize_model(build(quantized(config, mode))), mode)
    return {
        layer.name: (layer.bytes_before, layer.bytes_after, layer.is_left_alone)
        for layer in found.layers
    }


def test_a_layer_with_a_layer_as_activation_is_left_alone() -> None:
    activation = {"class_name": "LeakyReLU", "config": {}}
    model = {"input_shape": [8], "layers": [{"Dense": {"units": 3, "activation": activation}}]}
    assert changes(model, "int8") == {"dense": (108, 108, True)}


def test_spectral_normalization_keeps_the_kernel_from_before() -> None:
    """int8 adds 24 bytes of kernel and 3 scales; float8 keeps the kernel itself."""
    model = {"input_shape": [8], "layers": [{"SpectralNormalization": {"layer": {"Dense": 3}}}]}
    assert changes(model, "int8") == {"spectral_normalization": (120, 120 + 24 + 12, False)}
    assert changes(model, "int4") == {
        "spectral_normalization": (120, 120 + 16 + 12 + 3 + 32, False)
    }
    assert changes(model, "float8")["spectral_normalization"][1] == 120 + 3 * (1 + 1024) * 4


def test_an_empty_kernel() -> None:
    model = {"input_shape": [0], "layers": [{"Dense": 3}]}
    with pytest.raises(LstmcountError, match="layer 'dense': Keras quantises no empty kernel"):
        changes(model, "int8")
    assert changes(model, "int4") == {"dense": (12, 12, False)}


def test_layer_by_layer() -> None:
    assert changes(WORDS, "int8") == {
        "embedding": (3200, 800 + 400, False),
        "bidirectional": (1664, 1664, True),
        "time_distributed": (108, 24 + 12 + 12, False),
        "lstm_1": (192, 192, True),
        "dense_1": (60, 10 + 20 + 20, False),
    }
    assert changes(WORDS, "float8")["embedding"] == (3200, 3200, True)


def test_layers_of_nested_models_have_paths() -> None:
    inner = {"input_shape": [4], "layers": [{"Dense": 4}, {"Dense": 2, "name": "last"}]}
    spec = {"input_shape": [4], "layers": [{"model": inner, "name": "inner"}, {"Dense": 1}]}
    assert list(changes(spec, "int8")) == ["inner/dense", "inner/last", "dense"]


REFUSED: dict[str, tuple[list[Any], str, str]] = {
    "an activation with weights": (
        [{"Dense": {"units": 3, "activation": {"class_name": "PReLU", "config": {}}}}],
        "int8",
        "Keras quantises no model with PReLU as an activation",
    ),
    "already quantised": (
        [{"Dense": {"units": 3, "dtype": "int8_from_float32"}}],
        "int4",
        "$.layers[0].Dense: layer 'dense': expected a layer that is not quantised, got one in "
        "int8_from_float32",
    ),
    "float16": (
        [{"Dense": 3}, {"Dropout": {"rate": 0.5, "dtype": "mixed_float16"}}],
        "int8",
        "$.layers[1].Dropout: layer 'dropout': int8 does not work with computations in float16; "
        "use bfloat16",
    ),
    "inside a wrapper": (
        [{"RepeatVector": 2}, {"TimeDistributed": {"layer": {"Dense": {"units": 3,
                                                                       "dtype": "float16"}}}}],
        "int8",
        "$.layers[1].TimeDistributed.layer.Dense: layer 'dense': int8 does not work with "
        "computations in float16; use bfloat16",
    ),
    "ellipsis": (
        [{"EinsumDense": {"equation": "...x,xy->...y", "output_shape": [3]}}],
        "int4",
        "int4 does not work with an ellipsis",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("layers", "mode", "message"), REFUSED.values(), ids=REFUSED)
def test_what_keras_cannot_quantize_is_refused(layers: list[Any], mode: str, message: str) -> None:
    with pytest.raises(LstmcountError) as refused:
        of({"input_shape": [8], "layers": layers}, mode)
    assert message in str(refused.value)


def test_quantisation_of_an_unknown_class_is_unknown() -> None:
    layer = {"class_name": "Attend", "config": {"name": "attend"}}
    model = {"class_name": "Sequential", "config": {"layers": [layer]}}
    with pytest.raises(LstmcountError, match=r"layer 'attend': it is not known whether Keras"):
        of(model, "int8")


def test_the_command_shows_the_weights_before_and_after(call: Call, tmp_path: Any) -> None:
    path = tmp_path / "words.json"
    path.write_text(json.dumps(WORDS))
    done = call("cost", str(path), "--quantize", "int8")
    assert "Weights after model.quantize('int8'): 3.08 KB, before: 5.10 KB" in done.stdout
    rows = [line.split() for line in done.stdout.splitlines()]
    dtypes = ["float32", "40", "B,", "int8", "10", "B"]
    assert ["dense_1", "Dense", "60.00", "B", "50.00", "B", *dtypes] in rows
    assert "left alone" in done.stdout
    record = json.loads(call("cost", str(path), "--quantize", "int8", "--format", "json").stdout)
    assert record["quantized"]["bytes_after"] == record["inference_bytes"][0]["value"] == 3154
    assert record["quantized"]["layers"][-1]["weights"][1] == {
        "name": "kernel", "shape": [2, 5], "dtype": "int8", "trainable": False, "bytes": 10,
    }  # fmt: skip
    rows = call("cost", str(path), "--quantize", "int8", "--format", "jsonl").stdout.splitlines()
    before = {row["name"]: row["weights_before"] for row in map(json.loads, rows)}
    assert before == {"embedding": 3200, "bidirectional": 1664, "time_distributed": 108,
                      "lstm_1": 192, "dense_1": 60}  # fmt: skip
    done = call("cost", str(path), "--quantize", "int8", "--format", "latex")
    assert "Weights before" in done.stdout
    assert "& 5,224 \\\\\n\\bottomrule" in done.stdout
    refused = call("cost", str(path), "--quantize", "int8", "--dtype", "float16")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


def ours(source: Any, mode: str) -> Counter[Any] | None:
    """The weights after `quantize`; None where it is refused."""
    try:
        summary = of(source, mode)
    except LstmcountError:
        return None
    trains = {id(weight) for weight in summary.trainable_weights()}
    return Counter(
        (w.name.rpartition("/")[2], w.shape, w.dtype, id(w) in trains) for w in summary.weights
    )


def theirs(model: Any, mode: str) -> Counter[Any] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model.quantize(mode)
        except (ValueError, TypeError):  # the latter for an ellipsis
            return None
    trains = {id(weight) for weight in model.trainable_weights}
    return Counter((w.name, tuple(w.shape), w.dtype, id(w) in trains) for w in model.weights)


def agree(make: Any, source: Any) -> None:
    for mode in MODES:
        assert ours(source, mode) == theirs(make(), mode), mode


MODELS = sorted(
    path.parent.name for path in (ROOT / "tests" / "golden" / "models").glob("*/model.json")
)


@pytest.mark.oracle
@pytest.mark.parametrize("name", MODELS)
def test_models_as_in_keras(name: str) -> None:
    text = (ROOT / "tests" / "golden" / "models" / name / "model.json").read_text()

    def load() -> Any:
        return real_keras.fresh().models.model_from_json(text)

    try:
        model = load()
    except Exception as error:
        pytest.skip(f"Keras alone does not load it: {error}")
    if not model.built:
        pytest.skip("no weights to quantise")
    agree(load, model.to_json())


@pytest.mark.oracle
@pytest.mark.parametrize("class_name", golden_layers.class_names())
def test_layers_as_in_keras(class_name: str) -> None:
    keras = pytest.importorskip("keras")

    def tensors(value: Any) -> Any:
        if isinstance(value, dict) and set(value) == {"shape", "dtype"}:
            return keras.Input(batch_shape=value["shape"], dtype=value["dtype"])
        if isinstance(value, list):
            return [tensors(item) for item in value]
        return {k: tensors(v) for k, v in value.items()} if isinstance(value, dict) else value

    def make(case: golden_layers.Case) -> Any:
        real_keras.fresh()
        cls = getattr(keras.layers, class_name)
        layer = cls.from_config(json.loads(json.dumps(case.config)))
        args, kwargs = (tensors(case.facts["inputs"][each]) for each in ("args", "kwargs"))
        flat = keras.tree.flatten([args, kwargs])
        inputs = [each for each in flat if isinstance(each, keras.KerasTensor)]
        return keras.Model(inputs, layer(*args, **kwargs))

    for case in golden_layers.cases(class_name):
        try:
            model = make(case)
            text = model.to_json()
        except Exception:
            continue  # no functional model can hold it
        if _cannot_be_read(text):
            continue
        for mode in MODES:
            assert ours(text, mode) == theirs(make(case), mode), (mode, case.facts["id"])


def _cannot_be_read(text: str) -> bool:
    """Whether it is refused for another reason, such as units of True."""
    try:
        summarize_model(build(read(open_source(text))))
    except LstmcountError:
        return True
    return False


compare = settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.oracle
@compare
@given(st.one_of(specs.sequential(), specs.graph()), st.sampled_from(MODES))
def test_generated_models_as_in_keras(spec: dict[str, Any], mode: str) -> None:
    keras = pytest.importorskip("keras")
    model = keras.models.model_from_json(real_keras.build(spec).to_json())
    assert ours(spec, mode) == theirs(model, mode)
