"""The order of Keras's constructor arguments, which may differ from that of our fields."""

from __future__ import annotations

from functools import cache

from lstmcount.layers.base import Layer

# The positional constructor arguments of classes in which Keras's order differs.
_TABLE = """
    Dense: units activation use_bias kernel_initializer bias_initializer kernel_regularizer
            bias_regularizer activity_regularizer
    InputLayer: shape batch_size dtype sparse ragged batch_shape input_tensor optional name
    ReversibleEmbedding: input_dim output_dim tie_weights embeddings_initializer
            embeddings_regularizer embeddings_constraint mask_zero
    UpSampling2D: size data_format
    SpatialDropout1D: rate seed name dtype
    SpatialDropout2D SpatialDropout3D: rate data_format seed name dtype
    SimpleRNN: units activation use_bias kernel_initializer recurrent_initializer
            bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer
            activity_regularizer kernel_constraint recurrent_constraint bias_constraint dropout
            recurrent_dropout return_sequences return_state go_backwards stateful unroll seed
    LSTM: units activation recurrent_activation use_bias kernel_initializer
            recurrent_initializer bias_initializer unit_forget_bias kernel_regularizer
            recurrent_regularizer bias_regularizer activity_regularizer kernel_constraint
            recurrent_constraint bias_constraint dropout recurrent_dropout seed return_sequences
            return_state go_backwards stateful unroll use_cudnn
    GRU: units activation recurrent_activation use_bias kernel_initializer recurrent_initializer
            bias_initializer kernel_regularizer recurrent_regularizer bias_regularizer
            activity_regularizer kernel_constraint recurrent_constraint bias_constraint dropout
            recurrent_dropout seed return_sequences return_state go_backwards stateful unroll
            reset_after use_cudnn
    CuDNNGRU CuDNNLSTM: units kernel_initializer recurrent_initializer bias_initializer
    LSTMCell: units activation recurrent_activation use_bias kernel_initializer
            recurrent_initializer bias_initializer unit_forget_bias kernel_regularizer
            recurrent_regularizer bias_regularizer kernel_constraint recurrent_constraint
            bias_constraint dropout recurrent_dropout seed
    GRUCell: units activation recurrent_activation use_bias kernel_initializer
            recurrent_initializer bias_initializer kernel_regularizer recurrent_regularizer
            bias_regularizer kernel_constraint recurrent_constraint bias_constraint dropout
            recurrent_dropout reset_after seed
    ConvLSTM1D ConvLSTM2D ConvLSTM3D: filters kernel_size strides padding data_format
            dilation_rate activation recurrent_activation use_bias kernel_initializer
            recurrent_initializer bias_initializer unit_forget_bias kernel_regularizer
            recurrent_regularizer bias_regularizer activity_regularizer
    Conv1D Conv2D Conv3D: filters kernel_size strides padding data_format dilation_rate groups
            activation use_bias kernel_initializer bias_initializer kernel_regularizer
            bias_regularizer activity_regularizer kernel_constraint bias_constraint
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
    LayerNormalization RMSNormalization: axis
    SpectralNormalization: layer
    AdditiveAttention: use_scale dropout
    MultiHeadAttention: num_heads key_dim value_dim dropout use_bias output_shape attention_axes
            sliding_window flash_attention kernel_initializer bias_initializer
            kernel_regularizer bias_regularizer activity_regularizer
    Discretization: bin_boundaries num_bins epsilon output_mode sparse dtype name
    HashedCrossing: num_bins output_mode sparse name dtype
    IntegerLookup: max_tokens num_oov_indices mask_token oov_token vocabulary vocabulary_dtype
            idf_weights invert output_mode sparse pad_to_max_tokens oov_method salt name
    StringLookup: max_tokens num_oov_indices mask_token oov_token vocabulary idf_weights invert
            output_mode pad_to_max_tokens sparse encoding name salt
    TextVectorization: max_tokens standardize split ngrams output_mode output_sequence_length
            pad_to_max_tokens vocabulary idf_weights sparse ragged encoding name
    RandomCrop: height width seed data_format name
    Resizing: height width
    ContrastLimitedAdaptiveHistogramEqualization: value_range clip_limit tile_grid_size
            data_format
    Equalization: value_range bins data_format
    MixUp: alpha data_format seed
    RandomColorJitter: value_range brightness_factor contrast_factor saturation_factor
            hue_factor seed data_format
    RandomGaussianBlur: factor kernel_size sigma value_range data_format seed
    RandomColorDegeneration RandomHue RandomPosterization RandomSaturation RandomSharpness: factor
            value_range data_format seed
    RandomGrayscale: factor data_format seed
    RandomShear: x_factor y_factor interpolation fill_mode fill_value data_format seed
"""


@cache
def _orders() -> dict[str, tuple[str, ...]]:
    orders = {}
    for line in _TABLE.replace("\n            ", " ").strip().splitlines():
        classes, _, order = line.partition(":")
        for name in classes.split():
            orders[name] = tuple(order.split())
    return orders


@cache
def arguments(cls: type[Layer]) -> tuple[str, ...]:
    """The constructor's arguments in Keras's order: a class's own fields precede inherited ones.

    >>> from lstmcount.layers.pooling import AveragePooling1D
    >>> arguments(AveragePooling1D)[:3]
    ('pool_size', 'strides', 'padding')
    >>> from lstmcount.layers.rnn import GRU
    >>> arguments(GRU)[15:18], arguments(GRU)[21:23]
    (('recurrent_dropout', 'seed', 'return_sequences'), ('unroll', 'reset_after'))
    """
    encoded = dict(zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True))
    base = Layer.__struct_encode_fields__
    own = [
        encoded[field]
        for each in cls.__mro__
        if issubclass(each, Layer)
        for field in each.__annotations__
        if field in encoded and field not in base
    ]
    names = dict.fromkeys([*_orders().get(cls.__name__, ()), *own, *base])
    return tuple([name for name in names if name not in cls.absent_arguments])
