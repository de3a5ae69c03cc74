"""Tables of Keras's operations: our classes, Keras's modules, and the functions' signatures."""

from __future__ import annotations

from functools import cache

import msgspec

# Module in this package, and class there if it is not the operation's name → operations.
CLASSES: dict[str, str] = {
    "elementwise.Elementwise": (
        "Abs Absolute Angle Arccos Arccosh Arcsin Arcsinh Arctan Arctanh Array BitwiseInvert "
        "BitwiseNot Cast Cbrt Ceil Celu Clip Conj Conjugate ConvertToTensor Copy Corrcoef Cos "
        "Cosh Deg2rad Elu EmptyLike Erf Erfc Erfinv Exp Exp2 Expm1 Fabs Floor FullLike Gelu "
        "HardShrink HardSigmoid HardSilu HardTanh I0 Imag InTopK IsIn Isfinite Isinf Isnan "
        "Isneginf Isposinf Isreal LayerNorm LeakyRelu Log Log10 Log1p Log2 LogSigmoid LogicalNot "
        "Mish NanToNum Negative OnesLike Polar RMSNorm Rad2deg ReLU Real Reciprocal Relu Relu6 "
        "Round Rsqrt SaturateCast ScatterUpdate Selu Sigmoid Sign Signbit Silu Sin Sinc Sinh "
        "SliceUpdate SoftShrink Softplus Softsign SparsePlus SparseSigmoid Sqrt Square Squareplus "
        "StopGradient Tan Tanh TanhShrink Threshold Tril Triu Trunc ZerosLike"
    ),
    "elementwise.LikeFirst": (
        "BitwiseAnd BitwiseLeftShift BitwiseOr BitwiseRightShift BitwiseXor LeftShift RightShift"
    ),
    "elementwise.Digitize": "Digitize",
    "elementwise.AtLeast": "Fliplr Flipud",
    "elementwise.AlongAxis": "Flip Normalize Roll",
    "elementwise.Softmax": "LogSoftmax Softmax",
    "elementwise.Sparsemax": "Sparsemax",
    "elementwise.FlatOrSame": "Nancumprod Nancumsum",
    "elementwise.Partition": "Argpartition",
    "elementwise.Cumulative": "Cumprod Cumsum",
    "elementwise.Sort": "Argsort Sort",
    "elementwise.Broadcast": (
        "Add Arctan2 Divide DivideNoNan Equal FloorDivide Fmax Fmin Fmod Gcd Greater "
        "GreaterEqual Heaviside Hypot Isclose Lcm Ldexp Less LessEqual Logaddexp Logaddexp2 "
        "LogicalAnd LogicalOr LogicalXor Maximum Minimum Mod Multiply Nextafter NotEqual Power "
        "Subtract TrueDivide"
    ),
    "elementwise.Where": "Where",
    "elementwise.Select": "Select",
    "elementwise.LikeSecond": "SearchSorted",
    "elementwise.Scalar": "AllClose Size",
    "reductions.Reduction": (
        "All Amax Amin Any Argmax Argmin CountNonzero Logsumexp Max Mean Median Min Nanmax "
        "Nanmean Nanmedian Nanmin Nanprod Nanstd Nansum Nanvar Prod Ptp Std Sum Var"
    ),
    "reductions.OneAxis": "Nanargmax Nanargmin",
    "reductions.Average": "Average",
    "reductions.Quantile": "Nanpercentile Nanquantile Percentile Quantile",
    "reductions.Moments": "Moments",
    "reductions.Norm": "Norm",
    "reductions.Trapezoid": "Trapezoid",
    "reductions.Trace": "Trace",
    "reductions.DropsLastAxes": "Logdet ViewAsComplex",
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
        "Bincount GetItem Histogram MultiHot Nonzero OneHot Scatter Slice Take TakeAlongAxis TopK "
        "Unique UnravelIndex"
    ),
    "indexing.FixedShape": "Full",
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
    "images.Transform": "AffineTransform ElasticTransform GaussianBlur PerspectiveTransform",
    "control": "AssociativeScan",
    "control.KeepsState": "ForiLoop WhileLoop",
    "base.UnknownOperation": "Cond Function JVP Map Scan Switch VectorizedMap",
}

# Operations that accept every input shape.
ELEMENTWISE = frozenset(
    name
    for place, names in CLASSES.items()
    if place.startswith("elementwise.")
    for name in names.split()
)

