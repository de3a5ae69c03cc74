"""Options, a function that builds, and a second model made from the first."""

import argparse

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

parser = argparse.ArgumentParser()
parser.add_argument("--units", type=int, default=64)
parser.add_argument("--depth", type=int, default=2)
args = parser.parse_args()

X_train = np.load("keypoints.npy")
actions = np.array(["hello", "thanks", "iloveyou"])
N_CLASSES = len(actions)


def build_model(timesteps, features=126, n_classes=N_CLASSES):
    inputs = keras.Input((timesteps, features))
    x = inputs
    for i in range(args.depth):
        x = layers.LSTM(args.units, return_sequences=i < args.depth - 1, name=f"lstm_{i}")(x)
    outputs = layers.Dense(n_classes, activation="softmax")(x)
    return keras.Model(inputs, outputs)


model = build_model(X_train.shape[1])
encoder = keras.Model(model.input, model.layers[-2].output, name="encoder")

if __name__ == "__main__":
    model.compile("adam", "categorical_crossentropy")
    model.fit(X_train, epochs=10)
