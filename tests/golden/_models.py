"""Golden files of whole models: saved in every format, and what Keras says on loading them back."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import builders
import keras
from _files import HERE, first_line, normalise_keras, write_json
from _layers import describe, weights
from keras.src.utils import summary_utils

FOLDER = HERE / "models"
OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"expand_nested": True, "show_trainable": True},
    {"line_length": 65, "expand_nested": True},
    {"line_length": 88, "expand_nested": True},
    {"line_length": 108, "show_trainable": True},
    {"line_length": 120, "expand_nested": True, "show_trainable": True},
    {"line_length": 160},
)


def regenerate(names: list[str]) -> None:
    """Writes models/<name>/ for the named models, or for all of them."""
    known = builders.models()
    failed: list[str] = []
    for name in names or sorted(known):
        try:
            write(FOLDER / name, known[name])
        except Exception as error:
            failed.append(f"{name}: {type(error).__name__}: {first_line(error)}")
        print(name, flush=True)
    if failed:
        raise SystemExit("models which could not be made:\n" + "\n".join(failed))


def write(folder: Path, build: Callable[[], Any]) -> None:
    """Builds one model, saves it, loads each saved form in a fresh session and describes it."""
    _fresh()
    try:
        model = build()
    except ImportError as error:
        print(f"{folder.name} left as it is: {error}")
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sources, skipped = save(model, folder)
    del model
    summaries: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    for source, load_source in sources.items():
        _fresh()
        try:
            model = load_source()
        except Exception as error:
            skipped[source] = f"loading: {type(error).__name__}: {first_line(error)}"
            continue
        summaries[source] = summary_texts(model)
        facts[source] = model_facts(model)
    _fresh()
    write_json(folder / "summary.json", _different(summaries))
    write_json(folder / "facts.json", _different(facts))
    if skipped:
        write_json(folder / "skipped.json", skipped)


def save(model: Any, folder: Path) -> tuple[dict[str, Callable[[], Any]], dict[str, str]]:
    """Saves a model; how to load it back from each source, and why a source is missing."""
    text, skipped = None, {}
    try:
        text = model.to_json()
        (folder / "model.json").write_text(text + "\n")
    except Exception as error:
        skipped["json"] = f"saving: {type(error).__name__}: {first_line(error)}"
    sources: dict[str, Callable[[], Any]] = {}
    if text is not None:
        sources["json"] = lambda: keras.models.model_from_json(text)
    for extension in ("keras", "h5"):
        path = folder / f"model.{extension}"
        try:
            model.save(path)
        except Exception as error:
            path.unlink(missing_ok=True)
            skipped[extension] = f"saving: {type(error).__name__}: {first_line(error)}"
            continue
        if extension == "keras":
            normalise_keras(path)
        sources[extension] = lambda path=path, skipped=skipped: load(path, skipped)
    return sources, skipped


def load(path: Path, skipped: dict[str, str]) -> Any:
    """Loads a file, without its optimizer if Keras cannot read that back (h5: losses as text)."""
    try:
        return keras.models.load_model(path, safe_mode=False)
    except Exception as error:
        model = keras.models.load_model(path, safe_mode=False, compile=False)
        skipped[f"{path.suffix[1:]} with optimizer"] = f"loading: {first_line(error)}"
        return model


def summary_texts(model: Any) -> list[dict[str, Any]]:
    """The model's summary with every set of options, and with ranges of layers."""
    names = [each.name for each in model.layers]
    ranges = [] if len(names) < 3 else [[names[1], names[-2]], [names[0][:3], names[-1]]]
    options = [*OPTIONS, *({"layer_range": [re.escape(x) for x in each]} for each in ranges)]
    return [{"options": each, "text": summary_text(model, **each)} for each in options]


def summary_text(model: Any, **options: Any) -> str:
    """One summary, or the error Keras raises."""
    lines: list[str] = []
    try:
        model.summary(print_fn=lines.append, **options)
    except Exception as error:
        return f"{type(error).__name__}: {first_line(error)}"
    return "\n".join(lines)


def model_facts(model: Any) -> dict[str, Any]:
    """Counts as the summary gives them, and every layer."""
    trainable = getattr(model, "_collected_trainable_weights", None)
    trainable = model.trainable_weights if trainable is None else trainable
    frozen = model.non_trainable_weights
    optimizer = getattr(model, "optimizer", None)
    state = optimizer.variables if model.compiled and optimizer and optimizer.built else []
    everything = [trainable, frozen, state]
    return {
        **layer_facts(model),
        "total": sum(summary_utils.count_params(each) for each in everything),
        "trainable": summary_utils.count_params(trainable),
        "non_trainable": summary_utils.count_params(frozen),
        "optimizer": summary_utils.count_params(state),
        "optimizer_weights": [
            {"path": each.path, "shape": list(each.shape), "dtype": str(each.dtype)}
            for each in state
        ],
        "bytes": sum(summary_utils.weight_memory_size(each) for each in everything),
    }


def layer_facts(layer: Any) -> dict[str, Any]:
    """A layer's output, counts and weights, and those of the layers inside a model."""
    found = {
        "name": layer.name,
        "class_name": type(layer).__name__,
        "built": layer.built,
        "flag_trainable": layer.trainable,
        "output_shape": _output_shape(layer),
        "params": layer.count_params() if layer.built else None,
        "trainable_params": summary_utils.count_params(layer.trainable_weights),
        "weights": weights(layer),
    }
    if hasattr(layer, "layers"):
        found["layers"] = [layer_facts(each) for each in layer.layers]
    return found


def _output_shape(layer: Any) -> Any:
    """Shapes of the last call, as the summary shows them; None before any call."""
    if not getattr(layer, "_inbound_nodes", None):
        return None
    return _shapes(describe(layer._inbound_nodes[-1].output_tensors))


def _shapes(value: Any) -> Any:
    if isinstance(value, dict):
        return value["shape"] if "shape" in value else {k: _shapes(v) for k, v in value.items()}
    return [_shapes(each) for each in value] if isinstance(value, list) else value


def _different(found: dict[str, Any]) -> dict[str, Any]:
    """Leave out sources whose facts equal those of the first one."""
    first = next(iter(found.values()), None)
    return {
        source: value
        for position, (source, value) in enumerate(found.items())
        if position == 0 or value != first
    }


def _fresh() -> None:
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    keras.config.set_dtype_policy("float32")
    keras.config.enable_unsafe_deserialization()  # for Lambda; a fresh session forgets it
