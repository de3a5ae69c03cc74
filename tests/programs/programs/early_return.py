import os

import keras
from keras import Input, Sequential
from keras.layers import Dense


def load_or_build(path="model.keras"):
    if os.path.exists(path):
        return keras.models.load_model(path)
    model = Sequential([Input((3,)), Dense(2)])
    return model


model = load_or_build()
for epoch in range(100000):
    if epoch >= 3:
        break
