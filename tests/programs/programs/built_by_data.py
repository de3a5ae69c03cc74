import numpy as np
from keras import Sequential, layers

model = Sequential([layers.LSTM(4), layers.Dense(2)])
model.compile(optimizer="sgd", loss="mse")
batch = np.zeros((3, 5, 7))
scores = model(batch)
