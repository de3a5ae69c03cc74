"""The class for each operation of Keras, read without importing them."""

from __future__ import annotations

CLASSES: dict[str, str] = {
    "elementwise.Elementwise": (
        "Abs Absolute Angle Arccos Arccosh Arcsin Arcsinh Arctan Arctanh Array BitwiseAnd "
        "BitwiseInvert BitwiseLeftShift BitwiseNot BitwiseOr BitwiseRightShift BitwiseXor Cast "
        "Cbrt Ceil Celu Clip Conj Conjugate ConvertToTensor Copy Corrcoef Cos Cosh Deg2rad "
        "Digitize Elu EmptyLike Erf Erfc Erfinv Exp Exp2 Expm1 Fabs Floor FullLike Gelu "
        "HardShrink HardSigmoid HardSilu HardTanh I0 Imag InTopK IsIn Isfinite Isinf Isnan "
        "Isneginf Isposinf Isreal LayerNorm LeakyRelu LeftShift Log Log10 Log1p Log2 LogSigmoid "
        "LogicalNot Mish NanToNum Negative OnesLike Polar RMSNorm Rad2deg ReLU Real Reciprocal "
        "Relu Relu6 RightShift Round Rsqrt SaturateCast ScatterUpdate Selu Sigmoid Sign Signbit "
        "Silu Sin Sinc Sinh SliceUpdate SoftShrink Softplus Softsign SparsePlus SparseSigmoid "
        "Sqrt Square Squareplus StopGradient Tan Tanh TanhShrink Threshold Tril Triu Trunc "
        "ZerosLike"
    ),
    "elementwise.AtLeast": "Fliplr Flipud",
    "elementwise.AlongAxis": "Flip Normalize Roll",
    "elementwise.Softmax": "LogSoftmax Softmax Sparsemax",
    "elementwise.Cumulative": "Cumprod Cumsum Nancumprod Nancumsum",
    "elementwise.Sort": "Argpartition Argsort Sort",
    "elementwise.Broadcast": (
        "Add Arctan2 Divide DivideNoNan Equal FloorDivide Fmax Fmin Fmod Gcd Greater "
        "GreaterEqual Heaviside Hypot Isclose Lcm Ldexp Less LessEqual Logaddexp Logaddexp2 "
        "LogicalAnd LogicalOr LogicalXor Maximum Minimum Mod Multiply Nextafter NotEqual Power "
        "Subtract TrueDivide"
    ),
    "elementwise.Where": "Where",
    "elementwise.Select": "Select",
    "elementwise.Second": "SearchSorted",
    "elementwise.Scalar": "AllClose Size",
    "reductions.Reduction": (
        "All Amax Amin Any Argmax Argmin CountNonzero Logsumexp Max Mean Median Min Nanargmax "
        "Nanargmin Nanmax Nanmean Nanmedian Nanmin Nanprod Nanstd Nansum Nanvar Prod Ptp Std "
        "Sum Var"
    ),
    "reductions.Average": "Average",
    "reductions.Quantile": "Nanpercentile Nanquantile Percentile Quantile",
    "reductions.Moments": "Moments",
    "reductions.Norm": "Norm",
    "reductions.Trapezoid": "Trapezoid",
    "reductions.Trace": "Trace",
    "reductions.Without": "Logdet ViewAsComplex",
    "reductions.Slogdet": "Slogdet",
    "reductions.Segments": "SegmentMax SegmentMin SegmentProd SegmentReduction SegmentSum",
    "rearranging": (
        "BroadcastTo Diff ExpandDims Moveaxis Pad Ravel Rearrange Repeat Reshape Rot90 Squeeze "
        "Swapaxes Tile Transpose View ViewAsReal"
    ),
    "joining": "Append ArraySplit Concatenate Meshgrid Split Stack Unstack",
    "joining.JoinAlong": "Dstack Hstack Vstack",
    "joining.SplitAlong": "Dsplit Hsplit Vsplit",
    "indexing": (
        "Bincount GetItem Histogram MultiHot Nonzero OneHot Slice Take TakeAlongAxis TopK "
        "Unique UnravelIndex"
    ),
    "indexing.Given": "Full Scatter",
    "products": "Correlate Cross Dot Einsum Inner Kron Matmul Outer Tensordot Vdot",
    "creation": "Arange Diag Diagflat Diagonal Vander",
    "creation.Spaced": "Geomspace Linspace Logspace",
    "creation.Rank": "Ndim",
    "linalg": "CDist Det Eig Lstsq LuFactor MatrixRank Pinv Qr SVD Solve",
    "linalg.Square": "Cholesky CholeskyInverse Inv",
    "linalg.Eig": "Eigh",
    "linalg.Solve": "SolveTriangular",
    "signal": "ExtractSequences IRFFT ISTFT RFFT STFT",
    "signal.Complex": "FFT FFT2 IFFT2",
    "windows": "Conv ConvTranspose DepthwiseConv ExtractPatches Fold SeparableConv Unfold",
    "windows.Pool": "AveragePool MaxPool",
    "windows.AdaptivePool": "AdaptiveAveragePool AdaptiveMaxPool",
    "neural": (
        "BatchNorm BinaryCrossentropy CTCDecode CTCLoss CategoricalCrossentropy DepthToSpace "
        "DotProductAttention Glu PSNR SpaceToDepth SparseCategoricalCrossentropy"
    ),
    "neural.FakeQuant": "FakeQuantWithMinMaxVars",
    "images": (
        "CropImages MapCoordinates PadImages RGBToGrayscale Resize SSIM ScaleAndTranslate "
        "SobelEdges"
    ),
    "images.Colors": "HSVToRGB RGBToHSV",
    "images.ImageOperation": "AffineTransform ElasticTransform GaussianBlur PerspectiveTransform",
    "control": "AssociativeScan",
    "control.KeepsState": "ForiLoop WhileLoop",
    "base.Unknown": "Cond Function JVP Map Scan Switch VectorizedMap",
}

# Operations that return a shape for every input shape.
ELEMENTWISE = frozenset(
    name
    for place, names in CLASSES.items()
    if place.startswith("elementwise.")
    for name in names.split()
)

# Layers of Keras 2 that stand for TensorFlow's functions.
LEGACY = (
    "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer",
    "ClassMethod", "InstanceMethod", "InstanceProperty",
)  # fmt: skip


def is_known(class_name: str) -> bool:
    """Whether this is the name of an operation's class."""
    return any(class_name in names.split() for names in CLASSES.values())
