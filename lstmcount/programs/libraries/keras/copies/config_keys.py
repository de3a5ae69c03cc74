"""What Keras 3 writes into configs: the keys of each layer class, in order, and initializers.

Every config of a layer starts with `name`, `trainable` and `dtype`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

_KEYS = """
Activation: activation
ActivityRegularization: l1 l2
AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D
    AdaptiveMaxPooling2D AdaptiveMaxPooling3D: output_size data_format
Add Average Identity Maximum Minimum Multiply Subtract:
AdditiveAttention: use_scale dropout seed
AlphaDropout Dropout: rate seed noise_shape
Attention: use_scale score_mode dropout seed
AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D MaxPooling3D:
    pool_size padding strides data_format
BatchNormalization: axis momentum epsilon center scale beta_initializer gamma_initializer
    moving_mean_initializer moving_variance_initializer beta_regularizer gamma_regularizer
    beta_constraint gamma_constraint synchronized renorm renorm_clipping renorm_momentum
Bidirectional: merge_mode layer backward_layer
Concatenate Softmax UnitNormalization: axis
Conv1D Conv2D Conv3D: filters kernel_size strides padding data_format dilation_rate groups
    activation use_bias kernel_initializer bias_initializer kernel_regularizer bias_regularizer
    activity_regularizer kernel_constraint bias_constraint
Conv1DTranspose Conv2DTranspose Conv3DTranspose: filters kernel_size strides padding
    output_padding data_format dilation_rate activation use_bias kernel_initializer bias_initializer
    kernel_regularizer bias_regularizer activity_regularizer kernel_constraint bias_constraint
ConvLSTM1D ConvLSTM2D ConvLSTM3D: return_sequences return_state go_backwards stateful unroll
    zero_output_for_mask filters kernel_size strides padding data_format dilation_rate activation
    recurrent_activation use_bias kernel_initializer recurrent_initializer bias_initializer
    unit_forget_bias kernel_regularizer recurrent_regularizer bias_regularizer activity_regularizer
    kernel_constraint recurrent_constraint bias_constraint dropout recurrent_dropout seed
Cropping1D: cropping
Cropping2D Cropping3D: cropping data_format
Dense: units activation use_bias kernel_initializer bias_initializer kernel_regularizer
    bias_regularizer kernel_constraint bias_constraint quantization_config
DepthwiseConv1D DepthwiseConv2D: depth_multiplier kernel_size strides padding data_format
    dilation_rate activation use_bias depthwise_initializer bias_initializer depthwise_regularizer
    bias_regularizer activity_regularizer depthwise_constraint bias_constraint
Dot: axes normalize
EinsumDense: output_shape equation activation bias_axes kernel_initializer bias_initializer
    kernel_regularizer bias_regularizer activity_regularizer kernel_constraint bias_constraint
    quantization_config
Embedding: input_dim output_dim embeddings_initializer embeddings_regularizer
    activity_regularizer embeddings_constraint mask_zero quantization_config
Flatten: data_format
GRU: return_sequences return_state go_backwards stateful unroll zero_output_for_mask units
    activation recurrent_activation use_bias kernel_initializer recurrent_initializer
    bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer activity_regularizer
    kernel_constraint recurrent_constraint bias_constraint dropout recurrent_dropout reset_after
    seed
GRUCell: units activation recurrent_activation use_bias kernel_initializer recurrent_initializer
    bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer kernel_constraint
    recurrent_constraint bias_constraint dropout recurrent_dropout reset_after seed
GaussianDropout: rate seed
GaussianNoise: stddev seed
GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D
    GlobalMaxPooling2D GlobalMaxPooling3D: data_format keepdims
GroupNormalization: groups axis epsilon center scale beta_initializer gamma_initializer
    beta_regularizer gamma_regularizer beta_constraint gamma_constraint
LSTM: return_sequences return_state go_backwards stateful unroll zero_output_for_mask units
    activation recurrent_activation use_bias kernel_initializer recurrent_initializer
    bias_initializer unit_forget_bias kernel_regularizer recurrent_regularizer bias_regularizer
    activity_regularizer kernel_constraint recurrent_constraint bias_constraint dropout
    recurrent_dropout seed
