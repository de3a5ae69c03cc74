from keras import Input, Sequential
from keras.layers import LSTM, Dense, Dropout

config = {
    "units": [32, 16],
    "dropout": 0.2,
    "shape": (30, 7),
    "head": {"size": 8, "activation": "tanh"},
}
config.update({"classes": 3})

model = Sequential([Input(config["shape"])])
last = len(config["units"]) - 1
for i, units in enumerate(config["units"]):
    model.add(LSTM(units, return_sequences=i < last))
    if config.get("dropout"):
        model.add(Dropout(config["dropout"]))
model.add(Dense(config["head"]["size"], activation=config["head"]["activation"]))
model.add(Dense(config["classes"], activation="softmax" if config["classes"] > 1 else "sigmoid"))
