# set: X_train.shape=[None,5,12]
# given: X_train = numpy.zeros((3, 5, 12))
from keras import Sequential
from keras.layers import LSTM, Dense, Input

timesteps, features = X_train.shape[1], X_train.shape[2]
model = Sequential()
model.add(Input(shape=(timesteps, features)))
model.add(LSTM(11))
model.add(Dense(features))
