from keras import Input, Sequential
from keras.layers import Conv1D, Dense, GlobalAveragePooling1D

spec = "conv:8:3, conv:16:5"
model = Sequential(name="from_{}".format("text"))
model.add(Input((20, 2)))
for number, part in enumerate(spec.split(","), start=1):
    kind, filters, size = part.strip().split(":")
    if kind.upper() == "CONV":
        model.add(Conv1D(int(filters), int(size), name="%s_%02d" % (kind, number)))
model.add(GlobalAveragePooling1D())
model.add(Dense(1, name="_".join(["out", "put"])))
