"""For each operation of Keras: strategies for its constructor's arguments and for its inputs.

In the arguments of a call a tuple is a tensor's shape.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from lstmcount.layers.ops.registry import CLASSES
from tests.layers.ops.inputs import (
    AXES,
    AXIS,
    COMPLEX,
    EINSUMS,
    FORMATS,
    IMAGES,
    KNOWN,
    LENGTHS,
    PADDINGS,
    SHAPES,
    SIDES,
    SQUARE,
    adaptive,
    broadcast,
    case,
    compatible,
    convolved,
    keys,
    like,
    matrices,
    pooled,
    products,
    shapes,
)

SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "Append": st.tuples(
        st.fixed_dictionaries({"axis": st.none() | AXIS}),
        like(1, 3, KNOWN).map(lambda g: (g * 2)[:2]),
    ),
    "Arange": case(st.integers(0, 5), st.integers(1, 20), st.none() | st.sampled_from([1, 3, 0.5])),
    "Argpartition": case(SHAPES, kth=st.just(0), axis=st.none() | st.just(-1)),
    "ArraySplit": case(
        shapes(1), indices_or_sections=st.integers(1, 4), axis=st.sampled_from([0, -1])
    ),
    "AssociativeScan": st.nothing(),
    "Average": case(SHAPES, axis=st.none() | AXIS),
    "BatchNorm": st.sampled_from(
        [
            ({"axis": -1}, [(None, 4, 3), (3,), (3,), None, None]),
            ({"axis": 1}, [(2, 4, 3), (4,), (4,), (4,), (4,)]),
            ({"axis": -1}, [(None, 4, 3), (4,), (3,), None, None]),
        ]
    ),
    "BinaryCrossentropy": st.tuples(st.just({}), like().map(lambda g: (g * 2)[:2])),
    "CategoricalCrossentropy": st.tuples(st.just({}), like().map(lambda g: (g * 2)[:2])),
    "SparseCategoricalCrossentropy": st.tuples(
        st.fixed_dictionaries({"axis": st.sampled_from([-1, 0, 1])}),
        st.sampled_from(
            [
                [(None,), (None, 5)],
                [(None, 1), (None, 5)],
                [(None, 4), (None, 4, 5)],
                [(2, 3), (2, 5)],
            ]
        ),
    ),
    "Bincount": case(shapes(1, 2)),
    "BroadcastTo": case(shapes(0, 3), shape=st.lists(KNOWN, min_size=1, max_size=4)),
    "CDist": st.tuples(st.just({}), products().filter(lambda g: len(g[0]) > 1 and len(g[1]) > 1)),
    "CTCDecode": case(
        shapes(3, 3),
        st.just((None,)),
        strategy=st.sampled_from(["greedy", "beam_search"]),
        top_paths=st.just(2),
    ),
    "CTCLoss": st.just(({}, [(None, 5), (None, 9, 4), (None,), (None,)])),
    "Clip": case(SHAPES, x_min=st.just(0.0), x_max=st.just(1.0)),
    "Celu": case(SHAPES, alpha=st.just(0.5)),
    "Cast": case(SHAPES, dtype=st.just("int32")),
    "SaturateCast": case(SHAPES, dtype=st.just("int32")),
    "Concatenate": st.tuples(st.fixed_dictionaries({"axis": AXIS}), like().map(lambda g: [g])),
    "Conv": convolved(),
    "ConvTranspose": convolved(transposed=True),
    "Correlate": case(
        shapes(1, 1, KNOWN), shapes(1, 1, KNOWN), mode=st.sampled_from(["valid", "same", "full"])
    ),
    "CropImages": case(
        IMAGES,
        **{f"{side}_cropping": value for side, value in SIDES.items()},
        target_height=st.none() | st.integers(1, 6),
        target_width=st.none() | st.integers(1, 6),
        data_format=FORMATS,
    ),
    "PadImages": case(
        IMAGES,
        **{f"{side}_padding": value for side, value in SIDES.items()},
        target_height=st.none() | st.integers(4, 12),
        target_width=st.none() | st.integers(4, 12),
        data_format=FORMATS,
    ),
    "Cross": case(
        st.sampled_from([(None, 3), (4, 3), (4, 2), (3, 4), (4, 5)]),
        st.sampled_from([(None, 3), (4, 3), (4, 2), (3,), (None, 2)]),
        axis=st.none() | st.sampled_from([-1, 0]),
    ),
    "Cumprod": case(SHAPES, axis=st.none() | AXIS),
    "DepthToSpace": case(
        st.sampled_from([(None, 4, 4, 8), (None, 8, 4, 6), (2, None, None, 4), (3, 4, 4)]),
        block_size=st.sampled_from([1, 2]),
        data_format=FORMATS,
    ),
    "SpaceToDepth": case(
        st.sampled_from(
            [(None, 4, 4, 8), (None, 8, 4, 6), (2, None, None, 4), (None, 3, 4, 4), (3, 4, 4)]
        ),
        block_size=st.sampled_from([1, 2]),
        data_format=FORMATS,
    ),
    "DepthwiseConv": convolved(),
    "SeparableConv": convolved(separable=True),
    "Det": case(SQUARE),
    "Diag": case(shapes(1, 3), k=st.integers(-2, 2)),
    "Diagflat": case(SHAPES, k=st.integers(-2, 2)),
    "Diagonal": case(
        SHAPES, offset=st.integers(-2, 2), axis1=st.integers(-2, 1), axis2=st.integers(-2, 1)
    ).filter(lambda c: len(c[1][0]) < 2 or (c[0]["axis1"] - c[0]["axis2"]) % len(c[1][0]) != 0),
    "Diff": case(shapes(1), n=st.integers(0, 3), axis=AXIS),
    "Digitize": case(SHAPES, st.just((4,))),
    "Dot": st.tuples(st.just({}), products() | st.lists(shapes(0, 3), min_size=2, max_size=2)),
    "DotProductAttention": st.just(({}, [(None, 5, 2, 4), (None, 6, 2, 4), (None, 6, 2, 4)])),
    "Dsplit": case(SHAPES, indices_or_sections=st.integers(1, 3) | st.just([1, 2])),
    "Hsplit": case(SHAPES, indices_or_sections=st.integers(1, 3) | st.just([1, 2])),
    "Vsplit": case(SHAPES, indices_or_sections=st.integers(1, 3) | st.just([1, 2])),
    "Dstack": st.tuples(st.just({}), like().map(lambda g: [g])),
    "Hstack": st.tuples(st.just({}), like(2).map(lambda g: [g])),
    "Vstack": st.tuples(st.just({}), like(1).map(lambda g: [g])),
    "Eig": case(SQUARE),
    "Einsum": EINSUMS,
    "ExpandDims": case(SHAPES, axis=AXIS | st.sampled_from([[0, 1], [0, -1], [1, 3]])),
    "ExtractPatches": case(
        st.sampled_from([(None, 8, 9, 3), (8, 9, 3), (None, 6, None, 3), (2, 3, 8, 9)]),
        size=st.integers(1, 3) | st.lists(st.integers(1, 3), min_size=2, max_size=2),
        strides=st.none() | st.integers(1, 3),
        padding=st.sampled_from(["valid", "same"]),
        data_format=FORMATS,
    ),
    "ExtractSequences": case(
        LENGTHS, sequence_length=st.integers(1, 5), sequence_stride=st.integers(1, 4)
    ),
    "FakeQuantWithMinMaxVars": case(SHAPES, st.just(-1.0), st.just(1.0)),
    "FFT": case(COMPLEX),
    "FFT2": case(COMPLEX),
    "IFFT2": case(COMPLEX),
    "IRFFT": case(COMPLEX, fft_length=st.none() | st.just(8)),
    "RFFT": case(LENGTHS, fft_length=st.none() | st.just(8)),
    "STFT": case(
        LENGTHS,
        sequence_length=st.just(4),
        sequence_stride=st.integers(1, 3),
        fft_length=st.integers(4, 9),
        center=st.booleans(),
    ),
    "ISTFT": case(
        COMPLEX,
        sequence_length=st.just(4),
        sequence_stride=st.integers(1, 3),
        fft_length=st.integers(4, 9),
        center=st.booleans(),
        length=st.none() | st.just(50),
    ),
    "Flip": case(SHAPES, axis=st.none() | AXIS),
    "Fold": case(
        st.sampled_from([(None, 12, 9), (2, 8, None), (None, None, 4), (2, 9, 4)]),
        output_size=st.just([4, 4]) | st.just(4),
        kernel_size=st.just(2),
    ),
    "Unfold": case(
        st.tuples(st.none(), st.just(3), st.integers(4, 9), st.integers(4, 9)),
        kernel_size=st.integers(1, 3) | st.just([2, 3]),
        dilation=st.integers(1, 2),
        padding=st.integers(0, 1),
        stride=st.integers(1, 2),
    ),
    "ForiLoop": case(SHAPES, lower=st.just(0), upper=st.just(3), body_fun=st.just(abs)),
    "WhileLoop": case(
        st.lists(SHAPES, min_size=1, max_size=2), cond=st.just(abs), body=st.just(abs)
    ),
    "Full": case(st.just(()), shape=st.lists(KNOWN, max_size=3)),
    "FullLike": case(SHAPES, st.just(2.0)),
    "GetItem": keys(),
    "Glu": case(shapes(1), axis=AXIS),
    "Heaviside": st.tuples(st.just({}), compatible()),
    "Hypot": st.tuples(st.just({}), compatible()),
    "Histogram": case(SHAPES, bins=st.integers(1, 9)),
    "HSVToRGB": case(IMAGES, data_format=FORMATS),
    "RGBToHSV": case(IMAGES, data_format=FORMATS),
    "RGBToGrayscale": case(IMAGES, data_format=FORMATS),
    "InTopK": case(st.just((None,)), st.just((None, 5)), k=st.just(2)),
    "Inner": st.tuples(st.just({}), st.lists(shapes(0, 3), min_size=2, max_size=2)),
    "IsIn": case(SHAPES, st.just((4,))),
    "Kron": st.tuples(st.just({}), st.lists(shapes(2, 2), min_size=2, max_size=2)),
    "LayerNorm": case(SHAPES, st.none(), st.none()),
    "RMSNorm": case(SHAPES, st.none()),
    "Logdet": case(matrices()),
    "LuFactor": case(matrices(dims=KNOWN)),
    "Lstsq": st.tuples(
        st.just({}),
        st.sampled_from([[(4, 3), (4,)], [(4, 3), (4, 2)], [(4, 3), (5,)], [(4,), (4,)]]),
    ),
    "MapCoordinates": st.tuples(
        st.just({"order": 1}),
        st.sampled_from([[(4, 5), (2, 7)], [(4, 5), (2, 7, 8)], [(4, 5), (3, 7)], [(4, 5), (2,)]]),
    ),
    "Matmul": st.tuples(st.just({}), products()),
    "MatrixRank": case(matrices()),
    "Meshgrid": st.tuples(
        st.fixed_dictionaries({"indexing": st.sampled_from(["xy", "ij"])}),
        st.lists(SHAPES, min_size=2, max_size=3),
    ),
    "Moments": case(SHAPES, axes=AXES, keepdims=st.booleans()),
    "Moveaxis": case(shapes(1), source=AXIS, destination=AXIS)
    | case(shapes(2), source=st.just([0, -1]), destination=st.just([1, 0])),
    "MultiHot": case(shapes(1), num_classes=st.just(5), axis=st.sampled_from([-1, 0, 1])),
    "OneHot": case(SHAPES, num_classes=st.just(5), axis=st.sampled_from([-1, 0, 1, 2])),
    "Nanargmax": case(SHAPES, axis=st.none() | AXIS, keepdims=st.booleans()),
    "Nanargmin": case(SHAPES, axis=st.none() | AXIS, keepdims=st.booleans()),
    "Argmax": case(SHAPES, axis=st.none() | AXIS, keepdims=st.booleans()),
    "Argmin": case(SHAPES, axis=st.none() | AXIS, keepdims=st.booleans()),
    "CountNonzero": case(SHAPES, axis=AXES),
    "Ndim": case(SHAPES),
    "Nonzero": case(SHAPES),
    "Norm": case(SHAPES, axis=AXES, keepdims=st.booleans()),
    "Normalize": case(SHAPES, axis=AXIS),
    "Outer": st.tuples(st.just({}), st.lists(SHAPES, min_size=2, max_size=2)),
    "Pad": case(shapes(1), pad_width=PADDINGS),
    "PerspectiveTransform": case(IMAGES, st.just((4, 2)), st.just((4, 2))),
    "AffineTransform": case(IMAGES, st.just((8,))),
    "ElasticTransform": case(IMAGES),
    "GaussianBlur": case(IMAGES),
    "Pinv": case(matrices()),
    "Polar": case(SHAPES, st.just((3,))),
    "PSNR": st.tuples(st.just({"max_val": 1.0}), st.lists(SHAPES, min_size=2, max_size=2)),
    "Qr": case(matrices(), mode=st.sampled_from(["reduced", "complete"])),
    "Ravel": case(SHAPES),
    "Rearrange": st.sampled_from(
        [
            ({}, [(2, 8, 9, 3), "b h w c -> b c h w"]),
            ({}, [(2, 8, 9, 3), "b h w c -> b (h w) c"]),
            ({}, [(2, 8, 9, 3), "b h w c -> (b h w c)"]),
            ({}, [(2, 8, 9), "b h w -> w h b"]),
        ]
    ),
    "Repeat": case(
        SHAPES,
        repeats=st.integers(1, 3) | st.lists(st.integers(1, 3), min_size=1, max_size=3),
        axis=st.none() | st.integers(0, 2),
    ),
    "Reshape": case(
        shapes(), newshape=st.lists(st.sampled_from([-1, 1, 2, 3, 4, 6, None]), max_size=4)
    ),
    "Resize": case(IMAGES, size=st.just([4, 5]), data_format=FORMATS),
    "Roll": case(SHAPES, shift=st.just(1), axis=st.none() | AXIS),
    "Rot90": case(SHAPES, axes=st.sampled_from([[0, 1], [1, 0], [0, -1], [1, 1]])),
    "SSIM": st.tuples(st.just({}), st.lists(IMAGES, min_size=2, max_size=2)),
    "SVD": case(matrices(dims=KNOWN), full_matrices=st.booleans(), compute_uv=st.booleans()),
    "ScaleAndTranslate": st.just(
        ({"spatial_dims": [1, 2], "method": "linear"}, [(None, 8, 9, 3), [2, 4, 5, 3], (2,), (2,)])
    ),
    "Scatter": case(
        st.just((4, 1)), st.just((4, 3)), shape=st.lists(KNOWN, min_size=1, max_size=3)
    ),
    "ScatterUpdate": case(SHAPES, st.just((4, 1)), st.just((4, 3))),
    "SearchSorted": case(st.just((None,)), SHAPES),
    "SegmentReduction": st.nothing(),
    "Select": st.just(({}, [[(None, 3), (None, 3)], [(None, 3), (None, 3)], 0.0])),
    "Slice": case(
        shapes(3, 3),
        st.just([0, 1, 0]),
        shape=st.lists(st.sampled_from([-1, 1, 2]), min_size=2, max_size=4),
    ),
    "SliceUpdate": case(SHAPES, st.just([0]), st.just((3,))),
    "Slogdet": case(matrices()),
    "SobelEdges": case(IMAGES),
    "Solve": st.tuples(
        st.just({}),
        st.sampled_from(
            [
                [(2, 3, 3), (2, 3)],
                [(2, 3, 3), (2, 3, 5)],
                [(3, 3), (3,)],
                [(3, 3), (4,)],
                [(3, 4), (3,)],
            ]
        ),
    ),
    "Split": case(
        shapes(1), indices_or_sections=st.integers(1, 3) | st.just([1]) | st.just([1, 2]), axis=AXIS
    ),
    "Squeeze": case(SHAPES, axis=AXES),
    "Stack": st.tuples(st.fixed_dictionaries({"axis": AXIS}), like().map(lambda g: [g])),
    "Swapaxes": case(shapes(1), axis1=AXIS, axis2=AXIS),
    "Take": case(
        SHAPES,
        SHAPES | st.just([0, 1]) | st.just([[0, 1], [1, 0]]) | st.just(1),
        axis=st.none() | AXIS,
    ),
    "TakeAlongAxis": st.tuples(
        st.fixed_dictionaries({"axis": st.none() | AXIS}), like().map(lambda g: (g * 2)[:2])
    ),
    "Tensordot": st.tuples(
        st.fixed_dictionaries(
            {"axes": st.sampled_from([0, 1, [[2], [0]], [[1, 2], [1, 0]], [[-1], [1]]])}
        ),
        st.sampled_from([[(None, 4, 3), (3, 4)], [(2, 4, 3), (3, 4, 5)], [(2, 5, 3), (4, 3)]]),
    ),
    "Threshold": case(SHAPES, threshold=st.just(0.5), default_value=st.just(0.0)),
    "Tile": case(
        SHAPES, repeats=st.integers(1, 3) | st.lists(st.integers(1, 3), min_size=1, max_size=4)
    ),
    "TopK": case(shapes(1), k=st.integers(1, 3)),
    "Trace": case(shapes(2), axis1=st.integers(-2, 1), axis2=st.integers(-2, 1)),
    "Transpose": case(shapes(0, 3), axes=st.none() | st.lists(st.integers(-3, 3), max_size=3)),
    "Trapezoid": case(SHAPES, axis=st.none() | st.integers(-2, 1)),
    "Unique": case(
        shapes(1),
        size=st.none() | st.just(3),
        axis=st.none() | AXIS,
        return_index=st.booleans(),
        return_inverse=st.booleans(),
        return_counts=st.booleans(),
    ),
    "UnravelIndex": case(SHAPES, shape=st.lists(KNOWN, min_size=1, max_size=3)),
    "Unstack": case(shapes(1), num=st.none(), axis=AXIS),
    "Vander": case(shapes(1, 1), N=st.none() | st.just(4)),
    "Vdot": st.tuples(st.just({}), st.lists(SHAPES, min_size=2, max_size=2)),
    "View": st.nothing(),
    "ViewAsComplex": case(st.just((None, 4, 2))),
    "ViewAsReal": st.nothing(),
    "Where": broadcast(3),
}
for name in ("Cumsum", "Nancumprod", "Nancumsum"):
    SPECIAL[name] = SPECIAL["Cumprod"]
for name in ("Argsort", "Sort"):
    SPECIAL[name] = case(SHAPES, axis=st.none() | AXIS)
for name in ("Softmax", "LogSoftmax", "Sparsemax"):
    SPECIAL[name] = case(SHAPES, axis=AXIS)
for name in ("Quantile", "Percentile", "Nanquantile", "Nanpercentile"):
    quantiles = st.sampled_from([0.5, [0.5], [0.1, 0.5]]) | shapes(0, 1)
    SPECIAL[name] = case(SHAPES, quantiles, axis=AXES, keepdims=st.booleans())
for name in ("Linspace", "Logspace", "Geomspace"):
    SPECIAL[name] = st.tuples(
        st.fixed_dictionaries({"num": st.integers(1, 5), "axis": st.integers(-3, 2)}), compatible()
    )
for name in ("Eigh",):
    SPECIAL[name] = SPECIAL["Eig"]
for name in ("Cholesky", "CholeskyInverse", "Inv"):
    SPECIAL[name] = SPECIAL["Det"]
SPECIAL["SolveTriangular"] = SPECIAL["Solve"]
for name in ("SegmentMax", "SegmentMin", "SegmentProd", "SegmentSum"):
    SPECIAL[name] = case(shapes(1), st.just((None,)), num_segments=st.none() | st.just(4))
for name in ("BitwiseAnd", "BitwiseOr", "BitwiseXor"):
    SPECIAL[name] = case(SHAPES, SHAPES)
for name in ("BitwiseLeftShift", "LeftShift", "BitwiseRightShift", "RightShift"):
    SPECIAL[name] = case(SHAPES, SHAPES | st.just(2))
for name in ("AdaptiveAveragePool", "AdaptiveMaxPool"):
    SPECIAL[name] = adaptive()
for name in ("AveragePool", "MaxPool"):
    SPECIAL[name] = pooled()
SPECIAL["AllClose"] = st.tuples(st.just({}), compatible())
SPECIAL["Size"] = case(SHAPES)

SHARED: dict[str, st.SearchStrategy[Any]] = {
    "elementwise.Elementwise": case(SHAPES),
    "elementwise.AtLeast": case(SHAPES),
    "elementwise.Broadcast": broadcast(2),
    "reductions.Reduction": case(SHAPES, axis=AXES, keepdims=st.booleans()),
}


def strategies() -> dict[str, st.SearchStrategy[Any]]:
    found = {}
    for place, names in CLASSES.items():
        if place == "base.UnknownOperation":
            continue
        for name in names.split():
            found[name] = SPECIAL[name] if name in SPECIAL else SHARED[place]
    return found
