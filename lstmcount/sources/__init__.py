"""Read a source of any kind as a ModelConfig; its content decides which reader is used."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING, Any

import msgspec

from lstmcount.config import ModelConfig, all_layers
from lstmcount.errors import LstmcountError, Path, Place, UnlistedLayersError
from lstmcount.layers.custom.known import CustomLayers, Declarations
from lstmcount.readers.files import saved_model
from lstmcount.readers.files.binary import HDF5, is_binary, read_binary
from lstmcount.readers.spec.reader import MAX_LAYERS, is_spec, read_spec
from lstmcount.readers.text import content, file_signatures
from lstmcount.readers.text import text as texts
from lstmcount.readers.text.pipes import read_pipe, read_up_to
from lstmcount.readers.text.regular import all_inside, inside, refuse_special
from lstmcount.sources.names import REVISION, is_json, is_url, like_a_file
from lstmcount.sources.settings import ModelEntry, apply_settings, settings_of_model

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from lstmcount.programs import FoundModel
    from lstmcount.programs.isolated import ProgramText
    from lstmcount.sources.trees import Tree

_NAMES_FILES = re.compile(rb"model['\"]?\s*:|^[ \t\"]*(?:from|import) ", re.MULTILINE)
MAX_NESTED_FILES = 20
MAX_MODELS = 2000  # nested in one model


class Source(msgspec.Struct):
    """A model before it is read: its name in messages, its bytes, text or data, and its folder."""

    name: str | None
    data: bytes | None = None
    json: str | None = None  # set instead of `data`
    binary: Any = None  # the path or the bytes of a .keras archive or an HDF5 file
    parsed: Any = None
    live: Any = None  # a Keras model in memory
    folder: str | None = None
    within: str | None = None  # limits the files that it names, if the user did not name it
    open_beside: Callable[[FilePath], Source] | None = None  # for files that are not on disk
    model: str | None = None  # the name of one of the program's models
    declarations: Callable[[], Declarations] | None = None  # custom layers of its project
    tree: Tree | None = None  # holds the modules that a program imports, if not on disk
    on_file_read: Callable[[str], None] | None = None  # called with each module's file name
    copy: Any = None  # keeps a temporary folder with its files
    entry: Callable[[], ModelEntry] = ModelEntry  # the project's settings for this source
    in_work_tree: str | None = None  # the path of a file that is read from a commit
    may_contradict_code: bool = False  # whether its tensors may differ from the code's weights

    def code(self) -> Sequence[str]:
        """Additional files and folders with modules and classes (`--code`)."""
        return self.entry().code

    @property
    def path(self) -> str:
        """The path that projects and comparisons know it by."""
        return self.in_work_tree or self.name or "<model>"

    @property
    def text(self) -> str | None:
        return self.json if self.data is None else texts.decode(self.data)

    @property
    def custom(self) -> CustomLayers:
        return CustomLayers(load_project=self.declarations, code=self.code)

    @property
    def stem(self) -> str:
        if not self.name or self.name.startswith("<"):
            return "model"
        path = self.name if self.tree is None else self.name.partition(":")[2]
        return os.path.basename(path).partition(".")[0] or "model"


class Nesting(msgspec.Struct, frozen=True):
    """The files that include the current one, and the layer counts of all nested models so far."""

    above: tuple[str, ...] = ()
    layers: list[int] = []


def open_source(source: Any) -> Source:
    """The source behind a path, a file object, a dict, a string of JSON, or a Keras model."""
    if isinstance(source, dict):
        return Source(None, parsed=source)
    if isinstance(source, str) and is_json(source):
        if len(source) > texts.MAX_BYTES:
            raise LstmcountError(texts.TOO_LARGE)
        return Source(None, json=source)
    if isinstance(source, str):
        return open_named(source)
    if isinstance(source, os.PathLike):
        return open_path(source)
    if isinstance(source, type):
        raise LstmcountError(f"expected a model, got the class {source.__name__}")
    if hasattr(source, "read"):
        return _open_stream(source)
    if hasattr(source, "to_json"):
        return Source(None, live=source)
    raise LstmcountError(f"expected a path, a file, a dict or JSON text, got {type(source)}")


def open_named(name: str) -> Source:
    """The source that a user names: a path, a URL, or git:REV:PATH."""
    if name.startswith(REVISION) and not os.path.lexists(name):
        from lstmcount.sources.git import open_revision

        return open_revision(name)
    if is_url(name):
        from lstmcount.sources.urls import open_url

        return open_url(name)
    return open_path(name)


def open_path(path: str | os.PathLike[str]) -> Source:
    name = os.fspath(path)
    folder = os.path.dirname(name)
    try:
        mode = os.stat(name).st_mode
        if stat.S_ISFIFO(mode):
            return of_bytes(name, read_pipe(name, texts.MAX_BYTES + 1))
        if stat.S_ISDIR(mode):
            return _open_folder(name)
        with open(name, "rb") as file:
            start = file.read(len(HDF5))
            if is_binary(start):
                return Source(name, binary=name, folder=folder)
            if os.fstat(file.fileno()).st_size > texts.MAX_BYTES:
                start += file.read(file_signatures.LONGEST)
                kind = file_signatures.foreign(start) or file_signatures.by_name(name)
                reason = f"this is {kind}" if kind else texts.TOO_LARGE
                raise located(LstmcountError(reason), name)
            data = read_up_to(file, texts.MAX_BYTES + 1, start)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        if isinstance(error, FileNotFoundError):
            reason += like_a_file(name)
        raise located(LstmcountError(reason), name) from None
    return Source(name, saved_model.model_json(data, name) or data, folder=folder)


def _open_folder(name: str) -> Source:
    from pathlib import Path as FilePath

    path = FilePath(name)
    if file_signatures.is_unpacked_archive(path):
        return Source(name, binary=name, folder=name)
    step = file_signatures.orbax_step(name)
    if step is not None:
        return Source(name, binary=step, folder=name)
    data = saved_model.in_folder(path, texts.MAX_BYTES + 1)
    if data is None:
        kind = file_signatures.of_folder(path) or "a directory"
        raise located(LstmcountError(f"this is {kind}"), name)
    return Source(name, data, folder=os.path.dirname(name))


def _open_stream(stream: IO[Any]) -> Source:
    data = stream.read(texts.MAX_BYTES + 1)
    name = getattr(stream, "name", None)
    return of_bytes(
        name if isinstance(name, str) else None, data.encode() if isinstance(data, str) else data
    )


def of_bytes(name: str | None, data: bytes) -> Source:
    """The source with the bytes of a stream."""
    if is_binary(data):
        if len(data) > texts.MAX_BYTES:
            raise located(LstmcountError(texts.TOO_LARGE), name)
        return Source(name, binary=data)
    return Source(name, saved_model.model_json(data, name) or data)


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
    if source.model is not None and not _holds_code(source):
        raise located(LstmcountError("only a program has several models"), source.name)
    try:
        custom = custom or source.custom
        config = _read(source, nesting or Nesting(), unused, custom)
        if custom.missing and custom.code() and not _holds_code(source):
            from lstmcount.sources.classes import with_classes

            config = with_classes(config, source, unused, custom)
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


def _read(
    source: Source, nesting: Nesting, settings: dict[str, Any], custom: CustomLayers
) -> ModelConfig:
    """Read the source, and remove from `settings` those that the reader has used."""
    data, text, is_json = source.parsed, "", False
    if source.live is not None:
        from lstmcount.sources.live import read_live

        return read_live(source.live, custom)
    if source.binary is not None:
        return read_binary(source.binary, custom)
    if data is None:
        try:
            text = source.text or ""
            if texts.is_blank(text):
                raise LstmcountError("the file is empty")
            if content.is_code(source.name, text):
                return _read_code(source, settings, custom)
            data, is_json = content.parse(text)
        except LstmcountError as error:
            raise _foreign(source) or error from None
        data = content.unquoted(data)
    if isinstance(data, dict) and data.get("name") in ("Sequential", "Graph"):
        from lstmcount.readers.keras.keras0 import as_keras_one, is_keras_zero

        data = as_keras_one(data) if is_keras_zero(data) else data
    data = content.as_model(data)
    if is_spec(data):
        if is_json:
            texts.reject_duplicates(text)
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
        error.message += "; use the model's .keras file instead, whose tensors are counted"
        raise


def _foreign(source: Source) -> LstmcountError | None:
    """The error for a file whose name shows that it holds no model; None for other names."""
    kind = file_signatures.by_name(source.name or "")
    return LstmcountError(f"this is {kind}") if kind else None


def _read_code(source: Source, settings: dict[str, Any], custom: CustomLayers) -> ModelConfig:
    from lstmcount.programs.isolated import read_program

    model = source.model or source.entry().model
    return read_program(_program(source), model=model, settings=settings, custom=custom)


def list_models(source: Source, *, settings: dict[str, Any] | None = None) -> list[FoundModel]:
    """The models that a program creates, with the lines where they are assigned to a name."""
    if not _holds_code(source):
        raise located(LstmcountError("only a program has several models"), source.name)
    from lstmcount.programs.isolated import list_program

    try:
        return list_program(_program(source), settings=settings)
    except LstmcountError as error:
        raise place(error, source) from None


def _program(source: Source) -> ProgramText:
    """The program's text, with the project's modules that it may import."""
    from lstmcount.programs.isolated import ProgramText
    from lstmcount.readers.text.notebook import code_cells
    from lstmcount.sources.modules import gather

    text = source.text or ""
    cells = code_cells(text)
    files = gather(source, text if cells is None else "\n".join(cells))
    return ProgramText(source.data or text.encode(), source.name or "model.py", files)


def may_name_files(source: Source) -> bool:
    """Whether the source may refer to other files: nested models, imports or `--code`."""
    return _NAMES_FILES.search(source.data or b"") is not None or bool(source.code())


def _holds_code(source: Source) -> bool:
    text = source.text
    return text is not None and content.is_code(source.name, text)


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

    folder = FilePath(source.folder).resolve()
    target = (folder / file).resolve()
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
    above = (*nesting.above, str(target))
    config = read(inner, nesting=Nesting(above, nesting.layers), custom=custom)
    nesting.layers.append(sum(1 for _ in all_layers(config)))
    if len(nesting.layers) > MAX_MODELS or sum(nesting.layers) > MAX_LAYERS:
        limits = f"{MAX_MODELS} models or {MAX_LAYERS} layers"
        raise LstmcountError(f"the nested models have more than {limits}", path=path)
    return config


def place(error: LstmcountError, source: Source) -> LstmcountError:
    """Add the source's name, and the line and column of the error's path, to the error."""
    if error.location.source is not None:
        return error
    path = error.location.path or ()
    if path and isinstance(path[0], Place):
        error.location = path[0].locate(source.name, path[1:])
        return error
    if error.location.line is None and path and (text := source.text) is not None:
        position = texts.locate(text, path, at_key=error.at_key)
        if position:
            line, column = position
            error.location = msgspec.structs.replace(error.location, line=line, column=column)
    return located(error, source.name)


def located(error: LstmcountError, name: str | None) -> LstmcountError:
    error.location = msgspec.structs.replace(error.location, source=name)
    return error
