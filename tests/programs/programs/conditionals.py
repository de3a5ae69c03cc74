from keras import Input, Sequential
from keras.layers import GRU, LSTM, AveragePooling1D, Conv1D, Dense, MaxPooling1D

KIND = "cnn"
POOLING = None
DEPTH = 3

model = Sequential([Input((48, 3))])
if KIND == "lstm":
    model.add(LSTM(8))
elif KIND == "gru":
    model.add(GRU(8))
else:
    for depth in range(DEPTH):
        model.add(Conv1D(4 * 2**depth, 3, padding="same"))
        pool = MaxPooling1D if POOLING != "average" else AveragePooling1D
        if depth % 2 == 0 and not POOLING:
            model.add(pool(2))
        else:
            continue
assert len(model.layers) > 1
try:
    units = int("6")
except ValueError:
    units = 1
model.add(Dense(units))
