"""The order of Keras's constructor arguments, where our fields do not already stand in it."""

from __future__ import annotations

from functools import cache

from lstmcount.layers.base import Layer

# Classes, and the arguments of their constructors as far as programs give them by position.
_TABLE = """
    Dense: units activation use_bias kernel_initializer bias_initializer kernel_regularizer
            bias_regularizer activity_regularizer
    InputLayer: shape batch_size dtype sparse ragged batch_shape input_tensor optional name
    ReversibleEmbedding: input_dim output_dim tie_weights embeddings_initializer
            embeddings_regularizer embeddings_constraint mask_zero reverse_dtype logit_soft_cap
    SpatialDropout1D: rate seed
    SpatialDropout2D SpatialDropout3D: rate data_format seed
    Cropping1D: cropping
    Cropping2D Cropping3D: cropping data_format
    UpSampling1D: size
    UpSampling2D: size data_format interpolation
    UpSampling3D: size data_format
    ZeroPadding1D ZeroPadding2D ZeroPadding3D: padding data_format
    SimpleRNN: units activation use_bias kernel_initializer recurrent_initializer
            bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer
            activity_regularizer
    LSTM: units activation recurrent_activation use_bias kernel_initializer
            recurrent_initializer bias_initializer unit_forget_bias kernel_regularizer
            recurrent_regularizer bias_regularizer activity_regularizer
    GRU: units activation recurrent_activation use_bias kernel_initializer recurrent_initializer
            bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer
            activity_regularizer
    SimpleRNNCell: units activation use_bias kernel_initializer recurrent_initializer
            bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer
    LSTMCell: units activation recurrent_activation use_bias kernel_initializer
            recurrent_initializer bias_initializer unit_forget_bias kernel_regularizer
            recurrent_regularizer bias_regularizer
    GRUCell: units activation recurrent_activation use_bias kernel_initializer
            recurrent_initializer bias_initializer kernel_regularizer recurrent_regularizer
            bias_regularizer
    ConvLSTM1D ConvLSTM2D ConvLSTM3D: filters kernel_size strides padding data_format
            dilation_rate activation recurrent_activation use_bias kernel_initializer
            recurrent_initializer bias_initializer unit_forget_bias kernel_regularizer
            recurrent_regularizer bias_regularizer activity_regularizer
    Conv1D Conv2D Conv3D: filters kernel_size strides padding data_format dilation_rate groups
            activation use_bias kernel_initializer bias_initializer kernel_regularizer
            bias_regularizer activity_regularizer
    Conv1DTranspose Conv2DTranspose: filters kernel_size strides padding output_padding
            data_format dilation_rate activation use_bias kernel_initializer bias_initializer
            kernel_regularizer bias_regularizer activity_regularizer
    Conv3DTranspose: filters kernel_size strides padding data_format output_padding
            dilation_rate activation use_bias kernel_initializer bias_initializer
            kernel_regularizer bias_regularizer activity_regularizer
    DepthwiseConv1D DepthwiseConv2D: kernel_size strides padding depth_multiplier data_format
            dilation_rate activation use_bias depthwise_initializer bias_initializer
            depthwise_regularizer bias_regularizer activity_regularizer
    SeparableConv1D SeparableConv2D: filters kernel_size strides padding data_format
            dilation_rate depth_multiplier activation use_bias depthwise_initializer
            pointwise_initializer bias_initializer depthwise_regularizer pointwise_regularizer
            bias_regularizer activity_regularizer
    AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D
            AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D: output_size
            data_format
    AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D MaxPooling3D:
            pool_size strides padding data_format
    Dot: axes normalize
    AdditiveAttention: use_scale dropout
    GroupedQueryAttention: head_dim num_query_heads num_key_value_heads dropout use_bias
            sliding_window flash_attention kernel_initializer bias_initializer
            kernel_regularizer bias_regularizer
    MultiHeadAttention: num_heads key_dim value_dim dropout use_bias output_shape attention_axes
            sliding_window flash_attention kernel_initializer bias_initializer
            kernel_regularizer bias_regularizer activity_regularizer
    Discretization: bin_boundaries num_bins epsilon output_mode sparse
    HashedCrossing: num_bins output_mode sparse
    IntegerLookup: max_tokens num_oov_indices mask_token oov_token vocabulary vocabulary_dtype
            idf_weights invert output_mode sparse pad_to_max_tokens oov_method salt
    StringLookup: max_tokens num_oov_indices mask_token oov_token vocabulary idf_weights invert
            output_mode pad_to_max_tokens sparse encoding
    TextVectorization: max_tokens standardize split ngrams output_mode output_sequence_length
            pad_to_max_tokens vocabulary idf_weights sparse ragged encoding
    RandomCrop: height width seed data_format
    Resizing: height width interpolation crop_to_aspect_ratio pad_to_aspect_ratio fill_mode
            fill_value antialias data_format
    ContrastLimitedAdaptiveHistogramEqualization: value_range clip_limit tile_grid_size
            data_format
    Equalization: value_range bins data_format
    MixUp: alpha data_format seed
    RandomColorJitter: value_range brightness_factor contrast_factor saturation_factor
            hue_factor seed data_format
    RandomGaussianBlur: factor kernel_size sigma value_range data_format seed
    RandomHue RandomPosterization RandomSaturation RandomSharpness: factor value_range
            data_format seed
    RandomShear: x_factor y_factor interpolation fill_mode fill_value data_format seed
"""


@cache
def _orders() -> dict[str, tuple[str, ...]]:
    found = {}
    for line in _TABLE.replace("\n            ", " ").strip().splitlines():
        classes, _, order = line.partition(":")
        for name in classes.split():
            found[name] = tuple(order.split())
    return found


@cache
def arguments(cls: type[Layer]) -> tuple[str, ...]:
    """The constructor's arguments in its order, those of every layer last.

    >>> from lstmcount.layers.pooling import MaxPooling1D
    >>> arguments(MaxPooling1D)[:2]
    ('pool_size', 'strides')
    """
    first = _orders().get(cls.__name__, ())
    base = Layer.__struct_encode_fields__
    own = [name for name in cls.__struct_encode_fields__ if name not in base]
    return tuple(dict.fromkeys([*first, *own, *base]))
