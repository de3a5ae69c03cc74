"""Names and shapes of the tensors in an HDF5 file, alone or inside a `.keras` archive."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import IO, Any

from lstmcount.errors import LstmcountError
from lstmcount.isolation import Guard, isolated
from lstmcount.readers.files.attributes import names
from lstmcount.readers.files.opening import Binary, damaged, library, load_library, opened
from lstmcount.readers.files.zip_directory import StoredMember, open_zip, require_known_method

ZIP = b"PK\x03\x04"
UNREADABLE = "the stored tensors cannot be read"
WEIGHTS = "model.weights.h5"
MAX_WEIGHTS = 8 * 2**30
MAX_UNPACKED = 2**29  # Keras does not compress
MAX_DATASETS = 100_000
MAX_DEPTH = 200  # depth of nested groups
MAX_TEXT = 8 * 2**20  # characters of all names; a file can store a name once and refer to it often
# Groups stored beside the weights.
_STATE = re.compile(
    r"\w*optimizer(_weights)?(/.*)?|metrics(/.*)?"
    r"|(.*/)?(?<!layers/)(?<!_dependencies/)optimizer(/.*)?"  # of a nested compiled model
    r"|(.*/)?_?(seed_|random_)?generator(_\d+)?/vars/0|(.*/)?vars/idf_weights"
)


def read_tensors(source: Binary) -> dict[str, Any]:
    """The result of `listed` for the file's weights. Raises `LstmcountError` if unreadable."""
    tensors: dict[str, Any] = isolated(_tensors, source, subject=UNREADABLE, prepare=load_library)
    return tensors


def _tensors(guard: Guard, source: Binary) -> dict[str, Any]:
    with weights_of(guard, source, "reading tensors") as root:
        if root is None:
            raise LstmcountError(f"there is no {WEIGHTS} in the archive")
        return listed(root)


@contextmanager
def weights_of(guard: Guard, source: Binary, purpose: str) -> Iterator[Any]:
    """The group that holds the weights in an HDF5 file, alone or inside an archive.

    None if the archive has none. Errors of the HDF5 library become an `LstmcountError`.
    """
    h5py = library(purpose)
    # Open the file for unpacked weights first: the guard forbids opening files for writing.
    with opened(source) as file, tempfile.TemporaryFile() as unpacked:
        guard(scratch=MAX_UNPACKED)
        with damaged(UNREADABLE):
            if file.read(len(ZIP)) == ZIP:
                with _in_archive(file, unpacked, h5py) as root:
                    yield root
            else:
                with h5py.File(file, "r") as root:
                    yield own_weights(root)


def listed(root: Any) -> dict[str, list[Any]]:
    """The `tensors` in an HDF5 group as (path, shape, dtype), and its `groups` as (path, owner).

    If the file records the names of the `layers`, tensors are in the order of the layers and
    their weights, and `owners` gives the group of each tensor, because a name may begin with
    another name and a slash.
    """
    tensors: list[Any] = []
    groups: list[Any] = []
    layers = names(root, "layer_names")
    is_by_layer = layers is not None  # all groups are layers', even one called `metrics`
    places = {name: place for place, name in enumerate(layers or ())}
    order: dict[str, tuple[int, int]] = {}
    owner_of: dict[str, str] = {}
    left = MAX_TEXT

    def bound(*texts: str | None) -> None:
        nonlocal left
        left -= sum(len(text or "") for text in texts)
        if left < 0:
            raise LstmcountError(f"the names of tensors and groups have over {MAX_TEXT:,} letters")

    def visit(named: str | bytes, item: Any) -> None:
        name = named if isinstance(named, str) else named.decode("utf-8", "replace")
        path = name if is_by_layer else name.replace("\\", "/")  # Keras on Windows joins with \
        if not is_by_layer and is_state(path):
            return
        if len(tensors) + len(groups) > MAX_DATASETS:
            raise LstmcountError(f"more than {MAX_DATASETS:,} tensors and groups")
        if path.count("/") > MAX_DEPTH:
            raise LstmcountError(f"groups nested deeper than {MAX_DEPTH} levels")
        bound(path)
        if hasattr(item, "is_virtual"):
            dtype = _dtype(item)
            bound(dtype)
            tensors.append((path, _shape(item), dtype))
        elif is_by_layer:
            groups.append((path, None))
            for place, weight in enumerate(names(item, "weight_names") or ()):
                bound(path, weight)
                order[f"{path}/{weight}"] = (places.get(name, len(places)), place)
                owner_of[f"{path}/{weight}"] = path
        elif path.endswith("/vars"):
            owner = _text(item.attrs.get("name"))
            bound(owner)
            groups.append((path.removesuffix("/vars"), owner))
        else:
            groups.append((path, None))

    root.visititems(visit)
    if layers is None:
        return {"tensors": tensors, "groups": groups}
    tensors.sort(key=lambda tensor: order.get(tensor[0], (len(places), 0)))
    owners = [owner_of.get(path) or _owner(path, places) for path, _, _ in tensors]
    return {"tensors": tensors, "groups": groups, "layers": layers, "owners": owners}