# Layers that Keras 2 created for calls of TensorFlow functions.
LEGACY = (
    "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer",
    "ClassMethod", "InstanceMethod", "InstanceProperty",
)  # fmt: skip

# Keras's module → operations. Operations that are not listed are in `keras.src.ops.numpy`.
_MODULES = {
    "activations.activations": "Mish ReLU",
    "ops.core": (
        "AssociativeScan Cast Cond ConvertToTensor ForiLoop Map SaturateCast Scan Scatter "
        "ScatterUpdate Slice SliceUpdate StopGradient Switch Unstack VectorizedMap WhileLoop"
    ),
    "ops.einops": "Rearrange",
    "ops.image": (
        "AffineTransform CropImages ElasticTransform ExtractPatches GaussianBlur HSVToRGB "
        "MapCoordinates PadImages PerspectiveTransform RGBToGrayscale RGBToHSV Resize SSIM "
        "ScaleAndTranslate SobelEdges"
    ),
    "ops.linalg": (
        "Cholesky CholeskyInverse Det Eig Eigh Inv JVP Lstsq LuFactor MatrixRank Norm Pinv Qr SVD "
        "Solve SolveTriangular"
    ),
    "ops.math": (
        "CDist Erf Erfc Erfinv ExtractSequences FFT FFT2 IFFT2 IRFFT ISTFT InTopK Logdet "
        "Logsumexp RFFT Rsqrt STFT SegmentMax SegmentMin SegmentProd SegmentReduction SegmentSum "
        "TopK ViewAsComplex ViewAsReal"
    ),
    "ops.nn": (
        "AdaptiveAveragePool AdaptiveMaxPool AveragePool BatchNorm BinaryCrossentropy CTCDecode "
        "CTCLoss CategoricalCrossentropy Celu Conv ConvTranspose DepthToSpace DepthwiseConv "
        "DotProductAttention Elu Fold Gelu Glu HardShrink HardSigmoid HardSilu HardTanh LayerNorm "
        "LeakyRelu LogSigmoid LogSoftmax MaxPool Moments MultiHot Normalize OneHot PSNR Polar "
        "RMSNorm Relu Relu6 Selu SeparableConv Sigmoid Silu SoftShrink Softmax Softplus Softsign "
        "SpaceToDepth SparseCategoricalCrossentropy SparsePlus SparseSigmoid Sparsemax Squareplus "
        "TanhShrink Threshold Unfold"
    ),
}

