"""Run programs in real Keras, for comparison with the reader.

KERAS_BACKEND=jax python -m tests.programs.keras_runs     # rewrites expected/*.txt
"""

from __future__ import annotations

import io
import os
from contextlib import nullcontext
from pathlib import Path

from tests.differential.real_keras import weightless

HERE = Path(__file__).parent
PROGRAMS = sorted((HERE / "programs").glob("*.py"))
LINE_LENGTH = 110
NAMES = ("model", "net", "network", "autoencoder", "encoder")  # of the programs' models


def header(text, key):
    """The values of comments at the start of a program: `# set: n=3`, `# given: n = 3`."""
    return [line.partition(": ")[2] for line in text.splitlines() if line.startswith(f"# {key}: ")]


def summary_in_keras(text):
    """The output of `model.summary()` for the program's model."""
    import keras

    keras.utils.clear_session()
    namespace = {"__name__": "__main__"}
    exec("import numpy\n" + "\n".join(header(text, "given")), namespace)
    before = {id(value) for value in namespace.values()}
    with (
        nullcontext() if "compile(" in text else weightless()
    ):  # an optimizer's weights need values
        exec(compile(without_tensorflow(text), "<program>", "exec"), namespace)
    made = {
        name: namespace[name]
        for name in NAMES
        if isinstance(namespace.get(name), keras.Model) and id(namespace[name]) not in before
    }
    return printed(next(iter(made.values())))


def printed(model):
    os.environ["COLUMNS"] = str(LINE_LENGTH + 10)  # rich truncates lines to the console's width
    stream = io.StringIO()
    model.summary(line_length=LINE_LENGTH, print_fn=lambda line: stream.write(line + "\n"))
    return stream.getvalue().rstrip() + "\n"


def without_tensorflow(text):
    """Replace `tensorflow.keras` by `keras`; the programs use nothing else of TensorFlow."""
    stand_in = "import keras, types; tf = types.SimpleNamespace(keras=keras)"
    text = text.replace("import tensorflow as tf", stand_in).replace("tensorflow.keras", "keras")
    return text.replace("from tensorflow import keras", "import keras")


if __name__ == "__main__":
    for program in PROGRAMS:
        summary = summary_in_keras(program.read_text())
        (HERE / "expected" / f"{program.stem}.txt").write_text(summary)
        print(program.stem, summary.splitlines()[-3])
