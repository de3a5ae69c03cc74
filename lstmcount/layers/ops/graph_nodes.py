"""Nodes of TensorFlow graphs as operations; rows as in `lstmcount.layers.ops.functions`.

A node's inputs are the first parameters, its attributes the others by name. A row that begins with
* takes all inputs as one list, but for those with a colon at the end.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

_ELEMENTWISE = """
    Abs Acos Acosh Asin Asinh Atan Atanh BesselI0e BesselI1e BiasAdd BiasAddV1 Bitcast Cast Ceil
    CheckNumerics ClipByValue Conj Cos Cosh Cumprod Cumsum Digamma Elu Erf Erfc Exp Expm1
    FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars Floor HSVToRGB Identity Imag Inv Invert IsFinite
    IsInf IsNan L2Normalize LRN LeakyRelu Lgamma Log Log1p LogSoftmax LogicalNot MatrixBandPart
    MatrixInverse Ndtri Neg OnesLike PreventGradient RGBToHSV Real Reciprocal Relu Relu6 ReverseV2
    Rint Roll Round Rsqrt ScatterUpdate Selu Sigmoid Sign Sin Sinh Snapshot Softmax Softplus
    Softsign Sqrt Square StopGradient Tan Tanh TensorScatterUpdate ZerosLike
"""
_BROADCAST = """
    Add AddV2 ApproximateEqual Atan2 Div DivNoNan Equal FloorDiv FloorMod Greater GreaterEqual Less
    LessEqual LogicalAnd LogicalOr Maximum Minimum Mod Mul MulNoNan NotEqual Pow RealDiv
    SquaredDifference Sub TruncateDiv TruncateMod Xdivy Xlogy
"""
_REDUCTIONS = "All Any EuclideanNorm Max Mean Min Prod Sum"
_WINDOW = "strides: padding: data_format: dilations:"

NODES: dict[str, str] = {
    **dict.fromkeys(_ELEMENTWISE.split(), "Identity x"),
    **dict.fromkeys(_BROADCAST.split(), "Add x y"),
    **dict.fromkeys(_REDUCTIONS.split(), "Mean input axis: keep_dims:keepdims"),
    "AddN": "*AddAll inputs",
    "ArgMax": "ArgExtreme input axis:",
    "ArgMin": "ArgExtreme input axis:",
    "AvgPool": f"TFPool input ksize: {_WINDOW}",
    "AvgPool3D": f"TFPool input ksize: {_WINDOW}",
    "MaxPool": f"TFPool input ksize: {_WINDOW}",
    "MaxPool3D": f"TFPool input ksize: {_WINDOW}",
    "BatchMatMul": "TFMatmul a b adj_x:adjoint_a adj_y:adjoint_b",
    "BatchMatMulV2": "TFMatmul a b adj_x:adjoint_a adj_y:adjoint_b",
    "BatchMatMulV3": "TFMatmul a b adj_x:adjoint_a adj_y:adjoint_b",
    "MatMul": "TFMatmul a b transpose_a: transpose_b:",
    "BroadcastTo": "TFReshape input shape",
    "ConcatV2": "*Concatenate values axis:",
    "Conv2D": f"TFConv input filters {_WINDOW}",
    "Conv3D": f"TFConv input filters {_WINDOW}",
    "Conv2DBackpropInput": "TFFilled shape -filter -gradient",
    "DepthwiseConv2dNative": f"TFDepthwiseConv input filter {_WINDOW}",
    "DepthToSpace": "DepthToSpace input block_size: data_format:",
    "SpaceToDepth": "SpaceToDepth input block_size: data_format:",
    "Einsum": "*TFEinsum operands equation:",
    "ExpandDims": "ExpandDims input axis:",
    "ExtractImagePatches": "TFExtractPatches images ksizes:sizes strides: rates: padding:",
    "Fill": "TFFilled dims -value",
    "Gather": "TFGather params indices",
    "GatherV2": "TFGather params indices axis: batch_dims:",
    "GatherNd": "TFGatherNd params indices",
    "L2Loss": "Size x",
    "MatrixDeterminant": "Det input",
    "MatrixDiag": "TFDiag diagonal",
    "MirrorPad": "Pad input paddings:pad_width",
    "Pad": "Pad input paddings:pad_width",
    "PadV2": "Pad input paddings:pad_width -constant",
    "OneHot": "OneHot indices depth:num_classes -on_value -off_value axis:",
    "Pack": "*Stack values axis:",
    "Range": "TFRange start limit delta",
    "Rank": "Size input",
    "Reshape": "TFReshape tensor shape",
    "ResizeArea": "TFResize images size",
    "ResizeBicubic": "TFResize images size",
    "ResizeBilinear": "TFResize images size",
    "ResizeNearestNeighbor": "TFResize images size",
    "Select": "TFWhere condition x y",
    "SelectV2": "TFWhere condition x y",
    "Where": "TFWhere condition",
    "Shape": "TFShape input",
    "Size": "Size input",
    "Slice": "TFSlice input begin size",
    "SpaceToBatchND": "TFSpaceToBatch input block_shape: paddings:",
    "Split": "TFSplit axis: value num_split:num_or_size_splits",
    "SplitV": "TFSplit value size_splits:num_or_size_splits axis:",
    "Squeeze": "TFSqueeze input squeeze_dims:axis",
    "StridedSlice": "TFStridedSlice input begin: end: strides: begin_mask: end_mask: "
    "ellipsis_mask: new_axis_mask: shrink_axis_mask:",
    "Tile": "TFTile input multiples",
    "TopKV2": "TopK input k:",
    "Transpose": "Transpose x perm:axes",
    "Unpack": "Unstack value num: axis:",
}


def node_arguments(
    row: str, inputs: list[Any], node: dict[str, Any]
) -> tuple[str, list[Any], dict[str, Any]]:
    """The row without its star, and what a function of it would be called with."""
    attributes = node.get("attr")
    named = {
        key: decoded(value)
        for key, value in (attributes if isinstance(attributes, dict) else {}).items()
        if f" {key}:" in row
    }
    if row.startswith("*"):
        last = row.split()[2:]
        own = len(inputs) - (len(last) if last and last[0][:-1] not in named else 0)
        inputs = [inputs[:own], *inputs[own:]]
    return row.removeprefix("*"), inputs, named


def decoded(attribute: Any) -> Any:
    """An attribute's value, as protocol buffers write it in JSON.

    >>> decoded({"i": "2"}), decoded({"s": "VkFMSUQ="}), decoded({"list": {"i": ["1", "2"]}})
    (2, 'VALID', [1, 2])
    """
    if not isinstance(attribute, dict):
        return attribute
    for kind, value in attribute.items():
        if kind == "list" and isinstance(value, dict):
            return [decoded({key: item}) for key, items in value.items() for item in items]
        if kind == "i":
            return int(value)
        if kind == "s":
            try:
                return base64.b64decode(value).decode()
            except (binascii.Error, UnicodeDecodeError):
                return value
        return value
    return None
