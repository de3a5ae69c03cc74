import argparse

from keras import Input, Sequential
from keras.layers import Dense, SimpleRNN

parser = argparse.ArgumentParser(description="train")
parser.add_argument("--units", "-u", type=int, default=12)
parser.add_argument("--n-layers", type=int, default=2, help="how many")
parser.add_argument("--bias", action="store_true")
args = parser.parse_args([])

model = Sequential()
model.add(Input((10, 3)))
for n in range(args.n_layers):
    model.add(SimpleRNN(args.units, return_sequences=n + 1 < args.n_layers, use_bias=args.bias))
model.add(Dense(1))
