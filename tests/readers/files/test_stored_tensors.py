"""Layers whose sizes are known only from a file's tensors, and files without a whole model."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lstmcount import LstmcountError, Summary, summarize
from lstmcount.api.verify import verify_model as verify
from lstmcount.readers.files.stored import weights_only
from lstmcount.readers.files.zip_directory import StoredMember
from lstmcount.sources import open_path
from tests.archives import archive
from tests.conftest import Call, built

h5py = pytest.importorskip("h5py")

Tensors = dict[str, tuple[int, ...]]


def layer(class_name: str, name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": {"name": name, **config}}


LAMBDA = layer("Lambda", "scale", batch_input_shape=[None, 8, 8, 3], function=["4wEA"])


def sequential(*layers: dict[str, Any]) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": "m", "layers": list(layers)}}


def hdf5(model: Any, tensors: Tensors, *empty: str) -> io.BytesIO:
    """An `.h5` file; `empty` are layers without tensors."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        if model is not None:
            file.attrs["model_config"] = json.dumps(model)
        for path, shape in tensors.items():
            file.create_dataset(f"model_weights/{path}", shape, "f4")
        for name in empty:
            file.create_group(f"model_weights/{name}")
    return stream


def counts(summary: Summary) -> list[Any]:
    return [(each.params, each.trainable_params) for each in summary.layers]


def read(stream: io.BytesIO) -> Summary:
    stream.seek(0)
    return summarize(stream)


def test_layers_of_keras_after_an_unknown_shape() -> None:
    model = sequential(
        LAMBDA,
        layer("Conv2D", "c", filters=4, kernel_size=3),
        layer("BatchNormalization", "b"),
        layer("Dense", "d", units=2, trainable=False),
    )
    of_norm = {
        f"b/b/{name}:0": (4,) for name in ("beta", "gamma", "moving_mean", "moving_variance")
    }
    tensors = {"c/c/kernel:0": (3, 3, 3, 4), "c/c/bias:0": (4,), **of_norm, "d/d/kernel:0": (4, 2)}
    summary = read(hdf5(model, tensors, "scale"))
    assert counts(summary) == [(0, 0), (112, 112), (16, 8), (8, 0)]
    assert [each.state for each in summary.layers] == ["built", "stored", "stored", "stored"]
    assert (summary.total_params, summary.trainable_params) == (136, 120)
    assert "tensors in the file" in summary.notes[-1]


def test_an_authors_own_layers(tmp_path: Path, call: Call) -> None:
    given = layer("Dense", "d", units=4, batch_input_shape=[None, 3])
    own = layer("Ours", "o"), layer("Ours", "frozen", trainable=False), layer("Ours", "none")
    tensors = {"d/d/kernel:0": (3, 4), "d/d/bias:0": (4,), "o/w:0": (5, 2), "frozen/w:0": (6,)}
    path = tmp_path / "own.h5"
    path.write_bytes(hdf5(sequential(given, *own), tensors, "none").getvalue())
    summary = summarize(path)
    assert [each.params for each in summary.layers] == [16, 10, 6, 0]
    assert summary.total_params == 32
    assert summary.to_dict()["layers"][1]["weights"][0]["trainable"] is None
    text = call("summary", str(path)).stdout
    assert "Total params: 32 (128.00 B)\n Trainable params: ? (?)\n Non-trainable params: ?" in text
    assert call("count", str(path)).stdout == "32\n"
    assert call("count", "--layer", "d", "--trainable", str(path)).stdout == "16\n"
    done = call("count", "--trainable", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert call("verify", str(path)).returncode == 0
    assert call("explain", str(path), "o").returncode == 0


def test_inside_a_nested_model() -> None:
    inner = sequential(layer("Ours", "o", batch_input_shape=[None, 3]), layer("Ours", "p"))
    inner["config"]["name"] = "inner"
    summary = read(hdf5(sequential(inner), {"inner/o/w:0": (3, 2), "inner/p/w:0": (7,)}))
    assert [each.params for each in summary.layers[0].layers] == [6, 7]


def test_a_model_that_was_built_by_its_data() -> None:
    model = sequential(layer("Dense", "d", units=4), layer("Dense", "e", units=1))
    tensors = {"d/d/kernel:0": (3, 4), "d/d/bias:0": (4,), "e/e/kernel:0": (4, 1)}
    assert counts(read(hdf5(model, tensors))) == [(16, 16), (4, 4)]
    unbuilt = read(hdf5(model, {}, "d", "e"))
    assert [each.state for each in unbuilt.layers] == ["unbuilt", "unbuilt"]


def test_a_layer_without_a_group_stays_unknown() -> None:
    summary = read(hdf5(sequential(layer("Ours", "o", batch_input_shape=[None, 3])), {}))
    assert summary.layers[0].state == "unknown"


@pytest.mark.parametrize("owners", [{}, {"layers/ours": "a", "layers/ours_1": "b"}])
@pytest.mark.parametrize("container", ["layers", "_layer_checkpoint_dependencies"])
def test_unknown_layers_of_an_archive_have_the_stored_tensors(
    container: str, owners: dict[str, str]
) -> None:
    model = sequential(
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 3]}},
        {"class_name": "Ours", "module": "ours", "config": {"name": "a"}},
        {"class_name": "Ours", "module": "ours", "config": {"name": "b"}},
    )
    tensors = {
        f"{container}/ours/vars/0": (3, 2),
        f"{container}/ours/inner/vars/0": (5,),
        f"{container}/ours/inner/seed_generator/vars/0": (2,),
        f"{container}/ours_1/vars/0": (7,),
        "optimizer/vars/0": (9,),
    }
    own = {group.replace("layers", container): name for group, name in owners.items()}
    assert [each.params for each in read(io.BytesIO(archive(model, tensors, own))).layers] == [
        11,
        7,
    ]


