"""A trace follows the equations, and equals what Keras computes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.summary import LayerSummary, Summary

np = pytest.importorskip("numpy")

from lstmcount.graph.recurrence import cell_names, is_recurrent  # noqa: E402
from lstmcount.tracing.activations import functions  # noqa: E402
from lstmcount.tracing.stored import stored_weights  # noqa: E402
from lstmcount.tracing.unroll import Trace, unroll  # noqa: E402
from lstmcount.tracing.values import initial_states, random_weights  # noqa: E402

T, D = 6, 4


def layer_of(entry: Any) -> LayerSummary:
    return summarize({"input_shape": [T, D], "layers": [entry]}).layers[0]


def traced(layer: LayerSummary, sequence: Any, **initial: Any) -> Trace:
    arrays = random_weights(layer.weights, layer.layer, np.random.default_rng(1))
    return unroll(layer.layer, layer.weights, arrays, sequence, initial)


def test_lstm_by_hand() -> None:
    layer = layer_of({"LSTM": 1})
    arrays = {
        "kernel": np.array([[0.1, 0.2, 0.3, 0.4]] + [[0.0] * 4] * 3),
        "recurrent_kernel": np.array([[0.5, 0.6, 0.7, 0.8]]),
        "bias": np.array([0.01, 0.02, 0.03, 0.04]),
    }
    sequence = np.zeros((1, D))
    sequence[0, 0] = 2.0
    start = {"": {"h": np.array([0.5]), "c": np.array([-1.0])}}
    (step,) = (
        unroll(layer.layer, layer.weights, arrays, sequence, start).directions[0].cells[0].steps
    )

    def sigmoid(z: float) -> float:
        return float(1 / (1 + np.exp(-z)))

    i, f = sigmoid(0.2 + 0.25 + 0.01), sigmoid(0.4 + 0.3 + 0.02)
    o, g = sigmoid(0.8 + 0.4 + 0.04), np.tanh(0.6 + 0.35 + 0.03)
    c = f * -1.0 + i * g
    expected = {"f": f, "i": i, "o": o, "c_tilde": g, "c": c, "h": o * np.tanh(c)}
    assert {name: float(value[0]) for name, value in step.items()} == pytest.approx(expected)


def test_directions_read_the_sequence_their_own_way() -> None:
    layer = layer_of({"Bidirectional": {"layer": {"LSTM": 3}}})
    trace = traced(layer, np.ones((T, D)))
    assert [d.order for d in trace.directions] == [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0]]
    assert trace.output.shape == (6,)


def test_stacked_cells_read_the_cell_below() -> None:
    layer = layer_of({"RNN": {"cell": [{"LSTMCell": 3}, {"GRUCell": 2}], "return_sequences": True}})
    trace = traced(layer, np.ones((T, D)))
    below, above = trace.directions[0].cells
    assert [below.units, above.units] == [3, 2]
    assert trace.output.shape == (T, 2)
    names = [path for path, _ in cell_names(layer.layer)]
    assert names == ["stacked_rnn_cells/lstm_cell", "stacked_rnn_cells/gru_cell"]


def test_the_forget_gates_bias_is_one() -> None:
    layer = layer_of({"LSTM": 3})
    arrays = random_weights(layer.weights, layer.layer, np.random.default_rng(0))
    assert arrays["bias"].tolist() == [0.0] * 3 + [1.0] * 3 + [0.0] * 6


def test_a_state_of_another_size_is_refused() -> None:
    layer = layer_of({"LSTM": 3})
    with pytest.raises(LstmcountError) as error:
        unroll(
            layer.layer,
            layer.weights,
            random_weights(layer.weights, layer.layer, np.random.default_rng(0)),
            np.ones((T, D)),
            {"": {"h": np.zeros(4)}},
        )
    assert str(error.value) == "expected h(0) of shape [3], got (4,)"


def test_layers_over_time_that_are_not_recurrent() -> None:
    assert not is_recurrent(layer_of({"TimeDistributed": {"layer": {"Dense": 3}}}).layer)
    assert is_recurrent(layer_of({"RNN": {"cell": {"GRUCell": 3}}}).layer)


# -- against Keras ------------------------------------------------------------------------------

LAYERS: list[tuple[str, dict[str, Any]]] = [
    ("SimpleRNN", {"units": 3}),
    ("SimpleRNN", {"units": 3, "use_bias": False, "activation": "relu"}),
    ("LSTM", {"units": 3}),
    ("LSTM", {"units": 3, "use_bias": False, "unit_forget_bias": False}),
    ("LSTM", {"units": 3, "recurrent_activation": "hard_sigmoid", "activation": "relu"}),
    ("LSTM", {"units": 3, "go_backwards": True}),
    ("GRU", {"units": 3}),
    ("GRU", {"units": 3, "reset_after": False}),
    ("GRU", {"units": 3, "use_bias": False, "activation": "softsign"}),
    ("GRU", {"units": 3, "go_backwards": True, "reset_after": False}),
]


def entries() -> list[dict[str, Any]]:
    plain = [{name: given} for name, given in LAYERS]
    wrapped = [
        {"Bidirectional": {"layer": {name: given}, "merge_mode": mode}}
        for name, given in LAYERS
        for mode in ("concat", "sum", "mul", "ave")
        if "go_backwards" not in given
    ]
    cells = [
        {"RNN": {"cell": {"LSTMCell": 3}}},
        {"RNN": {"cell": [{"LSTMCell": 3}, {"GRUCell": 2}, {"SimpleRNNCell": 5}]}},
        {"RNN": {"cell": {"GRUCell": {"units": 3, "reset_after": False}}, "go_backwards": True}},
    ]
    return plain + wrapped + cells


def with_sequences(entry: dict[str, Any]) -> dict[str, Any]:
    ((name, given),) = entry.items()
    if name == "Bidirectional":
        return {name: {**given, "layer": with_sequences(given["layer"])}}
    return {name: {**given, "return_sequences": True}}


def made(keras: Any, entry: dict[str, Any]) -> Any:
    """The Keras layer that an entry of a spec describes."""
    ((name, given),) = entry.items()
    given = dict(given) if isinstance(given, dict) else {"units": given}
    if "layer" in given:
        given["layer"] = made(keras, given["layer"])
    if isinstance(given.get("cell"), list):
        given["cell"] = [made(keras, cell) for cell in given["cell"]]
    elif "cell" in given:
        given["cell"] = made(keras, given["cell"])
    return getattr(keras.layers, name)(**given)


@pytest.mark.oracle
def test_outputs_equal_keras() -> None:
    keras = pytest.importorskip("keras")
    random = np.random.default_rng(7)
    for entry in [e for plain in entries() for e in (plain, with_sequences(plain))]:
        ours, theirs = layer_of(entry), made(keras, entry)
        theirs.build((1, T, D))
        values = [random.standard_normal(w.shape) for w in theirs.weights]
        theirs.set_weights(values)
        arrays = {w.name: v for w, v in zip(ours.weights, values, strict=True)}
        sequence = random.standard_normal((T, D))
        found = unroll(ours.layer, ours.weights, arrays, sequence).output
        want = np.asarray(theirs(sequence[None].astype("float32")))[0]
        np.testing.assert_allclose(found, want, atol=1e-5, rtol=1e-4, err_msg=str(entry))


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["SimpleRNN", "LSTM", "GRU"])
def test_states_equal_keras(name: str) -> None:
    keras = pytest.importorskip("keras")
    random = np.random.default_rng(3)
    ours = layer_of({name: {"units": 3}})
    theirs = getattr(keras.layers, name)(3, return_sequences=True, return_state=True)
    theirs.build((1, T, D))
    values = [random.standard_normal(w.shape) for w in theirs.weights]
    theirs.set_weights(values)
    arrays = {w.name: v for w, v in zip(ours.weights, values, strict=True)}
    sequence = random.standard_normal((T, D))
    start = initial_states(ours.layer, "random", random)
    (cell,) = unroll(ours.layer, ours.weights, arrays, sequence, start).directions[0].cells
    initial = [start[""][state][None].astype("float32") for state in cell.states]
    outputs, *states = theirs(sequence[None].astype("float32"), initial_state=initial)
    steps = np.stack([step["h"] for step in cell.steps])
    np.testing.assert_allclose(steps, np.asarray(outputs)[0], atol=1e-5)
    for state, want in zip(cell.states, states, strict=True):
        np.testing.assert_allclose(cell.final[state], np.asarray(want)[0], atol=1e-5)


@pytest.mark.oracle
def test_activations_equal_keras() -> None:
    keras = pytest.importorskip("keras")
    x = np.linspace(-3.7, 3.7, 24)
    for name, function in functions().items():
        want = np.asarray(keras.activations.get(name)(x.astype("float32")))
        np.testing.assert_allclose(function(x), want, atol=2e-6, err_msg=name)


@pytest.mark.oracle
@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_stored_weights_are_the_models_own(suffix: str, tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")
    pytest.importorskip("h5py")
    layers = keras.layers
    inner = keras.Sequential([layers.Input((T, 2)), layers.GRU(3, name="gru")], name="inner")
    model = keras.Sequential(
        [
            layers.Input((T, D)),
            layers.LSTM(3, return_sequences=True, name="first"),
            layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="both"),
            layers.RNN([layers.GRUCell(3), layers.LSTMCell(2)], return_sequences=True, name="rnn"),
            layers.LSTM(2, return_sequences=True, name="second"),
            inner,
        ]
    )
    path = tmp_path / f"model.{suffix}"
    model.save(path)
    nested = {"input_shape": [T, 2], "layers": [{"GRU": 3, "name": "gru"}]}
    summary = summarize(
        {
            "input_shape": [T, D],
            "layers": [
                {"LSTM": {"units": 3, "return_sequences": True}, "name": "first"},
                {
                    "Bidirectional": {"layer": {"LSTM": {"units": 2, "return_sequences": True}}},
                    "name": "both",
                },
                {
                    "RNN": {"cell": [{"GRUCell": 3}, {"LSTMCell": 2}], "return_sequences": True},
                    "name": "rnn",
                },
                {"LSTM": {"units": 2, "return_sequences": True}, "name": "second"},
                {"model": nested, "name": "inner"},
            ],
        }
    )
    theirs = [*model.layers[:-1], inner.layers[0]]
    ours = [layer for layer in summary.walk() if not layer.layers]
    for layer, real in zip(ours, theirs, strict=True):
        found = stored_weights(path, summary, layer, layer.weights)
        assert found is not None
        for weight, want in zip(layer.weights, real.get_weights(), strict=True):
            np.testing.assert_array_equal(found[weight.name], want, err_msg=weight.name)
    check_misfit(path, summary)


def check_misfit(path: Path, summary: Summary) -> None:
    layer = summarize({"input_shape": [T, D], "layers": [{"LSTM": 9, "name": "first"}]})
    with pytest.raises(LstmcountError) as error:
        stored_weights(path, layer, layer.layers[0], layer.layers[0].weights)
    assert "'first' have the shapes [(4, 12), (3, 12), (12,)]" in str(error.value)


@pytest.mark.parametrize("name", ["kernel", "recurrent_kernel"])
def test_a_file_that_lacks_weights_it_names(name: str, tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("first")
        group.attrs["weight_names"] = ["kernel", "recurrent_kernel", "bias"]
        for key in {"kernel", "recurrent_kernel", "bias"} - {name}:
            group[key] = [1.0]
    summary = summarize({"input_shape": [T, D], "layers": [{"LSTM": 9, "name": "first"}]})
    layer = summary.layers[0]
    with pytest.raises(LstmcountError, match=f"cannot be read: .*{name}"):
        stored_weights(path, summary, layer, layer.weights)
