from keras import Sequential, layers

model = Sequential(
    [
        layers.Input((5, 126)),
        layers.LSTM(64, return_sequences=True),
        layers.LSTM(32),
        layers.Dense(3, activation="softmax"),
    ]
)