def test_an_archive_whose_groups_say_other_names() -> None:
    model = sequential(
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 3]}},
        {"class_name": "Ours", "module": "ours", "config": {"name": "a"}},
    )
    tensors = {"layers/ours/vars/0": (3, 2)}
    assert (
        read(io.BytesIO(archive(model, tensors, {"layers/ours": "other"}))).layers[0].state
        == "unknown"
    )


def test_a_subclassed_model_is_counted_by_its_tensors() -> None:
    model = {"class_name": "Net", "module": "ours", "config": {"width": 3}}
    tensors = {"encoder\\layers\\dense/vars/0": (3, 2), "head/vars/0": (4,)}
    summary = summarize(io.BytesIO(archive(model, tensors)))
    assert [(each.name, each.params) for each in summary.layers] == [("encoder", 6), ("head", 4)]
    assert "Net is a subclassed model" in summary.notes[0]
    with pytest.raises(LstmcountError, match="subclassed"):
        summarize(model)


def test_a_file_of_weights_alone_is_counted() -> None:
    stored = {"layers/dense/vars/0": (3, 2), "layers/lstm/cell/vars/0": (4,)}
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        for path, shape in stored.items():
            file.create_dataset(path, shape, "f4")
        file.require_group("layers/dense/vars").attrs["name"] = "head"
        file.create_dataset("layers/dropout/seed_generator/vars/0", (2,), "u4")
    summary = read(stream)
    assert [(each.name, each.params) for each in summary.layers] == [("head", 6), ("lstm", 4)]
    assert " Trainable params: ? (?)" in str(summary)


def test_weights_alone_can_be_converted(tmp_path: Path, call: Call) -> None:
    path, other = tmp_path / "weights.h5", tmp_path / "weights.yaml"
    path.write_bytes(hdf5(None, {"d/kernel:0": (3, 4), "e/kernel:0": (4, 1)}).getvalue())
    assert call("convert", str(path), "--to", "yaml", "-o", str(other)).returncode == 0
    assert counts(summarize(other))[0][0] == 12


def test_gates_without_a_model_stay_as_stored(tmp_path: Path) -> None:
    path = tmp_path / "gates.h5"
    gates = {f"l/l_{kind}_{gate}": (4, 4) for kind in "WU" for gate in "zrh"}
    path.write_bytes(hdf5(None, gates).getvalue())
    summary = summarize(path)
    assert [weight.shape for weight in summary.layers[0].weights] == [(4, 4)] * 6
    with pytest.raises(
        LstmcountError, match="only weights are stored here; to compare the tensors"
    ):
        verify(open_path(path), built(path))


MANIFEST = [{"paths": ["a.bin"], "weights": [{"name": "o/w", "shape": [3, 2], "dtype": "float32"}]}]


def test_unknown_layers_of_tensorflow_js_have_the_stored_tensors() -> None:
    model = sequential(layer("Ours", "o", batch_input_shape=[None, 3]))
    topology = {"model_config": model, "keras_version": "2.4.0"}
    for given in (topology, None):
        summary = summarize({"modelTopology": given, "weightsManifest": MANIFEST})
        assert [(each.name, each.params) for each in summary.layers] == [("o", 6)]
    for format_ in ({"format": "graph-model"}, {}):
        with pytest.raises(LstmcountError, match="graph model"):
            summarize({"modelTopology": {"node": []}, "weightsManifest": MANIFEST, **format_})


def test_a_config_without_its_class() -> None:
    x = {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 3]}}
    dense = {"class_name": "Dense", "config": {"name": "d", "units": 2}}
    given = {"name": "s", "layers": [x, dense], "build_input_shape": [None, 3], "trainable": True}
    assert summarize(given).total_params == 8
    x |= {"name": "x", "inbound_nodes": []}
    dense |= {"name": "d", "inbound_nodes": [[["x", 0, 0, {}]]]}
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["d", 0, 0]]}
    summary = summarize({"name": "f", "layers": [x, dense], **ends})
    assert (summary.class_name, summary.total_params) == ("Functional", 8)


def test_a_model_under_a_key_of_its_own() -> None:
    model = sequential(layer("Dense", "d", units=2, batch_input_shape=[None, 3]))
    around = {"class": "Policy", "feature_list": ["a"], "keras_model": json.dumps(model)}
    assert summarize(around).total_params == 8
    with pytest.raises(LstmcountError, match="there are 2 models in it"):
        summarize({**around, "other": model})
    with pytest.raises(LstmcountError, match="Dense is a layer; expected a model"):
        summarize(layer("Dense", "d", units=2))


def test_a_tensor_in_no_layer_s_group_has_its_own_name() -> None:
    config = weights_only({"groups": [], "tensors": [("layers/more", [2, 3], "float32")]}, "why")
    assert [layer.name for layer in config.layers] == ["more"]


def test_a_member_that_is_not_compressed_is_read_in_place() -> None:
    """Seeking in it reads nothing in between, and nothing beyond its end."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("before", b"x" * 100)
        archive.writestr("weights", bytes(range(200)))
        archive.writestr("after", b"y" * 100)
        info = archive.getinfo("weights")
    member = StoredMember(packed, info)
    assert (member.seek(150), member.read(3)) == (150, bytes([150, 151, 152]))
    assert (member.seek(-2, os.SEEK_END), member.read()) == (198, bytes([198, 199]))
    assert (member.seek(500), member.read(1)) == (500, b"")
    info.header_offset += 1
    with pytest.raises(LstmcountError, match="is not where it should be"):
        StoredMember(packed, info)
