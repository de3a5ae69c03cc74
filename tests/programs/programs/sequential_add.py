import keras
from keras.layers import GRU, Dense, Dropout

model = keras.models.Sequential(name="forecast")
model.add(GRU(16, return_sequences=True, input_shape=(12, 4)))
model.add(Dropout(0.3))
model.add(GRU(8))
model.add(Dense(1))
model.compile("adam", "mse")
