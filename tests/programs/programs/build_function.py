from keras import Sequential, layers


def build_model(timesteps, features, units=32, n_classes=4, *, rate=0.1, bidirectional=False):
    """A classifier of sequences."""
    model = Sequential()
    model.add(layers.Input((timesteps, features)))
    recurrent = layers.GRU(units, return_sequences=False)
    if bidirectional:
        recurrent = layers.Bidirectional(recurrent)
    model.add(recurrent)
    if rate > 0:
        model.add(layers.Dropout(rate))
    model.add(layers.Dense(n_classes))
    return model


if __name__ == "__main__":
    model = build_model(20, 9, n_classes=6, bidirectional=True)
    model.summary()