def is_state(path: str) -> bool:
    """Whether a tensor at this path belongs to an optimizer, a metric or a generator of numbers."""
    return _STATE.fullmatch(path) is not None


def _owner(path: str, layers: Container[str]) -> str:
    """The layer whose name is the longest prefix of the path; else the path's first part.

    >>> _owner("a/c/kernel", {"a", "a/c"}), _owner("x/y", {"a"})
    ('a/c', 'x')
    """
    parts = path.split("/")
    begun = ("/".join(parts[:end]) for end in range(len(parts) - 1, 0, -1))
    return next((name for name in begun if name in layers), parts[0])


def _shape(dataset: Any) -> list[int]:
    """A dataset's shape. Virtual datasets are refused: their shape would open other files."""
    if dataset.is_virtual:
        raise LstmcountError("a tensor that is made of those in other files")
    return list(map(int, dataset.shape))


def _dtype(dataset: Any) -> str:
    """The dtype as NumPy names it; Keras writes beside opaque tensors that they are bfloat16."""
    is_opaque = dataset.dtype.kind == "V"
    told = _text(dataset.attrs.get("dtype")) if is_opaque else None
    return told if told == "bfloat16" else str(dataset.dtype)


def own_weights(file: Any) -> Any:
    """The group of the weights; links to other places or files are not followed."""
    import h5py

    link = file.get("model_weights", getlink=True)
    weights = file["model_weights"] if isinstance(link, h5py.HardLink) else None
    return weights if isinstance(weights, h5py.Group) else file


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


@contextmanager
def _in_archive(file: IO[bytes], unpacked: IO[bytes], h5py: Any) -> Iterator[Any]:
    with open_zip(file) as archive:
        times = archive.namelist().count(WEIGHTS)
        if times > 1:
            raise LstmcountError(f"{WEIGHTS} stands twice in the archive")
        if times == 0:
            yield None
            return
        info = archive.getinfo(WEIGHTS)
        require_known_method(info)
        limit = MAX_WEIGHTS if info.compress_type == zipfile.ZIP_STORED else MAX_UNPACKED
        if info.file_size > limit:
            raise LstmcountError(f"{WEIGHTS} is larger than {limit // 2**20:,} MiB")
        with (
            archive.open(WEIGHTS) as member,
            h5py.File(_seekable(file, member, info, unpacked), "r") as root,
        ):
            yield root


def _seekable(
    file: IO[bytes], member: IO[bytes], info: zipfile.ZipInfo, unpacked: IO[bytes]
) -> Any:
    """The member in place or unpacked: `zipfile` seeks by reading, or decompresses anew."""
    if info.compress_type == zipfile.ZIP_STORED:
        return StoredMember(file, info)
    left = info.file_size
    while left > 0 and (chunk := member.read(min(left, 2**20))):
        left -= unpacked.write(chunk)
    unpacked.seek(0)
    return unpacked
