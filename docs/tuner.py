"""A model as a function of hyperparameters."""

import keras
import keras_tuner
from keras import layers


def build_model(hp):
    model = keras.Sequential([keras.Input((5, 126))])
    for i in range(hp.Int("depth", 1, 2)):
        model.add(layers.LSTM(hp.Int(f"units_{i}", 32, 96, step=32), return_sequences=True))
    model.add(layers.Dense(3, activation="softmax"))
    model.compile(keras.optimizers.Adam(hp.Float("rate", 1e-4, 1e-2, sampling="log")), "mse")
    return model


tuner = keras_tuner.RandomSearch(build_model, objective="val_loss", max_trials=5)
