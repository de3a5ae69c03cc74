from keras import Input, Model
from keras.layers import LSTM, Bidirectional, Concatenate, Dense

*shape, classes = 10, 4, 3
inputs = Input(tuple(shape))
outputs, *states = Bidirectional(LSTM(5, return_state=True))(inputs)
forward_h, forward_c, backward_h, backward_c = states
state = Concatenate()([forward_h, backward_h])
(a, b), c = (Dense(2)(outputs), Dense(2)(state)), Dense(classes)(state)
model = Model(inputs, [a, b, c])
