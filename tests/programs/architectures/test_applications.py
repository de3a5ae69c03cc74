"""For every architecture of keras.applications, the summary equals Keras's byte for byte."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from lstmcount import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.programs.libraries.keras.architectures import applications
from lstmcount.renderers.cells import Options
from lstmcount.renderers.table import as_text
from tests.differential.real_keras import weightless

GOLDEN = Path(__file__).parents[2] / "golden" / "applications"
VARIANTS = [
    ("VGG16", "include_top=False, input_shape=(64, 64, 3), pooling='avg'"),
    ("ResNet50", "include_top=False"),
    ("ResNet50V2", "classes=7, classifier_activation=None, input_shape=(96, 96, 1)"),
    ("MobileNet", "alpha=0.5, include_top=False, input_shape=(128, 128, 3)"),
    ("MobileNetV2", "alpha=1.4, input_shape=(160, 160, 3), classes=5"),
    ("MobileNetV3Small", "minimalistic=True, include_preprocessing=False, classes=3"),
    ("MobileNetV3Large", "alpha=0.75, include_top=False, pooling='max'"),
    ("InceptionV3", "include_top=False, pooling='max', name='base'"),
    ("Xception", "include_top=False, input_shape=(75, 80, 3)"),
    ("DenseNet121", "include_top=False, pooling='avg'"),
    ("EfficientNetB0", "include_top=False, input_shape=(97, 65, 3)"),
    ("EfficientNetV2B0", "include_preprocessing=False, include_top=False, input_shape=(64, 64, 3)"),
    ("NASNetMobile", "include_top=False, pooling='avg'"),
    ("ConvNeXtTiny", "include_top=False, include_preprocessing=False, pooling='avg'"),
]


def summary_of(program, line_length=120):
    summary = infer(read_python(program.encode()))
    return as_text(summary, Options(line_length=line_length, expand_nested=True)).rstrip()


@pytest.mark.parametrize("name", applications())
def test_an_application_has_the_summary_of_keras(name):
    expected = gzip.decompress((GOLDEN / f"{name}.summary.txt.gz").read_bytes()).decode()
    program = f"from keras.applications import {name}\nmodel = {name}(weights=None)\n"
    assert summary_of(program) == expected.rstrip()


def test_none_is_missing():
    golden = {path.name.partition(".")[0] for path in GOLDEN.glob("*.summary.txt.gz")}
    assert set(applications()) == golden


@pytest.mark.oracle
@pytest.mark.parametrize(("name", "arguments"), VARIANTS)
def test_an_application_with_options_is_as_in_keras(name, arguments, monkeypatch):
    keras = pytest.importorskip("keras")
    monkeypatch.setenv("COLUMNS", "200")
    keras.utils.clear_session()
    with weightless():
        model = eval(f"keras.applications.{name}(weights=None, {arguments})")
    lines: list[str] = []
    model.summary(line_length=120, expand_nested=True, print_fn=lines.append)
    program = f"import keras\nmodel = keras.applications.{name}(weights=None, {arguments})\n"
    assert summary_of(program) == "\n".join(lines).rstrip()


@pytest.mark.oracle
@pytest.mark.parametrize(
    "name", ["VGG16", "ResNet50", "InceptionV3", "Xception", "MobileNet", "MobileNetV2"]
)
def test_an_application_with_channels_first_is_as_in_keras(name, monkeypatch):
    keras = pytest.importorskip("keras")
    monkeypatch.setenv("COLUMNS", "200")
    keras.utils.clear_session()
    keras.config.set_image_data_format("channels_first")
    try:
        with weightless():
            model = getattr(keras.applications, name)(weights=None, input_shape=(3, 96, 128))
    finally:
        keras.config.set_image_data_format("channels_last")
    lines: list[str] = []
    model.summary(line_length=120, expand_nested=True, print_fn=lines.append)
    program = f"{CHANNELS_FIRST}model = keras.applications.{name}(weights=None, {{}})\n"
    assert summary_of(program.format("input_shape=(3, 96, 128)")) == "\n".join(lines).rstrip()


CHANNELS_FIRST = "import keras\nkeras.config.set_image_data_format('channels_first')\n"


def test_channels_of_the_first_kernel():
    program = f"{CHANNELS_FIRST}model = keras.applications.ResNet50V2(weights=None)\n"
    assert infer(read_python(program.encode())).total_params == 25_613_800


REFUSED = {
    "ResNet50(weights=None, nonsense=1)": "ResNet50 has no argument 'nonsense'",
    "ResNet50(weights=None, pool='avg')": "Did you mean pooling",
    "ResNet50(weights=None, input_shape=(31, 40, 3))": "expected images of at least 32×32",
    "InceptionV3(weights=None, include_top=False, input_shape=(74, 75, 3))": "at least 75×75",
    "VGG16(weights=None, input_shape=(None, None, 3))": "must say all sizes",
    "VGG16(weights=None, input_shape=(64, 64))": "expected the input_shape of images",
    "VGG16(classes=10)": "classes is 1000; got 10",
    "VGG16(input_shape=(64, 64, 3))": "input_shape is",
    "VGG16(include_top=False, input_shape=(64, 64, 1))": "need 3 channels",
}


@pytest.mark.parametrize(("call", "message"), REFUSED.items(), ids=REFUSED)
def test_options_that_keras_refuses_are_refused(call, message):
    program = f"import keras\nmodel = keras.applications.{call}\n"
    with pytest.raises(LstmcountError, match=message):
        infer(read_python(program.encode()))


@pytest.mark.oracle
@pytest.mark.parametrize("call", [call for call in REFUSED if "pool='avg'" not in call])
def test_keras_refuses_it_too(call):
    keras = pytest.importorskip("keras")
    with pytest.raises((ValueError, TypeError)):
        eval(f"keras.applications.{call}", {"keras": keras})


@pytest.mark.parametrize("name", ["DenseNet121", "NASNetMobile", "EfficientNetB0", "ConvNeXtTiny"])
def test_architectures_without_channels_first(name):
    program = f"{CHANNELS_FIRST}model = keras.applications.{name}(weights=None)\n"
    with pytest.raises(LstmcountError, match="not followed in this architecture"):
        infer(read_python(program.encode()))


TRANSFER = """\
from tensorflow.keras.applications import ResNet50
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential

