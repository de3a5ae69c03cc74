from keras.layers import Activation, Dense
from keras.models import Sequential

model = Sequential()
model.add(Dense(32, input_dim=784))
model.add(Activation("relu"))
model.add(Dense(10))
model.add(Activation("softmax"))
