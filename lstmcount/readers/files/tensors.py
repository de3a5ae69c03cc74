"""Names and shapes of the tensors in an HDF5 file, or in the one inside a `.keras` archive."""

from __future__ import annotations

import os
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
from lstmcount.readers.files.zip_directory import open_zip, require_known_method

ZIP = b"PK\x03\x04"
UNREADABLE = "the stored tensors cannot be read"
WEIGHTS = "model.weights.h5"
MAX_WEIGHTS = 8 * 2**30
MAX_UNPACKED = 2**29  # Keras packs nothing
MAX_DATASETS = 100_000
MAX_DEPTH = 200  # of groups in groups
MAX_TEXT = 8 * 2**20  # letters in the names of all, which a file needs to hold but once
# Stored beside the weights, and none of them.
_STATE = re.compile(
    r"\w*optimizer(_weights)?(/.*)?|metrics(/.*)?"
    r"|(.*/)?(?<!layers/)(?<!_dependencies/)optimizer(/.*)?"  # of a compiled model inside
    r"|(.*/)?_?(seed_|random_)?generator(_\d+)?/vars/0|(.*/)?vars/idf_weights"
)


def read_tensors(source: Binary) -> dict[str, Any]:
    """What `listed` says of the file's weights. Raises `LstmcountError` where it cannot be read."""
    if isinstance(source, str) and os.path.isdir(source):  # an archive that was not zipped
        source = os.path.join(source, WEIGHTS)
    found: dict[str, Any] = isolated(_tensors, source, what=UNREADABLE, prepare=load_library)
    return found


def _tensors(guard: Guard, source: Binary) -> dict[str, Any]:
    with weights_of(guard, source, "reading tensors") as root:
        if root is None:
            raise LstmcountError(f"there is no {WEIGHTS} in the archive")
        return listed(root)


@contextmanager
def weights_of(guard: Guard, source: Binary, purpose: str) -> Iterator[Any]:
    """The group of an HDF5 file, or of the one in an archive, that holds the weights.

    None where the archive has none. What the HDF5 library stumbles over is an `LstmcountError`.
    """
    h5py = library(purpose)
    # The file for packed weights is opened before the guard, which lets none be opened to write.
    with opened(source) as file, tempfile.TemporaryFile() as unpacked:
        guard()
        with damaged(UNREADABLE):
            if file.read(len(ZIP)) == ZIP:
                with _in_archive(file, unpacked, h5py) as root:
                    yield root
            else:
                with h5py.File(file, "r") as root:
                    yield own_weights(root)


def listed(root: Any) -> dict[str, list[Any]]:
    """The `tensors` in an HDF5 group, as (path, shape, dtype); its `groups`, as (path, owner).

    Where the file says the names of the `layers`, tensors are in the order of these and of the
    layers' weights, and `owners` says for each tensor in whose group it stands: a name may begin
    with another, and a slash.
    """
    tensors: list[Any] = []
    groups: list[Any] = []
    layers = names(root, "layer_names")
    is_by_layer = layers is not None  # and nothing else: a layer may be called `metrics`
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
        path = name if is_by_layer else name.replace("\\", "/")  # as joined on Windows
        if not is_by_layer and _STATE.fullmatch(path):
            return
        if len(tensors) + len(groups) > MAX_DATASETS:
            raise LstmcountError(f"more than {MAX_DATASETS:,} tensors and groups")
        if path.count("/") > MAX_DEPTH:
            raise LstmcountError(f"groups nested deeper than {MAX_DEPTH} levels")
        bound(path)
        if hasattr(item, "is_virtual"):
            dtype = str(item.dtype)
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


def _owner(path: str, layers: Container[str]) -> str:
    """The layer of the longest name that the path begins with; else the path's first word.

    >>> _owner("a/c/kernel", {"a", "a/c"}), _owner("x/y", {"a"})
    ('a/c', 'x')
    """
    parts = path.split("/")
    begun = ("/".join(parts[:end]) for end in range(len(parts) - 1, 0, -1))
    return next((name for name in begun if name in layers), parts[0])


def _shape(dataset: Any) -> list[int]:
    """A dataset's shape. Asking one made of others for it opens the files that they are in."""
    if dataset.is_virtual:
        raise LstmcountError("a tensor that is made of those in other files")
    return list(map(int, dataset.shape))


def own_weights(file: Any) -> Any:
    """Where the weights stand; a link to somewhere else, out of the file even, is not followed."""
    import h5py

    link = file.get("model_weights", getlink=True)
    found = file["model_weights"] if isinstance(link, h5py.HardLink) else None
    return found if isinstance(found, h5py.Group) else file


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
            h5py.File(_seekable(member, info, unpacked), "r") as root,
        ):
            yield root


def _seekable(member: IO[bytes], info: zipfile.ZipInfo, unpacked: IO[bytes]) -> IO[bytes]:
    """The member, unpacked: going back in a packed one starts over from its beginning."""
    if info.compress_type == zipfile.ZIP_STORED:
        return member
    left = info.file_size
    while left > 0 and (chunk := member.read(min(left, 2**20))):
        left -= unpacked.write(chunk)
    unpacked.seek(0)
    return unpacked
