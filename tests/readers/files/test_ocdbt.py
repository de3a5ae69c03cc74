"""Shapes in the packed index of an Orbax checkpoint, which two devices of Keras 3.15 wrote."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.api.verify import verify_model as verify
from lstmcount.readers.files import ocdbt
from lstmcount.sources import open_path
from lstmcount.verification import Verdict
from tests.conftest import ROOT, built

CHECKPOINT = ROOT / "tests" / "data" / "orbax_two_devices"
NODE = "d/4cb85594bb3c17b23323fc8bd1001728"

pytestmark = pytest.mark.skipif(ocdbt.library() is None, reason="needs backports.zstd")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(CHECKPOINT, tmp_path / "run")
    return tmp_path / "run"


def held(folder: Path) -> Verdict:
    return verify(open_path(folder), built(folder))


def test_shapes_of_tensors_that_two_devices_wrote(folder: Path) -> None:
    verdict = held(folder)
    assert (verdict.agrees, verdict.stored, verdict.compared, verdict.not_compared) == (
        True, 127, 127, ())  # fmt: skip
    shutil.rmtree(folder / "0" / "model_config")
    assert summarize(folder).total_params == 127


def test_another_shape_in_the_index_is_named(folder: Path) -> None:
    config = folder / "0/model_config/_strings.json"
    config.write_text(config.read_text().replace('\\"units\\": 3', '\\"units\\": 5'))
    assert [(each.weight, each.stored) for each in held(folder).differences] == [
        ("kernel", (4, 3)), ("bias", (3,))]  # fmt: skip


def test_without_the_library(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocdbt, "library", lambda: None)
    assert summarize(folder).total_params == 127
    with pytest.raises(LstmcountError, match=r"packed index, which needs backports.zstd \(.*orbax"):
        held(folder)


def test_without_the_index(folder: Path) -> None:
    (folder / "0/pytree" / ocdbt.MANIFEST).unlink()
    with pytest.raises(LstmcountError, match=r"packed index, manifest.ocdbt, which is not there"):
        held(folder)


# -- written here, without compression -----------------------------------------------------------


def number(value: int) -> bytes:
    low, high = value & 127, value >> 7
    return bytes([low | 128]) + number(high) if high else bytes([low])


def numbers(values: Sequence[int]) -> bytes:
    return b"".join(map(number, values))


def container(magic: bytes, body: bytes) -> bytes:
    return magic + (len(body) + 18).to_bytes(8, "little") + b"\0\0" + body + b"\0" * 4


def file_table(*names: str) -> bytes:
    start = number(len(names)) + numbers([0] * (len(names) - 1))
    return (
        start
        + numbers([len(name) for name in names])
        + b"\0" * len(names)
        + "".join(names).encode()
    )


def manifest(name: str, length: int, offset: int = 0) -> bytes:
    version = numbers([1, 1, 0, 0, offset, length])
    config = bytes(16) + numbers([0, 1024, 10**8]) + b"\4" + b"\1" + bytes(4)
    return container(b"\x0c\xdb\x3a\x2a", config + file_table(name) + version + bytes(12))


def keys(texts: Sequence[bytes], common: Sequence[int] | None = None) -> bytes:
    return (
        number(len(texts))
        + numbers([0] * (len(texts) - 1))
        + numbers(list(map(len, texts)))
        + (b"" if common is None else numbers(common))
        + b"".join(texts)
    )


def leaf(values: dict[bytes, bytes]) -> bytes:
    body = b"\0" + file_table() + keys(list(values))
    body += numbers(list(map(len, values.values()))) + bytes(len(values))
    return container(b"\x0c\xdb\x20\xde", body + b"".join(values.values()))


def inner(prefix: bytes, name: str, lengths: Sequence[int]) -> bytes:
    starts = [sum(lengths[:i]) for i in range(len(lengths))]
    body = b"\1" + file_table(name) + keys([prefix] * len(lengths), [len(prefix)] * len(lengths))
    body += numbers([0] * len(lengths)) + numbers(starts) + numbers(lengths)
    return container(b"\x0c\xdb\x20\xde", body)


def store(folder: Path, nodes: list[bytes], root: bytes) -> Path:
    (folder / "d").mkdir()
    (folder / "d/1").write_bytes(b"".join(nodes))
    (folder / "d/2").write_bytes(root)
    (folder / ocdbt.MANIFEST).write_bytes(manifest("d/2", len(root)))
    return folder


def metadata(shape: list[int]) -> bytes:
    return json.dumps({"shape": shape}).encode()


def test_a_tree_of_several_nodes(tmp_path: Path) -> None:
    first = leaf({b"a.kernel/c/0": b"\1\2", b"a.kernel/zarr.json": metadata([2, 3])})
    second = leaf({"ü.bias/.zarray".encode(): metadata([3])})
    root = inner("é.".encode(), "d/1", [len(first), len(second)])
    shapes = ocdbt.array_shapes(str(store(tmp_path, [first, second], root)))
    assert shapes == {"é.a.kernel": [2, 3], "é.ü.bias": [3]}


def test_a_node_that_leads_to_itself(tmp_path: Path) -> None:
    length = len(inner(b"a", "d/1", [99, 99]))
    node = inner(b"a", "d/1", [0, length])
    assert len(node) == length
    with pytest.raises(LstmcountError, match="more than 1,000 nodes"):
        ocdbt.array_shapes(str(store(tmp_path, [node], inner(b"a", "d/1", [length]))))


@pytest.mark.parametrize("name", ["../../secret", "/etc/passwd", "d/..", "e/1"])
def test_a_node_outside_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(LstmcountError, match="the packed index is damaged: a node in"):
        ocdbt.array_shapes(str(store(tmp_path, [], inner(b"a", name, [9]))))


def test_a_node_that_unpacks_to_very_much(tmp_path: Path) -> None:
    body = ocdbt.library().compress(bytes(ocdbt.MAX_NODE + 1))
    node = b"\x0c\xdb\x20\xde" + (len(body) + 18).to_bytes(8, "little") + b"\0\1" + body + bytes(4)
    with pytest.raises(LstmcountError, match=r"damaged: more than 128 MiB in one node"):
        ocdbt.array_shapes(str(store(tmp_path, [], node)))


def cyclic(children: int) -> bytes:
    """A packed node with itself as each of its children."""
    node = b""
    for _ in range(5):
        body = b"\1" + file_table("d/2") + keys([b"a"] * children, [1] * children)
        body += numbers([0] * children) * 2 + numbers([len(node)] * children)
        packed = ocdbt.library().compress(body)
        size = (len(packed) + 18).to_bytes(8, "little")
        node = b"\x0c\xdb\x20\xde" + size + b"\0\1" + packed + bytes(4)
    return node


def test_limits_hold_for_all_nodes_together(tmp_path: Path) -> None:
    with pytest.raises(
        LstmcountError, match=r"damaged: (tree: .* takes more than|more than 1,000)"
    ):
        ocdbt.array_shapes(str(store(tmp_path, [], cyclic(50_000))))


@pytest.mark.parametrize("offset", [10**6, 2**63, 2**70 - 1])
def test_a_node_behind_the_end_of_its_file(tmp_path: Path, offset: int) -> None:
    (store(tmp_path, [], b"") / ocdbt.MANIFEST).write_bytes(manifest("d/2", 9, offset))
    with pytest.raises(LstmcountError, match=r"damaged: it is cut off"):
        ocdbt.array_shapes(str(tmp_path))


@pytest.mark.parametrize("linked", ["d/3", "d"])
def test_links_are_no_files_of_the_store(tmp_path: Path, linked: str) -> None:
    node = leaf({b"a/zarr.json": metadata([3])})
    for name in ("inside", "outside"):
        (tmp_path / name).mkdir()
    outside = tmp_path / "outside"
    store(outside, [node], node)
    folder = store(tmp_path / "inside", [], b"")
    (folder / ocdbt.MANIFEST).write_bytes(manifest(f"{linked[0]}/3", len(node)))
    if linked == "d":
        shutil.rmtree(folder / "d")
    (folder / linked).symlink_to(outside / linked.replace("3", "1"))
    with pytest.raises(LstmcountError, match=r"no file of the store|leads out of its folder"):
        ocdbt.array_shapes(str(folder))


@pytest.mark.parametrize("name", [ocdbt.MANIFEST, NODE])
def test_damaged_files_are_described(folder: Path, name: str) -> None:
    path = folder / "0/pytree" / name
    data = path.read_bytes()
    rng = Random(name)
    changed = [data[:60], b"", data[:-1], data[:13] + b"\2" + data[14:]]
    for _ in range(20):
        at = rng.randrange(4, len(data))
        changed.append(data[:at] + bytes([data[at] ^ rng.randrange(1, 256)]) + data[at + 1 :])
    for each in changed:
        path.write_bytes(each)
        with suppress(LstmcountError):
            ocdbt.array_shapes(str(folder / "0/pytree"))
    for each in changed[:4]:
        path.write_bytes(each)
        with pytest.raises(LstmcountError, match=r"^the packed index is damaged: .*$"):
            ocdbt.array_shapes(str(folder / "0/pytree"))
