from keras import Input, Model
from keras.layers import Add, Concatenate, Conv1D, Dense, GlobalMaxPooling1D

sequence = Input(shape=(40, 8), name="sequence")
branches = []
for size in (3, 5, 7):
    branch = Conv1D(16, size, padding="same", activation="relu")(sequence)
    branch = GlobalMaxPooling1D()(branch)
    branches.append(branch)
merged = Concatenate()(branches)
left = Dense(20)(merged)
right = Dense(20)(merged)
output = Dense(5, activation="softmax")(Add()([left, right]))
model = Model(inputs=sequence, outputs=output)
