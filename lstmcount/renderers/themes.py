"""The look of pictures and pages: colours of the layer families, light and dark."""

from __future__ import annotations

from functools import cache

import msgspec

from lstmcount.layers.families import ALIASES, FAMILIES

# Kind of layer, as readers see it → its families in the registry (or class names).
KINDS: dict[str, tuple[str, ...]] = {
    "input": ("InputLayer",),
    "recurrent": ("rnn", "rnn_cells", "rnn_wrappers", "conv_lstm", "CuDNNGRU", "CuDNNLSTM"),
    "convolution": (
        "convolutional",
        "depthwise",
        "legacy.keras1",
        "LocallyConnected1D",
        "LocallyConnected2D",
    ),
    "dense": (
        "core",
        "einsum",
        "Highway",
        "MaxoutDense",
        "RandomFourierFeatures",
        "TimeDistributedDense",
    ),
    "embedding": ("Embedding", "ReversibleEmbedding"),
    "attention": ("attention",),
    "normalization": ("normalization",),
    "activation": ("activations", "ParametricSoftplus", "SReLU", "ThresholdedReLU"),
    "pooling": ("pooling",),
    "merging": ("merging", "Merge"),
    "reshaping": ("reshaping", "Identity", "Lambda", "Masking"),
    "regularization": ("regularization", "StochasticDepth"),
    "preprocessing": (
        "preprocessing",
        "lookups",
        "audio_preprocessing",
        "image_preprocessing",
        "image_augmentation",
        "RandomHeight",
        "RandomWidth",
    ),
}
OTHER = "other"  # nested models, operations, unknown classes


class Paint(msgspec.Struct, frozen=True, kw_only=True):
    """The colours of one box."""

    fill: str
    text: str
    line: str


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """Colours, as #rrggbb."""

    name: str
    paper: str
    ink: str
    quiet: str  # secondary text
    line: str
    raised: str  # a surface that stands out from the paper
    accent: str
    kinds: dict[str, str]

    def family_color(self, class_name: str) -> str:
        """The colour of a class's kind of layer."""
        return self.kinds[kind_of(class_name)]

    def fill(self, class_name: str, share: float = 0.0) -> str:
        """The colour of a layer with this share (0 to 1) of all parameters; larger is stronger.

        >>> light = THEMES["light"]
        >>> light.fill("LSTM", 1) == light.family_color("LSTM")
        True
        """
        strength = 0.2 + 0.8 * max(0.0, min(1.0, share)) ** 0.5
        return mixed(self.paper, self.family_color(class_name), strength)

    def paint(self, class_name: str, share: float = 0.0) -> Paint:
        """The colours of a layer's box."""
        fill = self.fill(class_name, share)
        line = mixed(self.family_color(class_name), self.ink, 0.3)
        return Paint(fill=fill, text=self.text_on(fill), line=line)

    def text_on(self, fill: str) -> str:
        """Black or white, whichever is more legible on `fill`."""
        return max("#10151d", "#ffffff", key=lambda ink: contrast(ink, fill))


COLOURS = ("paper", "ink", "quiet", "line", "raised", "accent")
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Verdana, sans-serif"
MONO = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"

_LIGHT_KINDS = {
    "input": "#9aa5b5",
    "recurrent": "#f0883e",
    "convolution": "#4f9be0",
    "dense": "#4fb36a",
    "embedding": "#2fb3a6",
    "attention": "#a678de",
    "normalization": "#dcb92e",
    "activation": "#e0709b",
    "pooling": "#7aa8b8",
    "merging": "#b08d6b",
    "reshaping": "#8f9bc9",
    "regularization": "#b5b09f",
    "preprocessing": "#86b04a",
    OTHER: "#a3a9b3",
}
_DARK_KINDS = {
    "input": "#5d6a7e",
    "recurrent": "#c8621a",
    "convolution": "#2b74bd",
    "dense": "#26803f",
    "embedding": "#17827a",
    "attention": "#8150c4",
    "normalization": "#9c7d0c",
    "activation": "#b84374",
    "pooling": "#437b8f",
    "merging": "#8a6544",
    "reshaping": "#5e6cab",
    "regularization": "#7a7463",
    "preprocessing": "#587d22",
    OTHER: "#6a7280",
}
THEMES: dict[str, Theme] = {
    "light": Theme(
        name="light",
        paper="#ffffff",
        ink="#1a2230",
        quiet="#586273",
        line="#8590a2",
        raised="#f3f5f8",
        accent="#1f5fbf",
        kinds=_LIGHT_KINDS,
    ),
    "dark": Theme(
        name="dark",
        paper="#12161d",
        ink="#e8ecf2",
        quiet="#a3adbb",
        line="#7c889a",
        raised="#1c222c",
        accent="#7fb2ff",
        kinds=_DARK_KINDS,
    ),
}


@cache
def kind_of(class_name: str) -> str:
    """
    >>> kind_of("LSTM"), kind_of("AvgPool2D"), kind_of("Functional")
    ('recurrent', 'pooling', 'other')
    """
    name = ALIASES.get(class_name, class_name)
    family = next((f for f, names in FAMILIES.items() if name in names.split()), None)
    for wanted in (name, family):
        for kind, members in KINDS.items():
            if wanted in members:
                return kind
    return OTHER


def mixed(first: str, second: str, share: float) -> str:
    """
    >>> mixed("#000000", "#ff8000", 0.5)
    '#804000'
    """
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def contrast(first: str, second: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21.

    >>> contrast("#ffffff", "#000000")
    21.0
    """
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
