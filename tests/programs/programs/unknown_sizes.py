# set: len(vocabulary)=40
# set: X_train.shape[1]=6
# given: vocabulary = range(40)
# given: X_train = numpy.zeros((3, 6))
from keras import Input, Sequential
from keras.layers import LSTM, Dense, Embedding

n_words = len(vocabulary) + 1
model = Sequential(
    [
        Input((X_train.shape[1],)),
        Embedding(n_words, 10),
        LSTM(5),
        Dense(n_words, activation="softmax"),
    ]
)
