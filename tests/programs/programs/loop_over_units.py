from keras import Input, Sequential
from keras.layers import BatchNormalization, Dense, ReLU

hidden = [256, 128, 64]
model = Sequential([Input((100,))])
for i, units in enumerate(hidden):
    model.add(Dense(units, use_bias=False, name=f"hidden_{i}"))
    model.add(BatchNormalization())
    model.add(ReLU())
model.add(Dense(1, activation="sigmoid", name="output"))
