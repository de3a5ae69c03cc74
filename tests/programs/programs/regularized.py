from keras import Input, Sequential, constraints, initializers, regularizers
from keras.layers import Dense, LeakyReLU, PReLU

model = Sequential()
model.add(Input(shape=[13]))
model.add(Dense(64, kernel_regularizer=regularizers.l2(0.01), kernel_initializer="he_uniform"))
model.add(LeakyReLU(0.1))
model.add(Dense(32, kernel_initializer=initializers.RandomNormal(stddev=0.05)))
model.add(PReLU())
model.add(Dense(1, kernel_constraint=constraints.MaxNorm(3), bias_initializer="zeros"))
