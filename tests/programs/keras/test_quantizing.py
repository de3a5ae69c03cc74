"""`quantize` and `enable_lora` change the weights of a program's layers as in Keras."""

import pytest

from lstmcount import LstmcountError, summarize

BEFORE = """
from keras import Input, Model, Sequential, layers, quantizers
inner = Sequential([layers.Dense(2), layers.ReLU()])
model = Sequential([Input((300,)), layers.Dense(8), inner, layers.RepeatVector(2),
                    layers.TimeDistributed(layers.Dense(3)), layers.LSTM(2)])
"""
PROGRAMS = {
    "model.quantize('int8')": (2496, 61),
    "model.quantize(mode='int4')": (1641, 61),
    "model.quantize('float8')": (11708, 11708),
    "model.quantize(config=quantizers.Int4QuantizationConfig(block_size=64))": (1673, 61),
    "model.quantize('int4', config=quantizers.Int4QuantizationConfig(block_size=None))": (1286, 61),
    "model.quantize(config=quantizers.Int4QuantizationConfig(None, None, -1))": (1286, 61),
    "model.quantize('int8', config=quantizers.Int8QuantizationConfig())": (2496, 61),
    "model.layers[0].quantize('int8', type_check=False)": (2491, 83),
    "inner.quantize('int8')": (2485, 2467),
    "model.layers[0].quantize('int8')": (2491, 83),
    "model = Sequential([Input((8,)), layers.Dense(3, activation=layers.LeakyReLU())])\n"
    "model.quantize('int8')": (27, 27),
    "model = Sequential([Input((8,)), layers.SpectralNormalization(layers.Dense(3))])\n"
    "model.quantize('int8')": (57, 27),
    "layer = layers.Dense(3)\n"
    "model = Sequential([Input((8,)), layers.SpectralNormalization(layer)])\n"
    "layer.quantize('int4')": (60, 27),
    "model.layers[0].enable_lora(4)": (3715, 1315),
    "model.layers[0].enable_lora(rank=4); inner.layers[0].enable_lora(1)": (3725, 1309),
}


@pytest.mark.parametrize(("program", "counts"), PROGRAMS.items(), ids=PROGRAMS)
def test_a_quantized_program_is_counted(tmp_path, program, counts):
    path = tmp_path / "model.py"
    path.write_text(f"{BEFORE}{program}\n")
    summary = summarize(str(path))
    assert (summary.total_params, summary.trainable_params) == counts


ATTENTION = (
    "from keras import Input, Model, layers, quantizers\nx = Input((4, 4), name='x')\n"
    "model = Model(x, layers.MultiHeadAttention(2, 3)(x, x))\n"
)


def test_the_dense_layers_inside_attention_are_quantized(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(f"{ATTENTION}model.quantize('int8')\n")
    (layer,) = [each for each in summarize(str(path)).layers if each.params]
    assert [w.name for w in layer.weights if w.dtype == "int8"] == [
        f"{name}/kernel" for name in ("query", "key", "value", "attention_output")
    ]


UNKNOWN = {
    "model.quantize('int8', filters='dense')": "the effect of this on the weights of .* not known",
    "model.quantize('int8', config=quantizers.Float8QuantizationConfig())": "is not known",
    "model.layers[1].quantize('int8')": "Keras cannot quantise the layer 'multi_head_attention'",
    "layers.Embedding(3, 4).quantize('float8')": r"'embedding' \(Embedding\) itself in float8",
    "model.quantize('gptq')": "the effect of this on the weights of .* is not known",
    "model.quantize('int8'); model.quantize('int4')": "expected a layer that is not quantised",
}


@pytest.mark.parametrize(("program", "message"), UNKNOWN.items(), ids=UNKNOWN)
def test_what_keras_cannot_quantize_is_refused(tmp_path, program, message):
    path = tmp_path / "model.py"
    path.write_text(f"{ATTENTION}{program}\n")
    with pytest.raises(LstmcountError, match=rf"py:4:\d+: .*{message}"):
        summarize(str(path))


def test_embeddings_have_no_float8(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(
        "from keras import Input, Sequential, layers\n"
        "model = Sequential([Input((4,)), layers.Embedding(5, 3)])\nmodel.quantize('float8')\n"
    )
    assert summarize(str(path)).total_params == 15
