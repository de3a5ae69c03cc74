from keras import Input, Sequential
from keras.layers import Dense

model = Sequential()
model.add(Input((64,)))
width = 64
while width > 4:
    width //= 2
    model.add(Dense(width, activation="relu"))
model.pop()
model.add(Dense(2))
