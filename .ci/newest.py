"""Print what the installed Keras has and the project does not know, one a line; status 1 if any:
layers, their arguments and calls, operations, optimizers, and files that it saves.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pkgutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras

from lstmcount import LstmcountError, optimizers, summarize
from lstmcount.api.verify import verify_model as verify
from lstmcount.graph.builder import build
from lstmcount.layers import registry
from lstmcount.layers.ops import classes as operations
from lstmcount.sources import open_path, read

ROOT = Path(__file__).parent.parent
# Arguments of every layer and of Keras's own calls, which say nothing of shapes or weights.
EVERYWHERE = {"self", "args", "kwargs", "name", "trainable", "dtype", "activity_regularizer"}
SAVING: dict[Callable[..., Any], set[str]] = {
    keras.Model.save: {"filepath", "overwrite", "zipped"},
    keras.Model.save_weights: {"filepath", "overwrite", "max_shard_size"},
}


def parameters(function: Any) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name not in EVERYWHERE]


def subclasses(module: Any, base: type) -> Iterator[tuple[str, type]]:
    for name, cls in sorted(vars(module).items()):
        if isinstance(cls, type) and issubclass(cls, base):
            yield name, cls


def unknown_layers() -> Iterator[str]:
    skipped = json.loads((ROOT / "tests" / "golden" / "layers_skipped.json").read_text())
    for name, cls in subclasses(keras.layers, keras.layers.Layer):
        ours = registry.find(name)
        if ours is None:
            if name not in skipped:
                yield f"layer {name}"
            continue
        known = {*ours.__struct_encode_fields__, *EVERYWHERE}
        yield from (f"{name}({each}=…)" for each in parameters(cls.__init__) if each not in known)
        first, *others = parameters(cls.call) or ["inputs"]
        called = {*ours.keywords(), first, "training"}
        yield from (f"{name}.call({each}=…)" for each in others if each not in called)


def unknown_operations() -> Iterator[str]:
    from keras.src import ops
    from keras.src.ops.operation import Operation

    known = set(operations.class_names())
    for info in pkgutil.iter_modules(ops.__path__):
        if info.name.endswith("_test"):
            continue
        module = importlib.import_module(f"keras.src.ops.{info.name}")
        for name, cls in subclasses(module, Operation):
            is_layer = cls is Operation or issubclass(cls, keras.layers.Layer)
            if name not in known and not is_layer and cls.__module__ == module.__name__:
                yield f"operation {info.name}.{name}"


def unknown_optimizers() -> Iterator[str]:
    for name, cls in subclasses(keras.optimizers, keras.optimizers.Optimizer):
        if cls is not keras.optimizers.Optimizer and name not in optimizers.NAMES:
            yield f"optimizer {name}"


def unknown_files() -> Iterator[str]:
    """Save one model in every way, and count and verify each file."""
    for function, known in SAVING.items():
        more = [name for name in parameters(function) if name not in known]
        yield from (f"{function.__qualname__}({name}=…)" for name in more)
    inputs = keras.Input((5, 3))
    outputs = keras.layers.Dense(2)(keras.layers.Bidirectional(keras.layers.LSTM(4))(inputs))
    model = keras.Model(inputs, outputs)
    model.compile("adam", "mse")
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "model.json").write_text(model.to_json())
        model.save(at / "model.keras")
        model.save(at / "model.h5")
        model.save(at / "folder", zipped=False)
        model.save_weights(at / "one.weights.h5")
        model.save_weights(at / "some.weights.json", max_shard_size=1e-6)
        for name in ("model.keras", "model.h5", "folder", "one.weights.h5", "some.weights.json"):
            source = at / ("model.json" if ".weights." in name else name)
            try:
                count = summarize(at / name).total_params
                held = verify(
                    open_path(source), build(read(open_path(source))), open_path(at / name)
                )
            except LstmcountError as error:
                yield f"file {name}: {error}"
            else:
                if count != model.count_params() or not held.agrees or held.not_compared:
                    yield f"file {name}: {count} of {model.count_params()} parameters, {held}"


def main() -> None:
    found = [
        *unknown_layers(),
        *unknown_operations(),
        *unknown_optimizers(),
        *unknown_files(),
    ]
    print(f"Keras {keras.__version__}: {len(found)} unknown")
    print(*found, sep="\n")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
