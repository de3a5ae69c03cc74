from keras import Input, Sequential
from keras.layers import (
    GRU,
    LSTM,
    RNN,
    Bidirectional,
    Dense,
    GRUCell,
    LSTMCell,
    StackedRNNCells,
    TimeDistributed,
)

model = Sequential(
    [
        Input((15, 5)),
        Bidirectional(LSTM(6, return_sequences=True), merge_mode="sum"),
        Bidirectional(GRU(4, return_sequences=True)),
        RNN(StackedRNNCells([LSTMCell(5), GRUCell(3)]), return_sequences=True),
        TimeDistributed(Dense(2)),
    ]
)
