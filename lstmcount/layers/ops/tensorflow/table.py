"""TensorFlow's functions as operations, by rows as in `lstmcount.layers.ops.functions`.

The names are those that Keras 2 saves for a `TFOpLambda`, without the leading `tf.`. A row that
names a Keras operation is equivalent to it; other rows name operations that only infer shapes.
"""

from __future__ import annotations

from lstmcount.layers.ops.functions import rows

# each function, with the equivalent Keras operation after = if there is one
_ELEMENTWISE = """
    abs=Abs acos=Arccos acosh=Arccosh angle=Angle asin=Arcsin asinh=Arcsinh atan=Arctan
    atanh=Arctanh bessel_i0=I0 ceil=Ceil conj=Conj cos=Cos cosh=Cosh digamma erf=Erf erfc=Erfc
    erfinv=Erfinv exp=Exp expm1=Expm1 floor=Floor imag=Imag invert_permutation is_finite=Isfinite
    is_inf=Isinf is_nan=Isnan lgamma log=Log log1p=Log1p log_sigmoid=LogSigmoid
    logical_not=LogicalNot ndtri negative=Negative real=Real reciprocal=Reciprocal
    reciprocal_no_nan rint=Round round=Round rsqrt=Rsqrt sigmoid=Sigmoid sign=Sign sin=Sin
    sinh=Sinh softplus=Softplus softsign=Softsign special.dawsn sqrt=Sqrt square=Square tan=Tan
    tanh=Tanh
"""
_BROADCAST = """
    add=Add atan2=Arctan2 divide=Divide divide_no_nan=DivideNoNan equal=Equal floordiv=FloorDivide
    floormod=Mod greater=Greater greater_equal=GreaterEqual less=Less less_equal=LessEqual
    logical_and=LogicalAnd logical_or=LogicalOr logical_xor=LogicalXor maximum=Maximum
    minimum=Minimum mod=Mod multiply=Multiply multiply_no_nan nextafter=Nextafter
    not_equal=NotEqual pow=Power scalar_mul=Multiply squared_difference subtract=Subtract
    truediv=TrueDivide truncatediv truncatemod xdivy xlogy zeta igamma igammac polygamma
"""
_SAME = """
    bitcast clip_by_norm debugging.check_numerics quantization.fake_quant_with_min_max_args
    quantization.fake_quant_with_min_max_vars random.shuffle recompute_grad strings.as_string
    strings.length strings.lower strings.to_number strings.upper
    strings.strip strings.regex_replace strings.to_hash_bucket_fast tensor_scatter_nd_add
    tensor_scatter_nd_update linalg.band_part linalg.expm
    linalg.set_diag linalg.normalize nn.batch_normalization
    nn.dropout compat.v1.nn.dropout compat.v1.nn.fused_batch_norm
    nn.experimental.stateless_dropout nn.local_response_normalization nn.lrn
    compat.v1.nn.batch_normalization image.adjust_brightness image.adjust_contrast
    image.adjust_gamma image.adjust_hue image.adjust_jpeg_quality image.adjust_saturation
    image.convert_image_dtype image.per_image_standardization image.random_brightness
    image.random_contrast image.random_flip_left_right image.random_flip_up_down image.random_hue
    image.random_saturation image.rgb_to_yuv image.yuv_to_rgb signal.fft signal.ifft signal.fft2d
    signal.ifft2d math.bessel_i0e math.sobol_sample keras.backend.hard_sigmoid
    keras.activations.hard_sigmoid debugging.assert_all_finite grad_pass_through
    random.stateless_shuffle
"""
_REDUCTIONS = """
    reduce_all=All reduce_any=Any reduce_logsumexp=Logsumexp reduce_max=Max reduce_mean=Mean
    reduce_min=Min reduce_prod=Prod reduce_std=Std reduce_sum=Sum reduce_variance=Var
    reduce_euclidean_norm count_nonzero=CountNonzero
"""


