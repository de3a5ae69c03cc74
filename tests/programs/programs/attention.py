import keras
from keras import layers

tokens = keras.Input((32,), dtype="int32")
x = layers.Embedding(1000, 24)(tokens)
attended = layers.MultiHeadAttention(num_heads=3, key_dim=8)(x, x)
x = layers.LayerNormalization()(x + attended)
feed = keras.Sequential([layers.Dense(48, activation="gelu"), layers.Dense(24)])
x = layers.LayerNormalization()(x + feed(x))
x = layers.GlobalAveragePooling1D()(x)
model = keras.Model(tokens, layers.Dense(1)(x))
