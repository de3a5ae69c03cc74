"""The module that defines each layer class. The registry reads this without importing them."""

from __future__ import annotations

FAMILIES: dict[str, str] = {
    "core": "Dense Embedding Identity InputLayer Lambda Masking ReversibleEmbedding Wrapper",
    "einsum": "EinsumDense",
    "activations": "Activation ELU LeakyReLU PReLU ReLU Softmax",
    "regularization": (
        "ActivityRegularization AlphaDropout Dropout GaussianDropout GaussianNoise "
        "SpatialDropout1D SpatialDropout2D SpatialDropout3D"
    ),
    "reshaping": (
        "Cropping1D Cropping2D Cropping3D Flatten Permute RepeatVector Reshape UpSampling1D "
        "UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D"
    ),
    "normalization": (
        "BatchNormalization GroupNormalization LayerNormalization RMSNormalization "
        "SpectralNormalization UnitNormalization"
    ),
    "rnn": "RNN SimpleRNN LSTM GRU",
    "rnn_cells": "SimpleRNNCell LSTMCell GRUCell StackedRNNCells",
    "rnn_wrappers": "Bidirectional TimeDistributed",
    "conv_lstm": "ConvLSTM1D ConvLSTM2D ConvLSTM3D",
    "convolutional": "Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose",
    "depthwise": "DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D",
    "pooling": (
        "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D "
        "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D AveragePooling1D "
        "AveragePooling2D AveragePooling3D GlobalAveragePooling1D GlobalAveragePooling2D "
        "GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D "
        "MaxPooling1D MaxPooling2D MaxPooling3D"
    ),
    "merging": "Add Average Concatenate Dot Maximum Minimum Multiply Subtract",
    "attention": "AdditiveAttention Attention GroupedQueryAttention MultiHeadAttention",
    "preprocessing": (
        "CategoryEncoding Discretization HashedCrossing Hashing Normalization Pipeline Rescaling "
        "TFDConcat TFDIdentity"
    ),
    "lookups": "IndexLookup IntegerLookup StringLookup TextVectorization",
    "audio_preprocessing": "MelSpectrogram STFTSpectrogram",
    "image_preprocessing": (
        "CenterCrop MaxNumBoundingBoxes RandomColorDegeneration RandomCrop RandomGrayscale Resizing"
    ),
    "image_augmentation": (
        "AugMix AutoContrast ContrastLimitedAdaptiveHistogramEqualization CutMix Equalization "
        "MixUp RandAugment RandomBrightness RandomColorJitter RandomContrast "
        "RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomHue "
        "RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation "
        "RandomSharpness RandomShear RandomTranslation RandomZoom Solarization"
    ),
    "legacy.keras2": (
        "AddLoss AddMetric CuDNNGRU CuDNNLSTM InferredEinsumDense JointBatchNormalization "
        "LocallyConnected1D LocallyConnected2D RandomFourierFeatures RandomHeight RandomWidth "
        "SyncBatchNormalization ThresholdedReLU Unchanged"
    ),
    "legacy.keras1": (
        "Deconvolution2D Deconvolution3D FullConv1D FullConv2D FullConv2DTranspose FullConv3D "
        "FullConv3DTranspose FullDepthwiseConv2D FullSeparableConv1D FullSeparableConv2D "
        "Highway MaxoutDense Merge ParametricSoftplus SReLU "
        "TimeDistributedDense"
    ),
    "legacy.time_major": "TimeMajorGRU TimeMajorLSTM TimeMajorRNN TimeMajorSimpleRNN",
    "legacy.two_directions": "UnequalBidirectional",
    "legacy.feature_columns": "DenseFeatures",
    "stored": "Weights",
    "applications": "CustomScaleLayer LayerScale StochasticDepth",
}

ALIASES: dict[str, str] = {
    "AvgPool1D": "AveragePooling1D",
    "AvgPool2D": "AveragePooling2D",
    "AvgPool3D": "AveragePooling3D",
    "Convolution1D": "Conv1D",
    "Convolution1DTranspose": "Conv1DTranspose",
    "Convolution2D": "Conv2D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "Convolution3D": "Conv3D",
    "Convolution3DTranspose": "Conv3DTranspose",
    "GlobalAvgPool1D": "GlobalAveragePooling1D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalAvgPool3D": "GlobalAveragePooling3D",
    "GlobalMaxPool1D": "GlobalMaxPooling1D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalMaxPool3D": "GlobalMaxPooling3D",
    "GroupQueryAttention": "GroupedQueryAttention",
    "Input": "InputLayer",
    "Layer": "Unchanged",
    "MaxPool1D": "MaxPooling1D",
    "MaxPool2D": "MaxPooling2D",
    "MaxPool3D": "MaxPooling3D",
    "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D",
}
