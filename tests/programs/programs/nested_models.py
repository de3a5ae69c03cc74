import keras
from keras import layers

encoder = keras.Sequential(
    [layers.Input((16,)), layers.Dense(8, activation="relu"), layers.Dense(3)], name="encoder"
)
decoder = keras.Sequential(name="decoder")
decoder.add(layers.Input((3,)))
decoder.add(layers.Dense(8, activation="relu"))
decoder.add(layers.Dense(16, activation="sigmoid"))

inputs = keras.Input((16,))
autoencoder = keras.Model(inputs, decoder(encoder(inputs)), name="autoencoder")
