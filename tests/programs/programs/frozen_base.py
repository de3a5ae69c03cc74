import keras
from keras import layers

base = keras.Sequential(
    [
        keras.Input((24, 24, 1)),
        layers.Conv2D(4, 3),
        layers.BatchNormalization(),
        layers.Conv2D(8, 3),
        layers.Flatten(),
    ]
)
base.trainable = False
for layer in base.layers[-2:]:
    layer.trainable = True

model = keras.Sequential([base, layers.Dense(2)])
