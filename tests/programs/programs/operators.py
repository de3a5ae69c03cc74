import keras
from keras import layers

a = keras.Input((8,))
b = keras.Input((8,))
difference = a - b
scaled = 2.0 * difference + 1
squared = scaled**2
model = keras.Model([a, b], layers.Dense(1)(round(squared) / abs(a + b)))
