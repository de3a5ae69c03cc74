"""Operations and memory: figures computed by hand, and unknown lengths."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lstmcount import LstmcountError
from lstmcount.costs.forward_pass import execute, peak
from lstmcount.costs.measures import Conditions, Measured
from lstmcount.costs.totals import Costs, Row, costs, with_costs, with_dtype
from lstmcount.graph.builder import build
from lstmcount.graph.inference import summarize_model
from lstmcount.renderers.columns import COSTS, EXTRA
from lstmcount.reporting.model import model_of
from lstmcount.sources import open_source, read
from lstmcount.summary import Amount, Summary
from tests.article import ARTICLE
from tests.conftest import Call, built

OPEN = {"name": "open", "input_shape": [None, 126], "layers": [{"LSTM": 64}, {"Dense": 3}]}


def value(rows: tuple[Row, ...], name: str) -> int | None:
    return next(row.amount.value for row in rows if row.name == name)


def of(spec: Any, **options: Any) -> Costs:
    return costs(built(spec), **options)


def test_the_costs_of_the_models_of_an_article() -> None:
    found = of(ARTICLE)
    assert value(found.operations, "MACs") == 986_720
    assert value(found.operations, "FLOPs") == 2 * 986_720
    assert [layer.macs.value for layer in found.layers] == [
        243_200, 491_520, 245_760, 4_096, 2_048, 96,
    ]  # fmt: skip


def test_training_memory_by_hand() -> None:
    found = of(ARTICLE, batch=8)
    weights = 4 * 203_459
    outputs = 5 * 64 + 5 * 128 + 64 + 64 + 32 + 3
    states = 5 * 6 * (64 + 128 + 64)
    expected = {
        "Weights": weights,
        "Gradients": weights,
        "Optimizer": 2 * weights + 8,
        "Inputs": 8 * 4 * 5 * 126,
        "Activations": 8 * 4 * outputs,
        "RNN states": 8 * 4 * states,
    }
    assert {row.name: row.amount.value for row in found.training[:-1]} == expected
    assert value(found.training, "Total") == sum(expected.values())


def test_frozen_weights_have_no_gradients_and_no_slots() -> None:
    found = of(
        {"input_shape": [4], "layers": [{"Dense": {"units": 3, "trainable": False}}, {"Dense": 2}]}
    )
    assert [layer.gradients for layer in found.layers] == [0, 4 * 8]
    assert [layer.optimizer for layer in found.layers] == [0, 2 * 4 * 8]


BRANCHES = {
    "inputs": {"x": [100]},
    "layers": [
        {"Dense": 50, "name": "a"},
        {"Dense": 30, "name": "b", "inputs": "a"},
        {"Dense": 20, "name": "c", "inputs": "a"},
    ],
    "outputs": ["b", "c"],
}


@pytest.mark.parametrize(
    ("spec", "floats"),
    [
        ({"input_shape": [100], "layers": [{"Dense": 10}, {"Dense": 70}, {"Dense": 1}]}, 110),
        ({"input_shape": [10], "layers": [{"Dense": 70}, {"Dense": 60}, {"Dense": 1}]}, 130),
        (BRANCHES, 150),  # the input and a; then a, b and c are 100
        ({**BRANCHES, "inputs": {"x": [5]}}, 100),
    ],
    ids=["first", "middle", "branches-before", "branches-after"],
)
def test_peak_of_live_tensors(spec: Any, floats: int) -> None:
    found = of(spec, batch=3)
    assert value(found.inference, "Activations") == 3 * 4 * floats


def test_a_layer_called_twice_costs_twice_but_weighs_once() -> None:
    spec = {
        "inputs": {"left": [8], "right": [8]},
        "layers": [
            {"Dense": 4, "name": "shared", "inputs": "left"},
            {"call": "shared", "inputs": "right", "name": "again"},
        ],
        "outputs": ["shared", "again"],
    }
    found = of(spec)
    assert [layer.macs.value for layer in found.layers if layer.weights] == [2 * 32]
    assert value(found.training, "Weights") == 4 * 36
    assert value(found.training, "Activations") == 2 * 4 * 4


def test_a_nested_model_costs_what_is_in_it() -> None:
    inner = {"input_shape": [8], "layers": [{"Dense": 6}, {"Dense": 4}]}
    found = of({"input_shape": [8], "layers": [{"model": inner, "name": "inner"}, {"Dense": 2}]})
    assert [layer.macs.value for layer in found.layers] == [8 * 6 + 6 * 4, 8]
    assert [layer.activations.value for layer in found.layers] == [4 * (6 + 4), 4 * 2]
    assert value(found.inference, "Activations") == 4 * 14


def test_a_cell_of_a_programs_own_class_costs_what_it_does_at_each_time_step() -> None:
    program = Path(__file__).parents[1] / "programs" / "programs" / "own_cells.py"
    macs = {layer.name: layer.macs.value for layer in of(str(program)).layers}
    assert macs["rnn"] == 7 * (5 * 12 + 12 * 12 + 12 * 6 + 6 * 6)
    assert macs["minimal_rnn"] == 7 * (4 * 6 + 6 * 6)


def test_unknown_length_gives_a_figure_per_step_and_no_total() -> None:
    found = of(OPEN)
    assert found.layers[0].macs == Amount(None, 4 * 64 * (126 + 64))
    assert found.layers[1].macs == Amount(192)
    assert value(found.operations, "MACs") is None
    assert value(found.training, "Total") is None


def test_time_steps_resolve_it() -> None:
    found = of(OPEN, timesteps=5)
    assert found.layers[0].macs == Amount(243_200)
    assert value(found.operations, "MACs") == 243_392


@pytest.mark.parametrize(
    ("spec", "options", "message"),
    [
        (ARTICLE, {"timesteps": 7}, "no input has an unknown number of time steps: (None, 5, 126)"),
        (
            {**ARTICLE, "batch_size": 4},
            {"batch": 8},
            "the model's batch size is 4; it cannot run on 8",
        ),
        (
            {"layers": [{"Dense": 3}]},
            {},
            "not known: the parameters of dense (Dense): the model's input shape",
        ),
        (ARTICLE, {"optimizer": {"class_name": "Mine", "config": {}}}, "unknown optimizer 'Mine'"),
    ],
)
def test_a_request_that_cannot_be_met_is_an_error(
    spec: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(LstmcountError) as error:
        of(spec, **options)
    assert str(error.value).startswith(message)


def test_a_fixed_batch_is_the_default() -> None:
    assert of({**ARTICLE, "batch_size": 4}).batch == 4


@pytest.mark.parametrize(
    ("dtype", "weights", "activations"),
    [("float32", 4, 4), ("float16", 2, 2), ("mixed_float16", 4, 2), ("float64", 8, 8)],
)
def test_a_dtype_sets_the_size_of_weights_and_activations(
    dtype: str, weights: int, activations: int
) -> None:
    config = with_dtype(read(open_source(ARTICLE)), dtype)
    found = costs(build(config))
    assert value(found.training, "Weights") == weights * 203_459
    assert value(found.training, "Activations") == activations * 1123


def costed(spec: Any) -> Summary:
    model = built(spec)
    return with_costs(model, summarize_model(model), COSTS)


def total(column: str, summary: Summary) -> Amount | None:
    of = EXTRA[column].total
    return None if of is None else of(summary)


def test_columns_of_the_summary() -> None:
    summary = costed(OPEN)
    assert EXTRA["flops"].value(summary.layers[0], summary) == Amount(None, 2 * 48_640)
    assert total("macs", summary) == Amount(None)
    assert total("activations", costed(ARTICLE)) == Amount(4 * 1123)


def test_an_execution_writes_what_inference_inferred() -> None:
    model = built(ARTICLE)
    run = execute(model, [(2, 5, 126)])
    assert [call.writes[0].shape for call in run.calls] == [
        (2, *layer.output_shape[1:]) for layer in summarize_model(model).layers
    ]
    assert peak(run) == 2 * 4 * (5 * 64 + 5 * 128)


def test_the_command_prints_what_the_function_returns(call: Call) -> None:
    done = call("cost", "-", "--batch", "8", stdin=json.dumps(ARTICLE))
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "  MACs     986,720  " in done.stdout
    record = json.loads(call("cost", "-", "--format", "json", stdin=json.dumps(ARTICLE)).stdout)
    assert record["macs_convention"] == "contractions"
    assert sum(layer["macs"] for layer in record["layers"]) == 986_720
    table = call("cost", "-", "--format", "csv", stdin=json.dumps(ARTICLE)).stdout
    assert table.splitlines()[1].startswith("lstm,LSTM,243200,,486400,,195584,")


def test_summary_shows_costs(call: Call) -> None:
    args = ("summary", "-", "--columns", "macs,flops,activations")
    shown = call(*args, stdin=json.dumps(ARTICLE)).stdout
    assert shown.endswith(
        " Total MACs: 986,720\n Total FLOPs: 1,973,440\n Total Activations (bytes): 4,492\n"
    )
    shown = call(*args, stdin=json.dumps(OPEN)).stdout
    assert "48,640/step" in shown
    assert " Total MACs: ?\n" in shown
    record = json.loads(call(*args, "--format", "json", stdin=json.dumps(OPEN)).stdout)
    assert record["layers"][0]["macs"] is None
    assert record["layers"][0]["macs_per_step"] == 48_640
    assert record["total_macs"] is None


@pytest.mark.parametrize(
    "args",
    [("--timesteps", "0"), ("--batch", "-1"), ("--optimizer", "adm"), ("--dtype", "float33")],
)
def test_wrong_options_are_exit_status_2(call: Call, args: tuple[str, ...]) -> None:
    done = call("cost", "-", *args, stdin=json.dumps(OPEN))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


LEFT_OPEN = {
    "two inputs, no recurrence": (
        {
            "inputs": {"q": [5, 8], "v": [5, 8]},
            "layers": [{"Attention": {}, "inputs": ["q", "v"]}],
        },
        True,
    ),
    "an input of unknown rank": (
        "from keras import Model, layers\n"
        "inputs = layers.Input(shape())\n"
        "model = Model(inputs, layers.LSTM(4)(inputs))\n",
        False,
    ),
}


@pytest.mark.parametrize(("source", "known"), LEFT_OPEN.values(), ids=list(LEFT_OPEN))
def test_costs_of_unknown_sizes_are_unknown(source: Any, known: bool, tmp_path: Path) -> None:
    if isinstance(source, str):
        (tmp_path / "model.py").write_text(source)
        source = tmp_path / "model.py"
    found = costs(built(source))
    assert (found.training[-1].amount.value is not None) is known
    assert (found.operations[0].amount.value is not None) is known


UNKNOWN_CODE = {
    "a function that the program lacks": "return strange(x)",
    "a step that Keras repeats": "return ops.scan(lambda c, r: (c, r @ c), x[:, 0], x)[1]",
    "the convolution of a layer": "return self.convolve.convolution_op(x, self.kernel)",
}


@pytest.mark.parametrize("code", UNKNOWN_CODE.values(), ids=list(UNKNOWN_CODE))
def test_products_in_code_that_is_not_followed_are_unknown(code: str, tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(
        "from keras import Sequential, layers, ops\n"
        "class Own(layers.Layer):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.convolve = layers.Conv1D(8, 3, padding='same')\n"
        "        self.kernel = self.add_weight(shape=(3, 8, 8))\n"
        f"    def call(self, x):\n        {code}\n"
        "model = Sequential([layers.Input((5, 8)), Own()])\n"
    )
    model = built(tmp_path / "model.py")
    assert costs(model).operations[0].amount.value is None


def test_a_layer_without_inputs_keeps_no_states() -> None:
    sizes = {"shapes_dict": {"query_shape": [None, 5, 8], "value_shape": [None, 5, 8]}}
    attention = {
        "class_name": "GroupQueryAttention",
        "config": {"name": "a", "head_dim": 4, "num_query_heads": 2, "num_key_value_heads": 2},
        "build_config": sizes,
        "inbound_nodes": [{"args": [], "kwargs": {}}],
    }
    x = {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 3]}}
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}
    config = {"name": "m", "layers": [x, attention], **ends}
    model = built({"class_name": "Functional", "config": config})
    rows = [[row.name for row in costs(model, batch=batch).training] for batch in (None, 2, 3)]
    assert "RNN states" not in rows[0]
    assert rows[1:] == [rows[0]] * 2


HALVES: dict[str, Any] = {"x": {"shape": [4, 6], "dtype": "float16"}}
TOKENS: dict[str, Any] = {"t": {"shape": [5], "dtype": "int32"}}


@pytest.mark.parametrize(
    ("inputs", "entries", "size"),
    [
        (HALVES, [{"ops.mean": {"axis": 1}}], 2 * 6),
        (HALVES, [{"ops.top_k": {"k": 3}}], (2 + 4) * 4 * 3),
        (HALVES, [{"ops.argmax": {"axis": -1}}], 4 * 4),
        (HALVES, [{"ops.cast": {"dtype": "float64"}}], 8 * 24),
        (HALVES, [{"Flatten": {"dtype": "float16"}}], 2 * 24),
        (HALVES, ["Flatten"], 4 * 24),
        (TOKENS, [{"ops.equal": {}, "inputs": ["t", "t"]}], 5),
        (TOKENS, ["Identity", {"ops.cast": {"dtype": "int8"}}], 4 * 5 + 5),
        (TOKENS, [{"ops.cast": {"dtype": "int8"}}, {"Reshape": [1, 5]}, "Flatten"], 3 * 5),
        (TOKENS, [{"ops.cast": {"dtype": "uint8"}}, {"Dropout": 0.5}], 5 + 4 * 5),
        (TOKENS, [{"Hashing": 9}], 8 * 5),
        (TOKENS, [{"Hashing": {"num_bins": 9, "dtype": "int32"}}], 4 * 5),
        (TOKENS, [{"Hashing": {"num_bins": 9, "output_mode": "one_hot"}}], 4 * 9),
        (TOKENS, [{"IntegerLookup": {"vocabulary": [1, 2]}}], 8 * 5),
        (HALVES, [{"Discretization": {"bin_boundaries": [0.5]}}], 4 * 24),
    ],
    ids=str,
)
def test_activations_have_the_dtype_that_the_call_returns(
    inputs: Any, entries: list[Any], size: int
) -> None:
    found = of({"inputs": inputs, "layers": entries})
    assert value(found.training, "Activations") == size


PRODUCTS = """
from keras import Input, Model, layers, ops
class Part({base}):
    def __init__(self):
        super().__init__()
        self.words, self.rnn = layers.Embedding(1000, 32), layers.LSTM(32, return_sequences=True)
        self.out = self.add_weight(shape=(32, 1000), name="out")
    def call(self, x):
        h = self.rnn(self.words(x))
        return ops.matmul(ops.matmul(ops.einsum("btd,bsd->bts", h, h), h), self.out)
