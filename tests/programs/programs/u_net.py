from keras import Input, Model
from keras.layers import Concatenate, Conv2D, Conv2DTranspose, MaxPooling2D


def double(x, filters):
    for _ in range(2):
        x = Conv2D(filters, 3, padding="same", activation="relu")(x)
    return x


def unet(shape=(32, 32, 1), base=4, depth=2):
    inputs = Input(shape)
    skips, x = [], inputs
    for level in range(depth):
        x = double(x, base << level)
        skips.append(x)
        x = MaxPooling2D()(x)
    x = double(x, base << depth)
    for level, skip in reversed(list(enumerate(skips))):
        x = Conv2DTranspose(base << level, 2, strides=2, padding="same")(x)
        x = Concatenate()([x, skip])
        x = double(x, base << level)
    return Model(inputs, Conv2D(1, 1, activation="sigmoid")(x))


model = unet()
