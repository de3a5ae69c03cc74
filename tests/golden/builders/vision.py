"""Convolutional networks."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers


def vision_unet() -> Any:
    inputs = keras.Input((16, 16, 3))
    first = layers.Conv2D(4, 3, padding="same", activation="relu")(inputs)
    second = layers.Conv2D(8, 3, padding="same")(layers.MaxPooling2D()(first))
    bottom = layers.Conv2D(16, 3, padding="same")(layers.MaxPooling2D()(second))
    up = layers.Conv2DTranspose(8, 2, strides=2)(bottom)
    up = layers.Conv2D(8, 3, padding="same")(layers.concatenate([up, second]))
    up = layers.concatenate([layers.UpSampling2D()(up), first])
    return keras.Model(inputs, layers.Conv2D(2, 1, activation="softmax")(up), name="unet")


def vision_resnet_block() -> Any:
    inputs = keras.Input((None, None, 3))
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(inputs)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    x = layers.BatchNormalization()(layers.Conv2D(8, 3, padding="same", use_bias=False)(x))
    short = layers.BatchNormalization()(layers.Conv2D(8, 1, strides=2, use_bias=False)(inputs))
    x = layers.ReLU()(layers.Add()([x, short]))
    return keras.Model(inputs, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))


def vision_channels_first() -> Any:
    options = {"data_format": "channels_first"}
    return keras.Sequential(
        [
            keras.Input((3, 16, 16)),
            layers.ZeroPadding2D(((1, 2), (0, 3)), **options),
            layers.Conv2D(6, 3, groups=3, **options),
            layers.BatchNormalization(axis=1),
            layers.AveragePooling2D(3, strides=2, padding="same", **options),
            layers.GroupNormalization(3, axis=1),
            layers.Flatten(**options),
        ]
    )


def vision_every_convolution() -> Any:
    image, line = keras.Input((12, 12, 6), name="image"), keras.Input((12, 6), name="line")
    volume = keras.Input((6, 6, 6, 2), name="volume")
    outputs = [
        layers.Conv2D(4, (3, 2), dilation_rate=2)(image),
        layers.DepthwiseConv2D(3, depth_multiplier=2)(image),
        layers.SeparableConv2D(5, 3, depth_multiplier=2, strides=2)(image),
        layers.Conv2DTranspose(4, 3, strides=2, output_padding=1)(image),
        layers.Conv1D(4, 3, groups=2, padding="causal")(line),
        layers.DepthwiseConv1D(3)(line),
        layers.SeparableConv1D(5, 3)(line),
        layers.Conv1DTranspose(4, 3, strides=3)(line),
        layers.Conv3D(4, 2)(volume),
        layers.Conv3DTranspose(3, 2, strides=2)(volume),
    ]
    return keras.Model([image, line, volume], outputs)


def vision_inception() -> Any:
    inputs = keras.Input((10, 10, 4))
    towers = [
        layers.Conv2D(2, 1, padding="same")(inputs),
        layers.Conv2D(3, 3, padding="same")(layers.Conv2D(2, 1)(inputs)),
        layers.Conv2D(2, 1)(layers.MaxPooling2D(3, strides=1, padding="same")(inputs)),
    ]
    return keras.Model(inputs, layers.Concatenate(axis=3)(towers))


def vision_gan_generator() -> Any:
    return keras.Sequential(
        [
            keras.Input((10,)),
            layers.Dense(4 * 4 * 8, use_bias=False),
            layers.Reshape((4, 4, 8)),
            layers.Conv2DTranspose(4, 5, strides=2, padding="same", use_bias=False),
            layers.LeakyReLU(0.2),
            layers.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh"),
            layers.Cropping2D(1),
        ],
        name="generator",
    )


def vision_augmentation() -> Any:
    augment = keras.Sequential(
        [layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.RandomZoom(0.2)],
        name="augment",
    )
    inputs = keras.Input((16, 16, 3))
    x = layers.Rescaling(1 / 255)(augment(inputs))
    x = layers.CenterCrop(12, 12)(layers.Resizing(14, 14)(x))
    return keras.Model(inputs, layers.Conv2D(2, 3)(x))


def vision_video() -> Any:
    frames = keras.Input((5, 16, 16, 3))
    small = keras.Sequential(
        [keras.Input((16, 16, 3)), layers.Conv2D(2, 3), layers.Flatten()], name="frame"
    )
    x = layers.TimeDistributed(small)(frames)
    return keras.Model(frames, layers.Dense(3)(layers.LSTM(4)(x)))


def vision_spectral_normalization() -> Any:
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            layers.SpectralNormalization(layers.Conv2D(4, 3)),
            layers.Flatten(),
            layers.SpectralNormalization(layers.Dense(2), power_iterations=2),
        ]
    )


def vision_very_wide_shapes() -> Any:
    inputs = keras.Input((1234567, 3, 2, 1), name="volume_of_a_very_long_recording")
    x = layers.UpSampling3D((10, 2, 3))(inputs)
    x = layers.Dense(1000, name="a_dense_layer_with_a_name_so_long_that_it_must_wrap_somewhere")(x)
    return keras.Model(inputs, [x, layers.Concatenate()([x, x])])