base = ResNet50(weights="imagenet", include_top=False, input_shape=(224, 224, 3), pooling="avg")
base.trainable = False
model = Sequential([base, Dense(5, activation="softmax")])
"""


def test_a_frozen_base_does_not_train():
    summary = infer(read_python(TRANSFER.encode()))
    assert (summary.total_params, summary.trainable_params) == (23_597_957, 10_245)


@pytest.mark.parametrize(
    "call",
    [
        "from keras.applications.vgg16 import VGG16 as V\nbase = V",
        "import tensorflow as tf\nbase = tf.keras.applications.vgg16.VGG16",
        "from tensorflow.keras import applications\nbase = applications.VGG16",
        "from keras_applications.vgg16 import VGG16\nbase = VGG16",
        "import keras_applications as ka\nbase = ka.vgg16.VGG16",
    ],
)
def test_an_application_is_found_under_every_module(call):
    program = f"{call}(weights='imagenet', include_top=False, input_shape=(64, 64, 3))\n"
    assert infer(read_python(program.encode())).total_params == 14_714_688


UNKNOWN_IMAGES = {
    "no size matters": (
        "base = applications.MobileNetV2(input_shape=shape, include_top=False)\n"
        "x = layers.GlobalAveragePooling2D()(base.output)\n"
        "m = keras.Model(base.input, layers.Dense(2)(x))",
        {},
        2257984 + 2 * 1281,
    ),
    "the channels": (
        "m = applications.VGG16(weights=None, input_shape=shape, include_top=False)",
        {"shape[2]": 1},
        14714688 - 2 * 9 * 64,
    ),
    "rows and columns": (
        "base = applications.VGG16(input_shape=shape, include_top=False)\n"
        "m = keras.Sequential([base, layers.Flatten(), layers.Dense(2)])",
        {"shape[0]": 32, "shape[1]": 64},
        14714688 + 2 * (1 * 2 * 512 + 1),
    ),
    "the whole shape": (
        "m = applications.ResNet50(weights=None, input_shape=shape, classes=7)",
        {"shape": [64, 64, 3]},
        23587712 + 7 * 2049,
    ),
}


@pytest.mark.parametrize(("code", "sizes", "total"), UNKNOWN_IMAGES.values(), ids=UNKNOWN_IMAGES)
def test_images_of_unknown_shape(code, sizes, total):
    """Only the sizes that the weights depend on need to be set."""
    program = "import keras\nfrom keras import applications, layers\n"
    program += f"from data import shape\n{code}\n"
    asked = " ".join(read_python(program.encode()).notes)
    if "shape" not in sizes:
        assert all(f"'{name}=" in asked for name in sizes)
    assert infer(read_python(program.encode(), settings=sizes)).total_params == total


OLD_NAMES = {
    "bn_conv1": "conv1_bn",
    "max_pooling2d_1": "pool1_pool",
    "res2a_branch1": "conv2_block1_0_conv",
    "res3d_branch2b": "conv3_block4_2_conv",
    "bn5c_branch2c": "conv5_block3_3_bn",
    "activation_22": "conv3_block4_out",
    "activation_41": "conv5_block1_1_relu",
    "add_7": "conv3_block4_add",
}
CUT = """
from keras.applications.resnet50 import ResNet50
from keras.models import Model
base = ResNet50(weights=None, include_top=False, input_shape=(64, 64, 3))
model = Model(input=base.input, output=base.get_layer({!r}).output)
"""


@pytest.mark.parametrize(("old", "today"), OLD_NAMES.items())
def test_layers_of_resnet50_by_their_names_in_older_keras(old, today):
    before, now = [infer(read_python(CUT.format(name).encode())) for name in (old, today)]
    assert before.total_params == now.total_params
    assert f"has no layer {old!r}, taken as {today!r}" in " ".join(before.notes)


def test_a_layer_that_the_base_does_not_have_is_named():
    with pytest.raises(LstmcountError, match="resnet50 has no layer 'res9z'"):
        infer(read_python(CUT.format("res9z").encode()))
