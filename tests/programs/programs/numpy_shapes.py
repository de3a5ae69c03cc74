import numpy as np
from keras import Input, Sequential
from keras.layers import Dense, Reshape

labels = np.array(["a", "b", "c", "d"])
shape = (4, 6)
data = np.zeros((100, 24))
model = Sequential(
    [
        Input(data.shape[1:]),
        Dense(int(np.prod(shape))),
        Reshape(shape),
        Dense(labels.shape[0]),
    ]
)