LSTMCell: units activation recurrent_activation use_bias unit_forget_bias kernel_initializer
    recurrent_initializer bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer
    kernel_constraint recurrent_constraint bias_constraint dropout recurrent_dropout seed
LayerNormalization: axis epsilon center scale rms_scaling beta_initializer gamma_initializer
    beta_regularizer gamma_regularizer beta_constraint gamma_constraint
LeakyReLU: negative_slope
Masking: mask_value
MultiHeadAttention: num_heads key_dim value_dim dropout use_bias use_gate output_shape
    attention_axes sliding_window kernel_initializer bias_initializer kernel_regularizer
    bias_regularizer activity_regularizer kernel_constraint bias_constraint seed
PReLU: alpha_initializer alpha_regularizer alpha_constraint shared_axes
Permute: dims
RMSNormalization: axis epsilon
RNN: return_sequences return_state go_backwards stateful unroll zero_output_for_mask cell
ReLU: max_value negative_slope threshold
RepeatVector: n
Reshape: target_shape
ReversibleEmbedding: input_dim output_dim embeddings_initializer embeddings_regularizer
    activity_regularizer embeddings_constraint mask_zero quantization_config tie_weights
    reverse_dtype logit_soft_cap
SeparableConv1D SeparableConv2D: depth_multiplier filters kernel_size strides padding
    data_format dilation_rate activation use_bias depthwise_initializer pointwise_initializer
    bias_initializer depthwise_regularizer pointwise_regularizer bias_regularizer
    activity_regularizer depthwise_constraint pointwise_constraint bias_constraint
SimpleRNN: return_sequences return_state go_backwards stateful unroll zero_output_for_mask units
    activation use_bias kernel_initializer recurrent_initializer bias_initializer kernel_regularizer
    recurrent_regularizer bias_regularizer activity_regularizer kernel_constraint
    recurrent_constraint bias_constraint dropout recurrent_dropout
SimpleRNNCell: units activation use_bias kernel_initializer recurrent_initializer
    bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer kernel_constraint
    recurrent_constraint bias_constraint dropout recurrent_dropout seed
SpectralNormalization: layer power_iterations
StackedRNNCells: cells
TimeDistributed: layer
UpSampling1D: size
UpSampling2D: size data_format interpolation
UpSampling3D: size data_format
ZeroPadding1D ZeroPadding2D ZeroPadding3D: padding data_format
"""
_RANDOM = {"seed": None, "input_axes": None, "output_axes": None}
# By class: the config of an initializer that is created without arguments.
INITIALIZERS: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform"), _RANDOM),
    **dict.fromkeys(("LecunNormal", "LecunUniform"), _RANDOM),
    "Constant": {"value": 0.0},
    "Identity": {},
    "Ones": {},
    "Orthogonal": {"seed": None, "gain": 1.0},
    "RandomNormal": {"seed": None, "mean": 0.0, "stddev": 0.05},
    "RandomUniform": {"seed": None, "minval": -0.05, "maxval": 0.05},
    "TruncatedNormal": {"seed": None, "mean": 0.0, "stddev": 0.05},
    "Zeros": {},
}
_SHORT = {"normal": "RandomNormal", "uniform": "RandomUniform", "one": "Ones", "zero": "Zeros"}


@cache
def _keys() -> dict[str, tuple[str, ...]]:
    keys: dict[str, tuple[str, ...]] = {}
    for line in _KEYS.replace("\n    ", " ").strip().splitlines():
        names, _, words = line.partition(":")
        keys |= dict.fromkeys(names.split(), tuple(words.split()))
    return keys


def of_class(class_name: str) -> tuple[str, ...] | None:
    """The keys of a config after the first three; None for a class that is not in the table."""
    return _keys().get(class_name)


def initializer_class(name: str) -> str:
    """The class of an initializer that a layer is given by its name.

    >>> initializer_class("glorot_uniform"), initializer_class("zero")
    ('GlorotUniform', 'Zeros')
    """
    return _SHORT.get(name) or "".join([word[:1].upper() + word[1:] for word in name.split("_")])
