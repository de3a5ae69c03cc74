"""Layers that several other layers run: Keras counts their weights once."""

import pytest

from lstmcount import explain, summarize, trace

BEFORE = """
import keras
from keras import Input, layers
x, steps = Input((5, 3)), Input((4, 5, 3))
def model_of(*outputs): return keras.Model([x, steps], [each for each in outputs])
lstm, gru, same = layers.LSTMCell(4), layers.GRUCell(3), layers.GRUCell(3)
dense = layers.Dense(3)
"""
COUNTED = {
    "layers.RNN([lstm, gru])(x), layers.RNN([lstm, gru], go_backwards=True)(x)": 209,
    "layers.RNN([lstm, gru])(x), layers.RNN(lstm)(x)": 209,
    "layers.RNN(lstm)(x), layers.RNN(layers.StackedRNNCells([lstm, gru]))(x)": 209,
    "layers.RNN(s := layers.StackedRNNCells([lstm, gru]))(x), layers.RNN(s)(x)": 209,
    "layers.RNN([lstm, gru])(x), layers.RNN([layers.LSTMCell(4), gru])(x)": 337,
    "layers.RNN([gru, gru])(x), layers.Dense(3)(x)": 84,
    "layers.RNN([gru, gru, layers.GRUCell(3, name='gru_cell')])(x)": 144,
    "layers.Bidirectional(layers.LSTM(4), backward_layer=(b := layers.LSTM(4, "
    "go_backwards=True)))(x), b(x)": 256,
    "(b := layers.LSTM(4, go_backwards=True))(x), "
    "layers.Bidirectional(layers.LSTM(4), backward_layer=b)(x)": 256,
    "(f := layers.LSTM(4))(x), layers.Bidirectional(f)(x)": 384,
    "(f := layers.LSTM(4, name='forward_it'))(x), layers.Bidirectional(f)(x)": 384,
    "layers.Bidirectional(layers.RNN([lstm, gru]))(x), layers.RNN([lstm, gru])(x)": 627,
    "layers.SpectralNormalization(dense)(x), dense(x)": 15,
    "dense(x), layers.SpectralNormalization(dense)(x)": 15,
    "layers.SpectralNormalization(dense)(x), layers.SpectralNormalization(dense)(x)": 18,
    "layers.TimeDistributed(layers.TimeDistributed(dense))(steps), dense(x)": 12,
    "layers.TimeDistributed(layers.RNN([lstm, gru]))(steps), layers.RNN(gru)"
    "(layers.Dense(4)(x))": 225,
    "layers.TimeDistributed(layers.SpectralNormalization(dense))(x), dense(x)": 15,
    "layers.TimeDistributed(m := keras.Sequential([Input((5, 3)), dense]))(steps), m(x)": 12,
    "layers.TimeDistributed(keras.Sequential([Input((5, 3)), dense]))(steps), dense(x)": 12,
}


@pytest.fixture
def write(tmp_path):
    def write(outputs):
        program = tmp_path / "p.py"
        program.write_text(f"{BEFORE}model = keras.Model([x, steps], [{outputs}])\n")
        return program

    return write


@pytest.mark.parametrize(("outputs", "count"), COUNTED.items())
def test_shared_weights_count_once(write, outputs, count):
    assert summarize(write(outputs)).total_params == count


def test_every_layer_lists_all_weights_that_it_uses(write):
    outputs = ("lstm", "[lstm, gru]", "[same, same]")
    program = write(", ".join(f"layers.RNN({cells})(x)" for cells in outputs))
    params = {layer.name: layer.params for layer in summarize(program).layers}
    assert [params[name] for name in ("rnn", "rnn_1", "rnn_2")] == [128, 209, 72]


@pytest.mark.parametrize("order", ["{alone}, {stacked}", "{stacked}, {alone}"])
def test_shared_weights_have_the_names_of_each_layer(write, order):
    outputs = order.format(alone="layers.RNN(lstm)(x)", stacked="layers.RNN([lstm, gru])(x)")
    program = write(outputs)
    layers = [layer for layer in summarize(program).to_dict()["layers"] if layer["params"]]
    names = {len(layer["weights"]): layer["weights"][0]["name"] for layer in layers}
    assert names == {3: "lstm_cell/kernel", 6: "stacked_rnn_cells/lstm_cell/kernel"}
    parts = [part for each in explain(program).derivations for part in each.parts]
    assert all(part.equations for part in parts)


def test_a_layer_with_shared_cells_is_traced(write):
    program = write("layers.RNN(gru)(x), layers.RNN([gru, gru])(x)")
    assert trace(program, layer="rnn_1", steps=1).about.timesteps == 5
