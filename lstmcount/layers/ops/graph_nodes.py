"""Nodes of TensorFlow graphs as operations, by rows as in `lstmcount.layers.ops.functions`.

The first parameters are a node's inputs, the others its attributes by name. In a row that begins
with *, all inputs form one list, except those of trailing parameters with a colon.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from lstmcount.layers.ops.functions import rows

_ELEMENTWISE = """
    Abs=Abs Acos=Arccos Acosh=Arccosh Asin=Arcsin Asinh=Arcsinh Atan=Arctan Atanh=Arctanh
    BesselI0e Bitcast Ceil=Ceil CheckNumerics Conj=Conj Cos=Cos Cosh=Cosh Digamma Elu=Elu Erf=Erf
    Erfc=Erfc Exp=Exp Expm1=Expm1 FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars Floor=Floor
    HSVToRGB=HSVToRGB Identity=Copy Imag=Imag Inv=Reciprocal Invert=BitwiseInvert IsFinite=Isfinite
    IsInf=Isinf IsNan=Isnan L2Normalize LRN Lgamma Log=Log Log1p=Log1p
    LogSoftmax=LogSoftmax LogicalNot=LogicalNot MatrixBandPart MatrixInverse=Inv Ndtri Neg=Negative
    OnesLike=OnesLike PreventGradient=StopGradient RGBToHSV=RGBToHSV Real=Real Reciprocal=Reciprocal
    Relu=Relu Relu6=Relu6 Rint=Round Roll Round=Round Rsqrt=Rsqrt ScatterUpdate Selu=Selu
    Sigmoid=Sigmoid Sign=Sign Sin=Sin Sinh=Sinh Snapshot=Copy Softmax=Softmax Softplus=Softplus
    Softsign=Softsign Sqrt=Sqrt Square=Square StopGradient=StopGradient Tan=Tan Tanh=Tanh
    TensorScatterUpdate ZerosLike=ZerosLike
"""
_BROADCAST = """
    Add=Add AddV2=Add ApproximateEqual Atan2=Arctan2 Div DivNoNan=DivideNoNan Equal=Equal
    FloorDiv=FloorDivide FloorMod=Mod Greater=Greater GreaterEqual=GreaterEqual Less=Less
    LessEqual=LessEqual LogicalAnd=LogicalAnd LogicalOr=LogicalOr Maximum=Maximum Minimum=Minimum
    Mod Mul=Multiply MulNoNan NotEqual=NotEqual Pow=Power RealDiv=TrueDivide SquaredDifference
    Sub=Subtract TruncateDiv TruncateMod Xdivy Xlogy
"""
_REDUCTIONS = "All=All Any=Any EuclideanNorm Max=Max Mean=Mean Min=Min Prod=Prod Sum=Sum"
_WINDOW = "strides: padding: data_format: dilations:"

NODES: dict[str, str] = {
    **rows(_ELEMENTWISE, "{} x"),
    **rows(_BROADCAST, "{} x y", stand_in="TFBroadcast"),
    **rows(_REDUCTIONS, "{} input axis: keep_dims:keepdims", stand_in="TFReduction"),
    "BiasAdd": "TFAddBias value bias data_format:",
    "BiasAddV1": "TFAddBias value bias",
    "Cast": "Cast x DstT:dtype",
    "ClipByValue": "Clip t clip_value_min:x_min clip_value_max:x_max",
    "Cumprod": "Cumprod x axis: -exclusive=false -reverse=false",
    "Cumsum": "Cumsum x axis: -exclusive=false -reverse=false",
    "LeakyRelu": "LeakyRelu features alpha:negative_slope=0.2",
    "ReverseV2": "Flip tensor axis:",
    "AddN": "*AddAll inputs",
    "ArgMax": "Argmax input axis:",
    "ArgMin": "Argmin input axis:",
    "AvgPool": f"TFAveragePool input ksize: {_WINDOW}",
    "AvgPool3D": f"TFAveragePool input ksize: {_WINDOW}",
    "MaxPool": f"TFMaxPool input ksize: {_WINDOW}",
    "MaxPool3D": f"TFMaxPool input ksize: {_WINDOW}",
    "BatchMatMul": "TFMatmul a b adj_x:adjoint_a adj_y:adjoint_b",
    "BatchMatMulV2": "TFMatmul a b adj_x:adjoint_a adj_y:adjoint_b",
    "BatchMatMulV3": "TFMatmul a b adj_x:adjoint_a adj_y:adjoint_b",
    "MatMul": "TFMatmul a b transpose_a: transpose_b:",
    "BroadcastTo": "TFBroadcastTo input shape",
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
    "L2Loss": "TFReduction x",
    "MatrixDeterminant": "Det input",
    "MatrixDiag": "TFDiag diagonal",
    "MirrorPad": "TFPad input paddings: mode:",
    "Pad": "TFPad input paddings:",
    "PadV2": "TFPad input paddings: constant:constant_values",
    "OneHot": "OneHot indices depth:num_classes -on_value=1 -off_value=0 axis:",
    "Pack": "*Stack values axis:",
    "Range": "TFRange start limit delta",
    "Rank": "TFReduction input",
    "Reshape": "TFReshape tensor shape",
    "ResizeArea": "TFResizeV1 images size",
    "ResizeBicubic": "TFResizeV1 images size",
    "ResizeBilinear": "TFResizeV1 images size",
    "ResizeNearestNeighbor": "TFResizeV1 images size",
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
    "TopKV2": "TopK input k: sorted:",
    "Transpose": "Transpose x perm:axes",
    "Unpack": "Unstack value num: axis:",
}


def node_arguments(
    row: str, inputs: list[Any], node: dict[str, Any]
) -> tuple[str, list[Any], dict[str, Any]]:
    """The row without its star, and the arguments for `bind`: positional and by name."""
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
    """The value of a node's attribute, from the JSON of a protocol buffer.

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
