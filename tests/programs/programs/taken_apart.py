from keras import Input, Model
from keras.layers import Dense

inputs = Input((7,))
hidden = Dense(6, name="hidden")(inputs)
classifier = Model(inputs, Dense(2, name="classes")(hidden))

features = classifier.get_layer("hidden").output
regression = Dense(1, name="regression")(features)
model = Model(inputs=classifier.input, outputs=[classifier.output, regression])