"""
INSIDE = "i = Input((10,))\nmodel = Model(i, Part()(i))"
ALONE = "model = Part()\nmodel(ops.zeros((1, 10), 'int32'))"


@pytest.mark.parametrize(
    ("base", "use"), [("layers.Layer", INSIDE), ("Model", INSIDE), ("Model", ALONE)]
)
def test_products_in_a_call_count_in_a_layer_and_in_a_model(
    tmp_path: Path, base: str, use: str
) -> None:
    program = tmp_path / "p.py"
    program.write_text(PRODUCTS.format(base=base) + use)
    model = build(read(open_source(program)))
    macs = 10 * 64 * 128 + 10 * 10 * 32 + 10 * 10 * 32 + 10 * 32 * 1000
    assert value(costs(model).operations, "MACs") == macs
    columns = ("macs", "flops")
    summary = with_costs(model, summarize_model(model), columns)
    totals = [EXTRA[name].total for name in columns]
    assert [total(summary).value for total in totals if total] == [macs, 2 * macs]
    assert model_of("p.py", model).totals.macs.value == macs
    assert Measured(model, Conditions()).total("macs") == macs


def test_the_operations_of_a_models_class_have_rows(tmp_path: Path) -> None:
    program = tmp_path / "p.py"
    program.write_text(PRODUCTS.format(base="Model") + ALONE)
    found = costs(build(read(open_source(program))))
    rows = {layer.class_name: layer.macs.value for layer in found.layers}
    assert rows == {"Embedding": 0, "LSTM": 81_920, "Einsum": 3_200, "Matmul": 320_000}
    assert value(found.training, "Activations") == 1_280 + 1_280 + 400 + 1_280 + 40_000
