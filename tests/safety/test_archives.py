"""Archives made to do harm are refused with one line of error and status 2."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from lstmcount import summarize
from tests.conftest import ROOT
from tests.safety.bounded import MODEL, assert_refused, run


def archive(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as file:
        for name, data in members:
            file.writestr(name, data)
    return stream.getvalue()


@cache
def bomb() -> bytes:
    """300 MiB of blanks in as many KiB."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file,
        file.open("config.json", "w", force_zip64=True) as member,
    ):
        for _ in range(300):
            member.write(b" " * 2**20)
    return stream.getvalue()


def claiming(size: int) -> bytes:
    """An archive whose directory and header say another size than the member has."""
    data = bytearray(archive(("config.json", MODEL.encode())))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature) + offset
        data[at : at + 4] = struct.pack("<L", size)
    return bytes(data)


def flagged(flag: int = 0, method: int | None = None) -> bytes:
    data = bytearray(archive(("config.json", MODEL.encode())))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + offset
        data[at] |= flag
        if method is not None:
            data[at + 2 : at + 4] = struct.pack("<H", method)
    return bytes(data)


def crowded() -> bytes:
    """Fifty thousand empty members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("config.json", MODEL)
    data = stream.getvalue()
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[start:end]
    count = 50_000
    tail = data[end:]
    size = count * len(entry)
    tail = tail[:8] + struct.pack("<HHLL", count, count, size, start) + tail[20:]
    return data[:start] + entry * count + tail


def endless_dictionary() -> bytes:
    """An LZMA member whose dictionary takes 4 GiB."""
    data = bytearray(archive(("config.json", MODEL.encode()), method=zipfile.ZIP_LZMA))
    at = data.index(b"PK\x03\x04") + 30 + len("config.json") + 5
    data[at : at + 4] = b"\xff" * 4
    return bytes(data)


def linked() -> bytes:
    """A symbolic link as zip stores it: its content is its target."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        link = zipfile.ZipInfo("config.json")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/hosts")
    return stream.getvalue()


def renamed() -> bytes:
    data = bytearray(archive(("config.json", MODEL.encode())))
    data[30:36] = b"CONFIG"
    return bytes(data)


ARCHIVES: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (bomb, "larger than"),
    "bomb in a bomb": (lambda: archive(("config.json", bomb())), "binary"),
    "claims less": (lambda: claiming(10), "damaged archive"),
    "claims more": (lambda: claiming(2**31), "damaged archive"),
    "encrypted": (lambda: flagged(flag=1), "damaged archive"),
    "unknown compression": (lambda: flagged(method=99), "packed in a way that Keras does not use"),
    "asks for memory": (endless_dictionary, "packed in a way that Keras does not use"),
    "link": (linked, "config.json in the archive: not JSON"),
    "another name in the header": (renamed, "damaged archive"),
    "folder": (lambda: archive(("config.json/", b"")), "no config.json"),
    "crowded": (crowded, "archive"),
    "cut": (lambda: archive(("config.json", MODEL.encode()))[:-30], "damaged archive"),
    "cut in the middle": (lambda: archive(("a", bytes(9999)))[:60], "damaged archive"),
    "no config": (lambda: archive(("../config.json", MODEL.encode())), "no config.json"),
    "absolute": (lambda: archive(("/config.json", MODEL.encode())), "no config.json"),
    "twice": (lambda: archive(*[("config.json", MODEL.encode())] * 2), "stands twice"),
    "deep": (lambda: archive(("config.json", b"[" * 100_000)), "nested deeper"),
    "not JSON": (lambda: archive(("config.json", b"\xff\xfe\xfd")), "config.json"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ARCHIVES)
def test_a_hostile_archive_is_refused(tmp_path: Path, name: str) -> None:
    make, words = ARCHIVES[name]
    path = tmp_path / "model.keras"
    path.write_bytes(make())
    assert_refused(path, words)


def test_nothing_leaves_an_archive(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    path = inside / "model.keras"
    members = [
        ("config.json", MODEL.encode()),
        ("../outside", b"x"),
        (f"{tmp_path}/absolute", b"x"),
    ]
    path.write_bytes(archive(*members))
    done = run("summary", str(path))
    assert done.returncode == 0
    assert [file.name for file in tmp_path.rglob("*")] == ["inside", "model.keras"]


def test_weights_that_unpack_without_end(tmp_path: Path) -> None:
    pytest.importorskip("h5py")
    data = bytearray(archive(("model.weights.h5", bytes(100)), ("config.json", MODEL.encode())))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<L", 2**31)
    path = tmp_path / "model.keras"
    path.write_bytes(data)
    done = run("verify", str(path))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "model.weights.h5 is larger than" in done.stderr


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_weights_that_stand_twice(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    weights = ("model.weights.h5", b"")
    path.write_bytes(archive(("config.json", MODEL.encode()), weights, weights))
    done = run("verify", str(path))
    assert (done.returncode, "model.weights.h5 stands twice" in done.stderr) == (2, True)


def test_members_without_sizes_in_front_and_of_64_bits(tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    for stream, is_large in ((io.BytesIO(), True), (Pipe(), False)):
        with (
            zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file,
            file.open("config.json", "w", force_zip64=is_large) as member,
        ):
            member.write(MODEL.encode())
        assert summarize(io.BytesIO(stream.getvalue())).total_params == 8


def test_packed_weights_are_compared_all_the_same(tmp_path: Path) -> None:
    golden = ROOT / "tests" / "golden" / "models" / "sequential_lstm" / "model.keras"
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(golden) as file:
        path.write_bytes(archive(*((name, file.read(name)) for name in file.namelist())))
    done = run("verify", str(path))
    assert (done.returncode, done.stdout[:2]) == (0, "ok")
