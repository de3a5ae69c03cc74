import keras
from keras import layers

image = keras.Input((16, 16, 3), name="image")
x = layers.Conv2D(8, 3, strides=2)(image)
x = layers.Flatten()(x)
outputs = {
    "classes": layers.Dense(4, name="classes")(x),
    "boxes": layers.Dense(4, activation="sigmoid", name="boxes")(x),
}
model = keras.Model(image, outputs)
