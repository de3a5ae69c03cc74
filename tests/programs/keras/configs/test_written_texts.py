"""The JSON texts of models, which the reader writes as Keras does."""

import pytest

from tests.programs.keras.configs.counting import counted, counted_by_keras

LAYERS = [
    "layers.Dense(4, activation='relu')",
    "layers.Dense(4, kernel_initializer='he_normal', use_bias=False, name='first')",
    "layers.EinsumDense('abc,cd->abd', (None, 5), bias_axes='d')",
    "layers.Conv1D(4, 3, strides=2, padding='causal')",
    "layers.Conv1DTranspose(4, 3)",
    "layers.SeparableConv1D(4, 3)",
    "layers.DepthwiseConv1D(3)",
    "layers.LSTM(4, return_sequences=True)",
    "layers.GRU(4, reset_after=False)",
    "layers.SimpleRNN(4)",
    "layers.RNN(layers.GRUCell(3))",
    "layers.TimeDistributed(layers.Dense(2))",
    "layers.BatchNormalization(momentum=0.9)",
    "layers.LayerNormalization()",
    "layers.GroupNormalization(3)",
    "layers.Dropout(0.5)",
    "layers.GaussianNoise(0.5)",
    "layers.Activation('relu')",
    "layers.LeakyReLU()",
    "layers.PReLU()",
    "layers.Softmax()",
    "layers.MaxPooling1D(2)",
    "layers.AveragePooling1D(3, strides=1)",
    "layers.GlobalMaxPooling1D()",
    "layers.Flatten()",
    "layers.Reshape((27,))",
    "layers.Permute((2, 1))",
    "layers.UpSampling1D(2)",
    "layers.ZeroPadding1D(2)",
    "layers.Cropping1D((1, 2))",
    "layers.Masking()",
]
TEXT = """
base = Sequential([x, {layer}])
text = base.to_json()
model = Sequential([Input((1,))])
for letter in "abcdefghijklmnopqrstuvwxyz0123456789,:_[":
    model.add(layers.Dense(1 + text.count(letter)))
"""


@pytest.mark.oracle
@pytest.mark.parametrize("layer", LAYERS)
def test_texts_are_those_of_keras(layer):
    pytest.importorskip("keras")
    program = TEXT.format(layer=layer)
    assert counted(program) == counted_by_keras(program)
