from keras.layers import LSTM, Dense, Embedding, Input
from keras.models import Model

SOURCE_WORDS, TARGET_WORDS, UNITS = 120, 90, 24

encoder_inputs = Input(shape=(None,))
embedded = Embedding(SOURCE_WORDS, UNITS)(encoder_inputs)
_, state_h, state_c = LSTM(UNITS, return_state=True)(embedded)
states = [state_h, state_c]

decoder_inputs = Input(shape=(None,))
embedded = Embedding(TARGET_WORDS, UNITS)(decoder_inputs)
decoder = LSTM(UNITS, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder(embedded, initial_state=states)
decoder_outputs = Dense(TARGET_WORDS, activation="softmax")(decoder_outputs)

model = Model([encoder_inputs, decoder_inputs], decoder_outputs)