FUNCTIONS: dict[str, str] = {
    **rows(_ELEMENTWISE, "{} x", "math."),
    **rows(_BROADCAST, "{} x y", "math.", "TFBroadcast"),
    **rows(_REDUCTIONS, "{} input_tensor axis: keepdims:", "math.", "TFReduction"),
    **rows(_SAME, "{} x"),
    "reduce_all": "All input_tensor axis: keepdims:",
    "reduce_any": "Any input_tensor axis: keepdims:",
    **{
        f"keras.backend.{name}": f"{name.capitalize()} x axis: keepdims:"
        for name in ("all", "any", "logsumexp", "max", "mean", "min", "prod", "std", "sum", "var")
    },
    "__operators__.add": "Add x y",
    "__operators__.eq": "Equal self other",
    "__operators__.ne": "NotEqual self other",
    "__operators__.ragged_getitem": "TFBroadcast x y",
    "nn.crelu": "TFBothSigns features axis:",
    "compat.v1.nn.crelu": "TFBothSigns features -name axis:",
    "nn.elu": "Elu features",
    "nn.gelu": "Gelu features approximate:=false",
    "nn.leaky_relu": "LeakyRelu features alpha:negative_slope=0.2",
    "nn.log_softmax": "LogSoftmax logits axis:",
    "nn.relu": "Relu features",
    "nn.relu6": "Relu6 features",
    "nn.selu": "Selu features",
    "nn.silu": "Silu features -beta=1.0",
    "nn.softmax": "Softmax logits axis:",
    "nn.softsign": "Softsign features",
    "nn.swish": "Silu features -beta=1.0",
    "compat.v1.nn.log_softmax": "LogSoftmax logits axis: -name dim:axis",
    "compat.v1.nn.sigmoid": "Sigmoid x",
    "compat.v1.nn.softmax": "Softmax logits axis: -name dim:axis",
    "keras.backend.elu": "Elu x alpha:",
    "keras.backend.relu": "Relu x -alpha=0.0 -max_value -threshold=0.0",
    "keras.backend.softmax": "Softmax x axis:",
    "keras.backend.l2_normalize": "TFNormalize x axis:",
    "math.l2_normalize": "TFNormalize x axis: epsilon:",
    "nn.l2_normalize": "TFNormalize x axis: epsilon:",
    "nn.bias_add": "TFAddBias value bias data_format:",
    "compat.v1.nn.bias_add": "TFAddBias value bias data_format:",
    "cast": "Cast x dtype:",
    "clip_by_value": "Clip t clip_value_min:x_min clip_value_max:x_max",
    "convert_to_tensor": "ConvertToTensor value dtype:",
    "identity": "Copy input",
    "ones_like": "OnesLike input dtype:",
    "compat.v1.ones_like": "OnesLike tensor dtype:",
    "zeros_like": "ZerosLike input dtype:",
    "compat.v1.zeros_like": "ZerosLike tensor dtype:",
    "stop_gradient": "StopGradient input",
    "reverse": "Flip tensor axis:",
    "roll": "Roll input shift: axis:",
    "image.flip_left_right": "Flip image :axis=-2",
    "image.flip_up_down": "Flip image :axis=-3",
    "image.hsv_to_rgb": "HSVToRGB images",
    "image.rgb_to_hsv": "RGBToHSV images",
    "linalg.cholesky": "Cholesky input",
    "linalg.inv": "Inv input -adjoint=false",
    "bitwise.invert": "BitwiseInvert x",
    "compat.v1.floor_div": "FloorDivide x y",
    "compat.v1.div": "TFBroadcast x y",
    "bitwise.bitwise_and": "BitwiseAnd x y",
    "bitwise.bitwise_or": "BitwiseOr x y",
    "bitwise.bitwise_xor": "BitwiseXor x y",
    "keras.backend.binary_crossentropy": "BinaryCrossentropy target output from_logits:",
    "nn.sigmoid_cross_entropy_with_logits": "BinaryCrossentropy labels logits :from_logits=true",
    "compat.v1.nn.sigmoid_cross_entropy_with_logits": (
        "BinaryCrossentropy labels logits :from_logits=true"
    ),
    "nn.weighted_cross_entropy_with_logits": "TFBroadcast labels logits",
    "math.add_n": "AddAll inputs",
    "math.accumulate_n": "AddAll inputs",
    "math.argmax": "Argmax input axis:=0 -output_type",
    "math.argmin": "Argmin input axis:=0 -output_type",
    "compat.v1.argmax": "Argmax input axis:=0 -name dimension:axis -output_type",
    "compat.v1.argmin": "Argmin input axis:=0 -name dimension:axis -output_type",
    "math.cumsum": "Cumsum x axis:=0 -exclusive=false -reverse=false",
    "math.cumprod": "Cumprod x axis:=0 -exclusive=false -reverse=false",
    "math.cumulative_logsumexp": "Identity x",
    "math.top_k": "TopK input k:=1 sorted:",
    "math.in_top_k": "InTopK targets predictions k:",
    "math.confusion_matrix": "Unknown labels",
    "math.bincount": "Bincount arr",
    "math.segment_max": "SegmentMax data segment_ids",
    "math.segment_mean": "TFSegments data segment_ids",
    "math.segment_min": "SegmentMin data segment_ids",
    "math.segment_prod": "SegmentProd data segment_ids",
    "math.segment_sum": "SegmentSum data segment_ids",
    "math.unsorted_segment_max": "SegmentMax data segment_ids num_segments:",
    "math.unsorted_segment_mean": "TFSegments data segment_ids num_segments:",
    "math.unsorted_segment_min": "SegmentMin data segment_ids num_segments:",
    "math.unsorted_segment_prod": "SegmentProd data segment_ids num_segments:",
    "math.unsorted_segment_sum": "SegmentSum data segment_ids num_segments:",
    "compat.v1.norm": 'Norm tensor -ord="euclidean" axis: keepdims:',
    "norm": 'Norm tensor -ord="euclidean" axis: keepdims:',
    "linalg.matmul": "TFMatmul a b transpose_a: transpose_b: adjoint_a: adjoint_b:",
    "linalg.matvec": "TFMatvec a b transpose_a:",
    "linalg.det": "Det input",
    "linalg.logdet": "Logdet matrix",
    "linalg.pinv": "Pinv a rcond:",
    "linalg.diag": "TFDiag diagonal",
    "linalg.tensor_diag_part": "TFDiagPart input",
    "linalg.diag_part": "TFDiagPart input",
    "linalg.trace": "Trace x :axis1=-2 :axis2=-1",
    "linalg.matrix_transpose": "Swapaxes a -conjugate=false :axis1=-2 :axis2=-1",
    "tensordot": "Tensordot a b axes:",
    "keras.backend.dot": "Dot x y",
    "keras.backend.batch_flatten": "TFBatchFlatten x",
    "keras.backend.flatten": "Ravel x",
    "reshape": "TFReshape tensor shape",
    "keras.backend.reshape": "TFReshape x shape",
    "compat.v1.reshape": "TFReshape tensor shape",
    "transpose": "Transpose a perm:axes -conjugate=false",
    "compat.v1.transpose": "Transpose a perm:axes -name -conjugate=false",
    "keras.backend.permute_dimensions": "Transpose x pattern:axes",
    "expand_dims": "ExpandDims input axis:",
    "compat.v1.expand_dims": "ExpandDims input axis: -name dim:axis",
    "squeeze": "TFSqueeze input axis:",
    "compat.v1.squeeze": "TFSqueeze input axis: -name squeeze_dims:axis",
    "concat": "Concatenate values axis:",
    "keras.backend.concatenate": "Concatenate tensors axis:",
    "stack": "Stack values axis:",
    "parallel_stack": "Stack values",
    "unstack": "Unstack value num: axis:",
    "split": "TFSplit value num_or_size_splits: axis:",
    "compat.v1.split": "TFSplit value num_or_size_splits: axis:",
    "meshgrid": "Unknown x",
    "tile": "TFTile input multiples",
    "compat.v1.tile": "TFTile input multiples",
    "repeat": "Repeat input repeats: axis:",
    "keras.backend.repeat_elements": "Repeat x rep:repeats axis:",
    "pad": "TFPad tensor paddings: mode: constant_values:",
    "compat.v1.pad": "TFPad tensor paddings: mode: -name constant_values:",
    "broadcast_to": "TFBroadcastTo input shape",
    "ensure_shape": "TFEnsureShape x shape",
    "fill": "TFFilled dims",
    "zeros": "TFFilled shape",
    "ones": "TFFilled shape",
    "random.normal": "TFFilled shape",
    "random.uniform": "TFFilled shape",
    "random.truncated_normal": "TFFilled shape",
    "range": "TFRange start limit delta",
    "one_hot": "OneHot indices depth:num_classes -on_value=1 -off_value=0 axis: dtype:",
    "gather": "TFGather params indices -validate_indices axis: batch_dims:",
    "compat.v1.gather": "TFGather params indices -validate_indices -name axis: batch_dims:",
    "gather_nd": "TFGatherNd params indices batch_dims:",
    "compat.v1.gather_nd": "TFGatherNd params indices -name batch_dims:",
    "nn.embedding_lookup": "TFGather params ids -max_norm",
    "compat.v1.nn.embedding_lookup": (
        "TFGather params ids -partition_strategy -name -validate_indices -max_norm"
    ),
    "slice": "TFSlice input begin size",
    "strided_slice": "TFStridedSlice input begin: end: strides: begin_mask: end_mask: "
    "ellipsis_mask: new_axis_mask: shrink_axis_mask:",
    "boolean_mask": "TFBooleanMask tensor mask axis:",
    "compat.v1.boolean_mask": "TFBooleanMask tensor mask -name axis:",
    "where": "TFWhere condition x y",
    "compat.v1.where": "TFWhere condition x y",
    "sort": 'Sort values axis: -direction="ASCENDING"',
    "argsort": 'Argsort values axis: -direction="ASCENDING" -stable=false',
    "searchsorted": "SearchSorted sorted_sequence values side:",
    "sequence_mask": "TFSequenceMask lengths maxlen:",
    "shape": "TFShape input",
    "compat.v1.shape": "TFShape input",
    "size": "Size input",
    "compat.v1.size": "Size input",
    "rank": "TFReduction input",
    "scatter_nd": "TFBroadcastTo indices -updates shape",
    "batch_to_space": "TFBatchToSpace input block_shape: crops:",
    "compat.v1.batch_to_space_nd": "TFBatchToSpace input block_shape: crops:",
    "space_to_batch_nd": "TFSpaceToBatch input block_shape: paddings:",
    "space_to_batch": "TFSpaceToBatch input block_shape: paddings:",
    "einsum": "Unknown equation",
    "nn.softmax_cross_entropy_with_logits": (
        "CategoricalCrossentropy labels logits axis: :from_logits=true"
    ),
    "compat.v1.nn.softmax_cross_entropy_with_logits_v2": (
        "CategoricalCrossentropy labels logits axis: :from_logits=true"
    ),
    "nn.sparse_softmax_cross_entropy_with_logits": (
        "SparseCategoricalCrossentropy labels logits :from_logits=true"
    ),
    "compat.v1.nn.sparse_softmax_cross_entropy_with_logits": (
        "SparseCategoricalCrossentropy labels logits :from_logits=true"
    ),
    "nn.moments": "Moments x axes: -shift keepdims:",
    "nn.depth_to_space": "DepthToSpace input block_size: data_format:",
    "nn.space_to_depth": "SpaceToDepth input block_size: data_format:",
    "compat.v1.depth_to_space": "DepthToSpace input block_size: -name data_format:",
    "compat.v1.space_to_depth": "SpaceToDepth input block_size: -name data_format:",
    "nn.conv1d": "TFConv input filters stride:strides padding: data_format: dilations:",
    "nn.conv2d": "TFConv input filters strides: padding: data_format: dilations:",
    "nn.conv3d": "TFConv input filters strides: padding: data_format: dilations:",
    "compat.v1.nn.conv2d": "TFConv input filter strides: padding: -gpu data_format: dilations:",
    "compat.v1.nn.conv3d": "TFConv input filter strides: padding: data_format: dilations:",
    "nn.convolution": "TFConv input filters strides: padding: data_format: dilations:",
    "compat.v1.nn.convolution": (
        "TFConv input filter padding: strides: dilation_rate:dilations -name data_format:"
    ),
    "nn.depthwise_conv2d": "TFDepthwiseConv input filter strides: padding: data_format: dilations:",
    "compat.v1.nn.depthwise_conv2d": (
        "TFDepthwiseConv input filter strides: padding: -rate -name data_format: dilations:"
    ),
    **rows(
        "conv_transpose=TFConvTranspose conv1d_transpose=TFConvTranspose "
        "conv2d_transpose=TFConvTranspose conv3d_transpose=TFConvTranspose",
        "{} input -filters output_shape -strides -padding -data_format -dilations",
        "nn.",
    ),
    "compat.v1.nn.conv2d_transpose": (
        "TFConvTranspose value -filter output_shape -strides -padding -data_format"
    ),
    **{
        name: row
        for place in ("nn.", "compat.v1.nn.")
        for rank in ("", "1d", "2d", "3d")
        for name, row in rows(
            f"max_pool{rank}=TFMaxPool avg_pool{rank}=TFAveragePool",
            "{} input ksize: strides: padding: data_format:",
            place,
        ).items()
    },
    "nn.max_pool_with_argmax": "Unknown input",
    "image.resize": "TFResize images size method: -preserve_aspect_ratio=false antialias:",
    **{
        f"{place}image.resize{name}": f"TFResizeV1 images size{method} -align_corners=false"
        for place, name, method in (
            ("", "_images", " -method"),
            ("compat.v1.", "", " -method"),
            ("compat.v1.", "_images", " -method"),
            ("compat.v1.", "_images_v2", " -method"),
            ("compat.v1.", "_bilinear", ""),
            ("compat.v1.", "_bicubic", ""),
            ("compat.v1.", "_nearest_neighbor", ""),
            ("compat.v1.", "_area", ""),
        )
    },
    "image.resize_with_pad": "TFResizeTo image target_height: target_width:",
    "image.resize_with_crop_or_pad": "TFResizeTo image target_height: target_width:",
    "image.crop_to_bounding_box": (
        "TFCrop image offset_height: offset_width: target_height: target_width:"
    ),
    "image.pad_to_bounding_box": (
        "TFResizeTo image -offset_height -offset_width target_height: target_width:"
    ),
    "image.central_crop": "TFCentralCrop image central_fraction:",
    "image.rgb_to_grayscale": "RGBToGrayscale images",
    "image.grayscale_to_rgb": "TFColors images",
    "image.extract_patches": "TFExtractPatches images sizes: strides: rates: padding:",
    "image.sobel_edges": "SobelEdges image",
    "image.crop_and_resize": "TFCropAndResize image boxes -box_indices crop_size:",
    "image.transpose": "TFTransposedImage image",
    "image.rot90": "Unknown image",
    "signal.frame": "TFFrames signal frame_length: frame_step: -pad_end=false",
    "signal.stft": "TFSpectrogram signals frame_length: frame_step: fft_length:",
    "signal.rfft": "TFRealTransform input fft_length:",
    "strings.split": "Unknown input",
}