# Functions with the same signature share a line: first the arguments, then the functions. An
# argument with ! is one of the operation's constructor, the others are those of its call. The
# operation has the function's name in camel case, unless a name follows after =.
_TABLE = """
    x: abs=Absolute absolute angle arccos arccosh arcsin arcsinh arctan arctanh bitwise_invert
            bitwise_not cbrt ceil conj=Conjugate conjugate copy corrcoef cos cosh deg2rad det eig
            eigh erf erfc erfinv exp exp2 expm1 fabs fft=FFT fft2=FFT2 fliplr flipud floor
            hard_sigmoid hard_silu hard_tanh i0 ifft2=IFFT2 imag inv isfinite isinf isnan isneginf
            isposinf isreal log log10 log1p log2 log_sigmoid logdet logical_not lu_factor ndim
            negative nonzero rad2deg ravel real reciprocal relu relu6 rsqrt selu sigmoid sign
            signbit silu sin sinc sinh size slogdet softplus softsign sparse_plus sparse_sigmoid
            sqrt square tan tanh tanh_shrink trunc view_as_complex view_as_real
    x1 x2: add arctan2 divide divide_no_nan dot equal floor_divide fmax fmin fmod gcd greater
            greater_equal heaviside hypot inner kron lcm ldexp less less_equal logaddexp
            logaddexp2 logical_and logical_or logical_xor matmul maximum minimum mod multiply
            nextafter not_equal outer power subtract true_divide vdot
    x axis! keepdims!: all amax amin any argmax argmin logsumexp mean median nanargmax nanargmin
            nanmax nanmean nanmedian nanmin nanprod nanstd nansum nanvar ptp std sum var
    x axis!: argsort count_nonzero expand_dims flip glu log_softmax softmax sort sparsemax squeeze
            stack
    x y: bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor cdist=CDist
            left_shift right_shift
    x dtype!: array cast empty_like ones_like saturate_cast view zeros_like
    data segment_ids num_segments! sorted!: segment_max segment_min segment_prod segment_sum
    x axis! dtype!: cumprod cumsum nancumprod nancumsum
    x k!: diag diagflat tril triu
    x q axis! method! keepdims!: nanpercentile nanquantile percentile quantile
    x indices_or_sections!: dsplit hsplit vsplit
    xs: dstack hstack vstack
    inputs kernel strides! padding! data_format! dilation_rate!: conv depthwise_conv
    inputs output_size! data_format!: adaptive_average_pool adaptive_max_pool
    inputs pool_size! strides! padding! data_format!: average_pool max_pool
    target output from_logits! axis!: categorical_crossentropy sparse_categorical_crossentropy
    x alpha!: celu elu
    x axis! keepdims! initial!: max min
    x block_size! data_format!: depth_to_space space_to_depth
    x fft_length!: irfft=IRFFT rfft=RFFT
    x indices axis!: take take_along_axis
    x indices_or_sections! axis!: array_split split
    x offset! axis1! axis2!: diagonal trace
    x threshold!: hard_shrink soft_shrink
    x upper!: cholesky cholesky_inverse
    *x indexing!: meshgrid
    a b: solve
    a b lower!: solve_triangular
    a b rcond!: lstsq
    a n! axis!: diff
    abs_ angle: polar
    array k! axes!: rot90
    cond! body! loop_vars maximum_iterations!: while_loop
    condition x1 x2: where
    condlist choicelist default: select
    f elems reverse! axis!: associative_scan
    f init xs length! reverse! unroll!: scan
    f xs: map
    fun primals tangents has_aux!: jvp=JVP
    function! elements: vectorized_map
    index branches *operands: switch
    indices shape!: unravel_index
    indices values shape!: scatter
    inputs depthwise_kernel pointwise_kernel strides! padding! data_format! dilation_rate!:
            separable_conv
    inputs indices updates reduction!: scatter_update
    inputs kernel strides! padding! output_padding! data_format! dilation_rate!: conv_transpose
    inputs num_classes! axis! dtype! sparse! kwargs!: multi_hot
    inputs sequence_lengths strategy! beam_width! top_paths! merge_repeated! mask_index!:
            ctc_decode=CTCDecode
    inputs start_indices shape!: slice
    inputs start_indices updates: slice_update
    lower! upper! body_fun! init_val: fori_loop
    pred true_fn false_fn: cond
    query key value bias mask scale is_causal! flash_attention! attn_logits_soft_cap!:
            dot_product_attention
    shape! fill_value dtype!: full
    sorted_sequence values side!: searchsorted=SearchSorted
    start stop num! endpoint! base! dtype! axis!: logspace
    start stop num! endpoint! dtype! axis!: geomspace
    start stop num! endpoint! retstep! dtype! axis!: linspace
    start stop step dtype!: arange
    subscripts! *operands kwargs: einsum
    target output from_logits!: binary_crossentropy
    target output target_length output_length mask_index!: ctc_loss=CTCLoss
    targets predictions k!: in_top_k
    tensor pattern axes_lengths: rearrange
    variable: stop_gradient
    x N! increasing!: vander
    x approximate!: gelu
    x axes!: transpose
    x axes! keepdims! synchronized!: moments
    x axis! keepdims! dtype!: prod
    x axis! order! epsilon!: normalize
    x axis! weights: average
    x axis1! axis2!: swapaxes
    x b!: squareplus
    x bins: digitize
    x bins! range!: histogram
    x decimals!: round
    x dtype! sparse! ragged!: convert_to_tensor
    x fill_value dtype!: full_like
    x full_matrices! compute_uv!: svd=SVD
    x k! sorted!: top_k
    x kernel_size! dilation! padding! stride!: unfold
    x key: get_item
    x kth! axis!: argpartition
    x mode!: qr
    x nan! posinf! neginf!: nan_to_num
    x negative_slope!: leaky_relu
    x newshape!: reshape
    x num! axis!: unstack
    x num_classes! axis! dtype! sparse!: one_hot
    x ord! axis! keepdims!: norm
    x output_size! kernel_size! dilation! padding! stride!: fold
    x pad_width! mode! constant_values: pad
    x rcond!: pinv
    x repeats!: tile
    x repeats! axis!: repeat
    x sequence_length! sequence_stride!: extract_sequences
    x sequence_length! sequence_stride! fft_length! length! window! center!: istft=ISTFT
    x sequence_length! sequence_stride! fft_length! window! center!: stft=STFT
    x shape!: broadcast_to
    x shift! axis!: roll
    x sorted! return_index! return_inverse! return_counts! axis! size! fill_value!: unique
    x source! destination!: moveaxis
    x threshold! default_value!: threshold
    x tol!: matrix_rank
    x weights! minlength! sparse!: bincount
    x x_min! x_max!: clip
    x1 x2 assume_unique! invert!: isin=IsIn
    x1 x2 axes!: tensordot
    x1 x2 axis!: append
    x1 x2 axisa! axisb! axisc! axis!: cross
    x1 x2 max_val!: psnr=PSNR
    x1 x2 mode!: correlate
    x1 x2 rtol atol equal_nan!: isclose
    x1 x2 rtol! atol! equal_nan!: allclose=AllClose
    xs axis!: concatenate
    x gamma beta axis! epsilon!: layer_normalization=LayerNorm
    x scale axis! epsilon!: rms_normalization=RMSNorm
    x mean variance axis! offset scale epsilon!: batch_normalization=BatchNorm
    images data_format!: hsv_to_rgb=HSVToRGB rgb_to_grayscale=RGBToGrayscale rgb_to_hsv=RGBToHSV
            sobel_edges
    images size! interpolation! antialias! crop_to_aspect_ratio! pad_to_aspect_ratio! fill_mode!
            fill_value! data_format!: resize
    images size! strides! dilation_rate! padding! data_format!: extract_patches
    images kernel_size! sigma! data_format!: gaussian_blur
    images transform interpolation! fill_mode! fill_value! data_format!: affine_transform
    images start_points end_points interpolation! fill_value! data_format!: perspective_transform
    images alpha! sigma! interpolation! fill_mode! fill_value! seed! data_format!:
            elastic_transform
    images top_cropping! left_cropping! bottom_cropping! right_cropping! target_height!
            target_width! data_format!: crop_images
    images top_padding! left_padding! bottom_padding! right_padding! target_height!
            target_width! data_format!: pad_images
    images output_shape scale translation spatial_dims! method! antialias!: scale_and_translate
    image1 image2 max_val! filter_size! filter_sigma! k1! k2! data_format!: ssim=SSIM
    inputs coordinates order! fill_mode! fill_value!: map_coordinates
    y x! dx! axis!: trapezoid
"""


