# given: from keras.datasets import mnist
# given: images, labels = numpy.zeros((60000, 28, 28), "uint8"), numpy.zeros(60000, "uint8")
# given: mnist.load_data = lambda: ((images, labels), (images[:10000], labels[:10000]))
from keras import layers, models, utils
from keras.datasets import mnist

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train.reshape(x_train.shape[0], 28, 28, 1).astype("float32") / 255
y_train = utils.to_categorical(y_train, 10)

network = models.Sequential()
network.add(layers.Input(x_train.shape[1:]))
network.add(layers.Conv2D(6, kernel_size=(5, 5), activation="tanh", padding="same"))
network.add(layers.AveragePooling2D(pool_size=(2, 2), strides=2))
network.add(layers.Flatten())
network.add(layers.Dense(y_train.shape[1], activation="softmax"))
