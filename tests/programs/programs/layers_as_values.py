from functools import partial

from keras import Input, Sequential, layers

Cell = {"lstm": layers.LSTM, "gru": layers.GRU}
recurrent = Cell["gru"]
dense = partial(layers.Dense, activation="relu")


def stack(layer, times, **kwargs):
    return [layer(return_sequences=True, **kwargs) for _ in range(times)]


model = Sequential([Input((9, 5)), *stack(recurrent, 2, units=7), layers.Flatten()])
for units in (10, 5):
    model.add(dense(units))