def is_known(class_name: str) -> bool:
    """Whether Keras has an operation of that class name."""
    return any(class_name in names.split() for names in CLASSES.values())


@cache
def module_of(class_name: str) -> str:
    """The Keras module of an operation's class.

    >>> module_of("Softmax"), module_of("Add")
    ('keras.src.ops.nn', 'keras.src.ops.numpy')
    """
    modules = (module for module, names in _MODULES.items() if class_name in names.split())
    return f"keras.src.{next(modules, 'ops.numpy')}"


class Signature(msgspec.Struct, frozen=True):
    """A function, its operation, its arguments in order, and which ones its constructor takes."""

    function: str
    operation: str
    arguments: tuple[str, ...]
    constructor: frozenset[str]

    @property
    def called_with(self) -> list[str]:
        """The arguments of the operation's call in order; `*name` is any number of arguments."""
        return [name for name in self.arguments if name not in self.constructor]


@cache
def signatures() -> dict[str, Signature]:
    """The signatures by function name.

    >>> signatures()["mean"].arguments, sorted(signatures()["mean"].constructor)
    (('x', 'axis', 'keepdims'), ['axis', 'keepdims'])
    """
    by_name: dict[str, Signature] = {}
    for line in _TABLE.replace("\n        ", " ").strip().splitlines():
        arguments, _, functions = line.partition(":")
        names = tuple(arguments.replace("!", "").split())
        constructor = frozenset(name[:-1] for name in arguments.split() if name.endswith("!"))
        for function in functions.split():
            name, _, operation = function.partition("=")
            operation = operation or "".join(
                part[:1].upper() + part[1:] for part in name.split("_")
            )
            by_name[name] = Signature(name, operation, names, constructor)
    return by_name


@cache
def by_operation() -> dict[str, Signature]:
    """The signatures by the class name of their operation.

    >>> by_operation()["GetItem"].function
    'get_item'
    """
    return {signature.operation: signature for signature in signatures().values()}
