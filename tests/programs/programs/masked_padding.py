from keras import Input, Sequential
from keras.layers import LSTM, Dense, Masking, SpatialDropout1D, ZeroPadding1D

model = Sequential(
    [
        Input((25, 3)),
        Masking(mask_value=0.0),
        LSTM(4, return_sequences=True, dropout=0.1, recurrent_dropout=0.1),
        SpatialDropout1D(0.2),
        ZeroPadding1D(2),
        LSTM(4),
        Dense(1, kernel_regularizer="l2"),
    ]
)
