import keras
from keras import layers

# Asked of the constructor, `trainable` does not reach the layers that a layer makes itself;
# set later, it does.
frames = keras.Input((4, 9, 9, 6))
x = layers.ConvLSTM2D(6, 3, trainable=False, name="from_the_start")(frames)
x = layers.Reshape((49, 6))(x)
x = layers.MultiHeadAttention(2, 3, trainable=False, name="attention_from_the_start")(x, x)
later = layers.MultiHeadAttention(2, 3, name="attention_later")
x = later(x, x)
again = layers.MultiHeadAttention(2, 3, name="attention_again")
x = again(x, x)
model = keras.Model(frames, x)
later.trainable = False
for layer in model.layers[-1:]:
    layer.trainable = False
    layer.trainable = True
