from keras import Input, Model
from keras.layers import Activation, Add, BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D


def conv_block(x, filters, stride=1, activation="relu", **kwargs):
    x = Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, **kwargs)(x)
    x = BatchNormalization()(x)
    return Activation(activation)(x) if activation else x


def residual(x, filters, stride=1):
    shortcut = x
    if stride != 1 or x.shape[-1] != filters:
        shortcut = Conv2D(filters, 1, strides=stride)(x)
    x = conv_block(x, filters, stride)
    x = conv_block(x, filters, activation=None)
    return Activation("relu")(Add()([x, shortcut]))


def resnet(input_shape, widths=(16, 32), classes=10):
    inputs = x = Input(input_shape)
    x = conv_block(x, widths[0], kernel_initializer="he_normal")
    for stage, width in enumerate(widths):
        for block in range(2):
            x = residual(x, width, stride=2 if stage and not block else 1)
    x = GlobalAveragePooling2D()(x)
    return Model(inputs, Dense(classes, activation="softmax")(x), name="little_resnet")


model = resnet((32, 32, 3))
