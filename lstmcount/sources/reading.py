"""Read a source of any kind as a ModelConfig; its content decides which reader is used."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec

from lstmcount.config import ModelConfig, all_layers
from lstmcount.errors import LstmcountError, Path, UnlistedLayersError
from lstmcount.layers.custom.known import CustomLayers
from lstmcount.readers.files import saved_model
from lstmcount.readers.files.binary import read_binary
from lstmcount.readers.spec.reader import MAX_LAYERS, is_spec, read_spec
from lstmcount.readers.text import content, file_signatures
from lstmcount.readers.text import text as texts
from lstmcount.readers.text.regular import all_inside, inside, refuse_special
from lstmcount.sources.paths import open_path
from lstmcount.sources.settings import ModelEntry, apply_settings, settings_of_model
from lstmcount.sources.source import Source, errors_in, holds_code, located, place

if TYPE_CHECKING:
    from lstmcount.programs import FoundModel
    from lstmcount.programs.isolated import More, ProgramText

MAX_NESTED_FILES = 20
MAX_MODELS = 2000  # nested in one model


class Nesting(msgspec.Struct, frozen=True):
    """The files that include the current one, and the layer counts of all nested models so far."""

    above: tuple[str, ...] = ()
    layers: list[int] = []


def read(
    source: Source,
    *,
    settings: dict[str, Any] | None = None,
    nesting: Nesting | None = None,
    custom: CustomLayers | None = None,
) -> ModelConfig:
    """The model in `source`, with `settings` for variables and layer arguments applied.

    `custom` declares layers that Keras does not have; the default is the declarations of the
    source's project. The project's own settings apply unless `nesting` is passed.

    Raises `LstmcountError` with its location in the source.
    """
    settings = settings or {}
    unused = {**source.entry().set, **settings} if nesting is None else dict(settings)
    if source.model is not None and not holds_code(source):
        raise located(LstmcountError("only a program has several models"), source.name)
    try:
        config = _complete(source, nesting or Nesting(), unused, custom or source.custom)
        if unused:
            explicit = {name: unused[name] for name in unused if name in settings}
            apply_settings(config, settings_of_model(config, unused) | explicit)
        if nesting is None and config.is_written and config.makes_masks:
            from lstmcount.graph.masking import add_masks

            add_masks(config)
        return config
    except LstmcountError as error:
        raise place(error, source) from None
    except RecursionError:
        raise located(LstmcountError("nested too deep"), source.name) from None
    except MemoryError:
        raise located(LstmcountError("it takes more memory than there is"), source.name) from None


def _complete(
    source: Source, nesting: Nesting, settings: dict[str, Any], custom: CustomLayers
) -> ModelConfig:
    """Read the source, with its stored variables and the classes in its code."""
    config = _read(source, nesting, settings, custom)
    if source.saved_model is not None and config.stored is None:
        saved_model.attach_variables(config, source.saved_model)
    if custom.missing and custom.code() and not holds_code(source):
        from lstmcount.sources.classes import with_classes

        return with_classes(config, source, settings, custom)
    if custom.found and not settings and not source.may_contradict_code:
        from lstmcount.sources.classes import check_declarations

        check_declarations(config)
    return config


def _read(
    source: Source, nesting: Nesting, settings: dict[str, Any], custom: CustomLayers
) -> ModelConfig:
    """Read the source, and remove from `settings` those that the reader has used."""
    if source.live is not None:
        from lstmcount.sources.live import read_live

        return read_live(source.live, custom)
    if source.binary is not None:
        return read_binary(source.binary, custom)
    if source.parsed is not None:
        return _read_data(source, source.parsed, nesting, settings, custom, None)
    try:
        text = source.text or ""
        if texts.is_blank(text):
            raise LstmcountError("the file is empty")
        if content.is_code(source.name, text):
            return _read_code(source, settings, custom)
        data, is_json = content.parse(text)
    except LstmcountError as error:
        raise _foreign(source) or error from None
    json = text if is_json else None
    return _read_data(source, content.unquoted(data), nesting, settings, custom, json)


def _read_data(
    source: Source,
    data: Any,
    nesting: Nesting,
    settings: dict[str, Any],
    custom: CustomLayers,
    json: str | None,
) -> ModelConfig:
    """Read a model from plain data; `json` is the text that it was parsed from, if JSON."""
    if isinstance(data, dict) and data.get("name") in ("Sequential", "Graph"):
        from lstmcount.readers.keras.keras0 import as_keras_one, is_keras_zero

        data = as_keras_one(data) if is_keras_zero(data) else data
    data = content.as_model(data)
    if is_spec(data):
        if json is not None:
            texts.reject_duplicates(json)
        return read_spec(
            data,
            name=source.stem,
            nested=lambda file, path, known: _nested(source, file, path, nesting, known),
            settings=settings,
            custom=custom,
        )
    if isinstance(data, dict) and "weightsManifest" in data:
        from lstmcount.readers.files.tensorflowjs import read_layers_model

        return read_layers_model(data, custom)
    if isinstance(data, dict) and "weight_map" in data:
        from lstmcount.readers.files.shards import is_shard_list, read_shards

        if is_shard_list(data):
            return read_shards(data, lambda name: _shard(source, name))
    from lstmcount.readers.keras.reader import find_model, read_keras

    model_and_path = find_model(data)
    if model_and_path is None:
        raise _foreign(source) or LstmcountError(content.what_it_is(data))
    model, path = model_and_path
    try:
        return read_keras(model, custom, path)
    except UnlistedLayersError as error:
        if source.saved_model is not None:
            return saved_model.weights_alone(source.saved_model, error.message)
        error.message += "; use the model's .keras file instead, whose tensors are counted"
        raise


def _foreign(source: Source) -> LstmcountError | None:
    """The error for a file whose name shows that it holds no model; None for other names."""
    kind = file_signatures.by_name(source.name or "")
    return LstmcountError(f"this is {kind}") if kind else None


def _read_code(source: Source, settings: dict[str, Any], custom: CustomLayers) -> ModelConfig:
    from lstmcount.programs.isolated import read_program

    model = source.model or source.entry().model
    program, more = _program(source)
    return read_program(program, more, model=model, settings=settings, custom=custom)


def list_models(source: Source, *, settings: dict[str, Any] | None = None) -> list[FoundModel]:
    """The models that a program creates, with the lines where they are assigned to a name."""
    if not holds_code(source):
        raise located(LstmcountError("only a program has several models"), source.name)
    from lstmcount.programs.isolated import list_program

    with errors_in(source):
        return list_program(*_program(source), settings=settings)


def _program(source: Source) -> tuple[ProgramText, More]:
    """The program's text with the project's modules that it may import, and how more are read."""
    from lstmcount.programs.isolated import ProgramText
    from lstmcount.readers.text.notebook import code_cells
    from lstmcount.sources.modules import gather

    text = source.text or ""
    cells = code_cells(text)
    gathering = gather(source, text if cells is None else "\n".join(cells))
    data = source.data or text.encode()
    program = ProgramText(data, source.name or "model.py", gathering.modules)
    return program, gathering.extend


def _shard(source: Source, name: str) -> Any:
    """The path or the bytes of a file with some of the weights that `source` lists."""
    if source.folder is None:
        raise LstmcountError("only a file can list the files of its weights")
    from pathlib import Path as FilePath

    if source.open_beside is None:
        path = os.path.join(source.folder, name)
        return path if source.within is None else inside(path, source.within)
    shard = source.open_beside(FilePath(source.folder, name))
    return shard.binary or shard.data


def _nested(
    source: Source, file: str, path: Path, nesting: Nesting, custom: CustomLayers
) -> ModelConfig:
    """Read another model file, whose path is relative to the spec's folder and inside it."""
    if source.folder is None:
        raise LstmcountError("only a spec in a file can name another file", path=path)
    if "\0" in file:
        raise LstmcountError(f"{file!r} cannot be the path of a file", path=path)
    from pathlib import Path as FilePath

    folder = FilePath(os.path.realpath(source.folder))
    target = FilePath(os.path.realpath(folder / file))
    if not target.is_relative_to(folder):
        raise LstmcountError(f"{file!r} lies outside the folder of the spec", path=path)
    if str(target) in nesting.above or len(nesting.above) >= MAX_NESTED_FILES:
        raise LstmcountError(f"{file!r} contains itself", path=path)
    if source.open_beside is not None:
        inner = source.open_beside(target)
    else:
        if target.is_dir():
            all_inside(target, folder)
        elif target.exists():
            refuse_special(target.stat())
        inner = open_path(FilePath(source.folder, file))
        inner.within = str(folder)
    inner.entry = lambda: ModelEntry(code=tuple(source.code()))
    if source.on_file_read is not None:
        inner.on_file_read = source.on_file_read
        inner.on_file_read(str(target))
    above = (*nesting.above, str(target))
    config = read(inner, nesting=Nesting(above, nesting.layers), custom=custom)
    nesting.layers.append(sum(1 for _ in all_layers(config)))
    if len(nesting.layers) > MAX_MODELS or sum(nesting.layers) > MAX_LAYERS:
        limits = f"{MAX_MODELS} models or {MAX_LAYERS} layers"
        raise LstmcountError(f"the nested models have more than {limits}", path=path)
    return config
