"""The architectures of keras.applications, layer by layer, with Keras's layer names."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import msgspec

from lstmcount.programs.libraries.keras.architectures.base import ApplicationOptions, Net

_STANDARD = (
    "include_top weights input_tensor input_shape pooling classes classifier_activation name"
)
_MOBILE = (
    "input_shape alpha {extra}include_top weights input_tensor pooling classes "
    "classifier_activation name"
)
_MOBILE_V3 = (
    "input_shape alpha minimalistic include_top weights input_tensor classes pooling dropout_rate "
    "classifier_activation include_preprocessing name"
)
_NASNET = "input_shape include_top weights input_tensor pooling classes classifier_activation name"
_EFFICIENT_V2 = _STANDARD.replace(" name", " include_preprocessing name")
_CONVNEXT = _STANDARD.replace("include_top", "include_top include_preprocessing")


class Application(msgspec.Struct, frozen=True):
    """A function of keras.applications: its builder, default image size and model name."""

    builder: str  # module.function
    name: str
    size: int = 224
    arguments: str = _STANDARD  # in the order of the signature
    builder_arguments: dict[str, Any] = {}  # passed to the builder in addition to the options
    min_size: int = 32

    def build(self, net: Net, x: Any, options: ApplicationOptions) -> Any:
        module, _, function = self.builder.partition(".")
        builder = getattr(importlib.import_module(f"{__name__}.{module}"), function)
        return builder(net, x, options, **self.builder_arguments)


@cache
def applications() -> dict[str, Application]:
    """
    >>> applications()["ResNet50"].name, applications()["Xception"].size
    ('resnet50', 299)
    """
    by_name = {
        "VGG16": Application("vgg.vgg16", "vgg16"),
        "VGG19": Application("vgg.vgg19", "vgg19"),
        "Xception": Application("xception.xception", "xception", 299, min_size=71),
        "InceptionV3": Application(
            "inception.inception_v3", "inception_v3", 299, min_size=75
        ),
        "InceptionResNetV2": Application(
            "inception.inception_resnet_v2", "inception_resnet_v2", 299, min_size=75
        ),
        "MobileNet": Application(
            "mobilenet.mobilenet", "mobilenet_{alpha:0.2f}_{rows}",
            arguments=_MOBILE.format(extra="depth_multiplier dropout "),
        ),
        "MobileNetV2": Application(
            "mobilenet.mobilenet_v2", "mobilenetv2_{alpha:0.2f}_{rows}",
            arguments=_MOBILE.format(extra=""),
        ),
        "NASNetMobile": Application("nasnet.mobile", "nasnet_mobile", arguments=_NASNET),
        "NASNetLarge": Application("nasnet.large", "nasnet_large", 331, _NASNET),
    }  # fmt: skip
    for size in ("Small", "Large"):
        name = f"MobileNetV3{size}"
        builder = f"mobilenet.mobilenet_v3_{size.lower()}"
        by_name[name] = Application(builder, name, arguments=_MOBILE_V3)
    for depth in (50, 101, 152):
        by_name[f"ResNet{depth}"] = Application(f"resnet.resnet{depth}", f"resnet{depth}")
        by_name[f"ResNet{depth}V2"] = Application(f"resnet.resnet{depth}v2", f"resnet{depth}v2")
    for depth in (121, 169, 201):
        by_name[f"DenseNet{depth}"] = Application(f"densenet.densenet{depth}", f"densenet{depth}")
    for i, pixels in enumerate((224, 240, 260, 300, 380, 456, 528, 600)):
        by_name[f"EfficientNetB{i}"] = Application(
            "efficientnet.efficientnet",
            f"efficientnetb{i}",
            pixels,
            builder_arguments={"scale": f"b{i}"},
        )
    sizes = {"B0": 224, "B1": 240, "B2": 260, "B3": 300, "S": 384, "M": 480, "L": 480}
    for scale, pixels in sizes.items():
        by_name[f"EfficientNetV2{scale}"] = Application(
            "efficientnet.efficientnet_v2", f"efficientnetv2-{scale.lower()}", pixels,
            _EFFICIENT_V2, {"scale": scale.lower()},
        )  # fmt: skip
    for scale in ("Tiny", "Small", "Base", "Large", "XLarge"):
        by_name[f"ConvNeXt{scale}"] = Application(
            "convnext.convnext", f"convnext_{scale.lower()}",
            arguments=_CONVNEXT, builder_arguments={"scale": scale.lower()},
        )  # fmt: skip
    return by_name


_FIRST = ("vgg", "resnet", "inception", "xception", "mobilenet.")  # also with channels first


def problem(application: Application, options: ApplicationOptions, is_first: bool) -> str | None:
    """Why Keras refuses the arguments, or why they are not followed; None if it takes them.

    `is_first` says whether images have their channels first.
    """
    if is_first and not application.builder.startswith(_FIRST):
        return "images with the channels first are not followed in this architecture"
    has_classes = isinstance(options.classes, int)
    if _has_default_top(options) and has_classes and options.classes != 1000:
        return f"with ImageNet's weights and top, classes is 1000; got {options.classes}"
    if not isinstance(options.input_shape, list):
        return None
    return _problem_of_shape(application, options, options.input_shape, is_first)


def _has_default_top(options: ApplicationOptions) -> bool:
    return options.include_top and options.weights == "imagenet"


def _problem_of_shape(
    application: Application, options: ApplicationOptions, chosen: list[Any], is_first: bool
) -> str | None:
    """Why Keras refuses the shape of the images; None if it takes it."""
    if len(chosen) != 3:
        return f"expected the input_shape of images (height, width, channels), got {tuple(chosen)}"
    channels = chosen[0] if is_first else chosen[2]
    sizes = chosen[1:] if is_first else chosen[:2]
    if options.weights == "imagenet" and isinstance(channels, int) and channels != 3:
        return f"ImageNet's weights need 3 channels; got the input_shape {tuple(chosen)}"
    only = [3, *[application.size] * 2] if is_first else [*[application.size] * 2, 3]
    is_sized = application.name.lower().startswith("mobilenet")  # with weights for several sizes
    is_known = all(isinstance(dim, int) for dim in chosen)
    if _has_default_top(options) and not is_sized and is_known and chosen != only:
        return f"with ImageNet's weights and top, input_shape is {tuple(only)}"
    least = application.min_size
    if any(isinstance(size, int) and size < least for size in sizes):
        return f"expected images of at least {least}×{least}, got the input_shape {tuple(chosen)}"
    if options.include_top and None in sizes and not application.name.startswith("MobileNetV3"):
        return f"with include_top, input_shape must say all sizes; got {tuple(chosen)}"
    return None


def input_shape(application: Application, options: ApplicationOptions) -> Any:
    """The default or given shape of the images, without the batch dimension."""
    size: Any = application.size
    chosen = options.input_shape
    if options.include_top and options.weights == "imagenet":
        mobile = application.name.startswith("mobilenet")
        if chosen is not None and mobile and chosen[0] == chosen[1]:
            return list(chosen)
        return [size, size, 3]
    if chosen is not None:
        return list(chosen)
    if application.name.startswith("nasnet") and not options.include_top:
        return [size, size, 3]
    open_sized = not options.include_top or application.name.startswith("MobileNetV3")
    return [None, None, 3] if open_sized else [size, size, 3]


def model_name(application: Application, options: ApplicationOptions, shape: list[Any]) -> str:
    """The name that Keras gives to the model."""
    rows = shape[0]
    if options.weights == "imagenet" and (rows != shape[1] or rows not in _MOBILE_SIZES):
        rows = 224
    return options.name or application.name.format(alpha=options.alpha, rows=rows)


_MOBILE_SIZES = (96, 128, 160, 192, 224)

__all__ = ["Application", "ApplicationOptions", "applications", "input_shape", "model_name"]
