import keras
from keras import layers


class Classifier(keras.Model):
    def __init__(self, classes=4):
        super().__init__()
        self.embed = layers.Embedding(50, 8)
        self.recurrent = layers.LSTM(6)
        self.dropout = layers.Dropout(0.5)
        self.heads = [layers.Dense(5, activation="relu"), layers.Dense(classes)]

    def call(self, tokens):
        x = self.dropout(self.recurrent(self.embed(tokens)))
        for head in self.heads:
            x = head(x)
        return x


model = Classifier()
outputs = model(keras.Input((12,)))
