from keras import Input, Model
from keras.layers import Dense, Dot, Embedding, Flatten

shared = Embedding(300, 12, name="words")
tower = Dense(6)
left = Input((4,), name="left")
right = Input((4,), name="right")
encoded = [tower(Flatten()(shared(side))) for side in (left, right)]
similarity = Dot(axes=-1, normalize=True)(encoded)
model = Model(inputs=[left, right], outputs=similarity)
