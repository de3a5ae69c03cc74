"""TensorFlow's functions as operations; rows as in `lstmcount.layers.ops.functions`.

The names are those that Keras 2 saves for a `TFOpLambda`: without the leading `tf.`.
"""

from __future__ import annotations

_ELEMENTWISE = """
    abs acos acosh angle asin asinh atan atanh bessel_i0 ceil cos cosh digamma erf erfc erfinv exp
    expm1 floor imag invert_permutation is_finite is_inf is_nan lgamma log log1p log_sigmoid
    logical_not ndtri negative real reciprocal reciprocal_no_nan rint round rsqrt sigmoid sign sin
    sinh softplus softsign special.dawsn sqrt square tan tanh conj
"""
_BROADCAST = """
    add atan2 divide divide_no_nan equal floordiv floormod greater greater_equal less less_equal
    logical_and logical_or logical_xor maximum minimum mod multiply multiply_no_nan not_equal pow
    squared_difference subtract truediv xdivy xlogy zeta igamma igammac polygamma nextafter
    truncatediv truncatemod scalar_mul
"""
_ACTIVATIONS = "crelu elu gelu leaky_relu log_softmax relu relu6 selu silu softmax softsign swish"
_SAME = """
    bitcast cast clip_by_norm clip_by_value convert_to_tensor debugging.check_numerics identity
    ones_like
    compat.v1.ones_like compat.v1.zeros_like quantization.fake_quant_with_min_max_args
    quantization.fake_quant_with_min_max_vars random.shuffle recompute_grad reverse roll
    stop_gradient strings.as_string strings.length strings.lower strings.to_number strings.upper
    strings.strip strings.regex_replace strings.to_hash_bucket_fast tensor_scatter_nd_add
    tensor_scatter_nd_update zeros_like linalg.band_part linalg.cholesky linalg.expm linalg.inv
    linalg.set_diag linalg.normalize math.l2_normalize nn.batch_normalization nn.bias_add
    compat.v1.nn.bias_add nn.dropout compat.v1.nn.dropout compat.v1.nn.fused_batch_norm
    nn.experimental.stateless_dropout nn.local_response_normalization nn.lrn
    compat.v1.nn.batch_normalization image.adjust_brightness image.adjust_contrast
    image.adjust_gamma image.adjust_hue image.adjust_jpeg_quality image.adjust_saturation
    image.convert_image_dtype image.flip_left_right image.flip_up_down image.hsv_to_rgb
    image.per_image_standardization image.random_brightness image.random_contrast
    image.random_flip_left_right image.random_flip_up_down image.random_hue image.random_saturation
    image.rgb_to_hsv image.rgb_to_yuv image.yuv_to_rgb signal.fft signal.ifft signal.fft2d
    signal.ifft2d compat.v1.nn.softmax compat.v1.nn.log_softmax compat.v1.nn.sigmoid
    math.bessel_i0e math.sobol_sample keras.backend.hard_sigmoid keras.backend.l2_normalize
    keras.backend.softmax keras.backend.relu keras.backend.elu keras.activations.hard_sigmoid
    bitwise.invert debugging.assert_all_finite grad_pass_through random.stateless_shuffle
"""
_REDUCTIONS = """
    reduce_all reduce_any reduce_euclidean_norm reduce_logsumexp reduce_max reduce_mean reduce_min
    reduce_prod reduce_std reduce_sum reduce_variance count_nonzero
"""
_KERAS_BACKEND_REDUCTIONS = "all any logsumexp max mean min prod std sum var"

FUNCTIONS: dict[str, str] = {
    **{f"math.{name}": "Identity x" for name in _ELEMENTWISE.split()},
    **{f"nn.{name}": "Identity x" for name in _ACTIVATIONS.split()},
    **dict.fromkeys(_SAME.split(), "Identity x"),
    **{f"math.{name}": "Add x y" for name in _BROADCAST.split()},
    **{f"__operators__.{name}": "Add x y" for name in ("add", "eq", "ne", "ragged_getitem")},
    **{f"math.{name}": "Mean input_tensor axis: keepdims:" for name in _REDUCTIONS.split()},
    **{f"reduce_{name}": "Mean input_tensor axis: keepdims:" for name in ("all", "any")},
    **{
        f"keras.backend.{name}": "Mean x axis: keepdims:"
        for name in _KERAS_BACKEND_REDUCTIONS.split()
    },
    "compat.v1.floor_div": "Add x y",
    "compat.v1.div": "Add x y",
    "bitwise.bitwise_and": "Add x y",
    "bitwise.bitwise_or": "Add x y",
    "bitwise.bitwise_xor": "Add x y",
    "keras.backend.binary_crossentropy": "Add target output",
    "nn.sigmoid_cross_entropy_with_logits": "Add labels logits",
    "compat.v1.nn.sigmoid_cross_entropy_with_logits": "Add labels logits",
    "nn.weighted_cross_entropy_with_logits": "Add labels logits",
    "math.add_n": "AddAll inputs",
    "math.accumulate_n": "AddAll inputs",
    "math.argmax": "ArgExtreme input axis:",
    "math.argmin": "ArgExtreme input axis:",
    "compat.v1.argmax": "ArgExtreme input axis:",
    "compat.v1.argmin": "ArgExtreme input axis:",
    "math.cumsum": "Identity x",
    "math.cumprod": "Identity x",
    "math.cumulative_logsumexp": "Identity x",
    "math.top_k": "TopK input k:",
    "math.in_top_k": "Identity targets",
    "math.confusion_matrix": "Unknown labels",
    "math.bincount": "Bincount arr",
    "math.segment_max": "SegmentSum data segment_ids",
    "math.segment_mean": "SegmentSum data segment_ids",
    "math.segment_min": "SegmentSum data segment_ids",
    "math.segment_prod": "SegmentSum data segment_ids",
    "math.segment_sum": "SegmentSum data segment_ids",
    "math.unsorted_segment_max": "SegmentSum data segment_ids num_segments:",
    "math.unsorted_segment_mean": "SegmentSum data segment_ids num_segments:",
    "math.unsorted_segment_min": "SegmentSum data segment_ids num_segments:",
    "math.unsorted_segment_prod": "SegmentSum data segment_ids num_segments:",
    "math.unsorted_segment_sum": "SegmentSum data segment_ids num_segments:",
    "compat.v1.norm": "Norm tensor -ord axis: keepdims:",
    "norm": "Norm tensor -ord axis: keepdims:",
    "linalg.matmul": "TFMatmul a b transpose_a: transpose_b: adjoint_a: adjoint_b:",
    "linalg.matvec": "TFMatvec a b transpose_a:",
    "linalg.det": "Det input",
    "linalg.logdet": "Det matrix",
    "linalg.pinv": "Pinv a",
    "linalg.diag": "TFDiag diagonal",
    "linalg.tensor_diag_part": "TFDiagPart input",
    "linalg.diag_part": "TFDiagPart input",
    "linalg.trace": "Logdet x",
    "linalg.matrix_transpose": "TFMatrixTranspose a",
    "tensordot": "Tensordot a b axes:",
    "keras.backend.dot": "Dot x y",
    "keras.backend.batch_flatten": "TFBatchFlatten x",
    "keras.backend.flatten": "Ravel x",
    "reshape": "TFReshape tensor shape",
    "keras.backend.reshape": "TFReshape x shape",
    "compat.v1.reshape": "TFReshape tensor shape",
    "transpose": "Transpose a perm:axes",
    "compat.v1.transpose": "Transpose a perm:axes",
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
    "pad": "Pad tensor paddings:pad_width",
    "compat.v1.pad": "Pad tensor paddings:pad_width",
    "broadcast_to": "TFReshape input shape",
    "ensure_shape": "TFEnsureShape x shape",
    "fill": "TFFilled dims",
    "zeros": "TFFilled shape",
    "ones": "TFFilled shape",
    "random.normal": "TFFilled shape",
    "random.uniform": "TFFilled shape",
    "random.truncated_normal": "TFFilled shape",
    "range": "TFRange start limit delta",
    "one_hot": "OneHot indices depth:num_classes -on_value -off_value axis:",
    "gather": "TFGather params indices -validate_indices axis: batch_dims:",
    "compat.v1.gather": "TFGather params indices -validate_indices -name axis: batch_dims:",
    "gather_nd": "TFGatherNd params indices batch_dims:",
    "compat.v1.gather_nd": "TFGatherNd params indices -name batch_dims:",
    "nn.embedding_lookup": "TFGather params ids",
    "compat.v1.nn.embedding_lookup": "TFGather params ids",
    "slice": "TFSlice input begin size",
    "strided_slice": "TFStridedSlice input begin: end: strides: begin_mask: end_mask: "
    "ellipsis_mask: new_axis_mask: shrink_axis_mask:",
    "boolean_mask": "TFBooleanMask tensor mask axis:",
    "compat.v1.boolean_mask": "TFBooleanMask tensor mask -name axis:",
    "where": "TFWhere condition x y",
    "compat.v1.where": "TFWhere condition x y",
    "sort": "Identity values",
    "argsort": "Identity values",
    "searchsorted": "SearchSorted sorted_sequence values",
    "sequence_mask": "TFSequenceMask lengths maxlen:",
    "shape": "TFShape input",
    "compat.v1.shape": "TFShape input",
    "size": "Size input",
    "compat.v1.size": "Size input",
    "rank": "Size input",
    "scatter_nd": "TFReshape indices shape",
    "batch_to_space": "TFBatchToSpace input block_shape: crops:",
    "compat.v1.batch_to_space_nd": "TFBatchToSpace input block_shape: crops:",
    "space_to_batch_nd": "TFSpaceToBatch input block_shape: paddings:",
    "space_to_batch": "TFSpaceToBatch input block_shape: paddings:",
    "einsum": "Unknown equation",
    "nn.softmax_cross_entropy_with_logits": "CategoricalCrossentropy labels logits",
    "compat.v1.nn.softmax_cross_entropy_with_logits_v2": "CategoricalCrossentropy labels logits",
    "nn.sparse_softmax_cross_entropy_with_logits": "SparseCategoricalCrossentropy labels logits",
    "compat.v1.nn.sparse_softmax_cross_entropy_with_logits": (
        "SparseCategoricalCrossentropy labels logits"
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
    "nn.conv2d_transpose": "TFConvTranspose input -filters output_shape",
    "nn.conv1d_transpose": "TFConvTranspose input -filters output_shape",
    "nn.conv3d_transpose": "TFConvTranspose input -filters output_shape",
    "nn.conv_transpose": "TFConvTranspose input -filters output_shape",
    "compat.v1.nn.conv2d_transpose": "TFConvTranspose value -filter output_shape",
    **{
        f"{place}.{kind}_pool{rank}": "TFPool input ksize: strides: padding: data_format:"
        for place in ("nn", "compat.v1.nn")
        for kind in ("max", "avg")
        for rank in ("", "1d", "2d", "3d")
    },
    "nn.max_pool_with_argmax": "Unknown input",
    "image.resize": "TFResize images size",
    "image.resize_images": "TFResize images size",
    "compat.v1.image.resize": "TFResize images size",
    "compat.v1.image.resize_images": "TFResize images size",
    "compat.v1.image.resize_images_v2": "TFResize images size",
    "compat.v1.image.resize_bilinear": "TFResize images size",
    "compat.v1.image.resize_bicubic": "TFResize images size",
    "compat.v1.image.resize_nearest_neighbor": "TFResize images size",
    "compat.v1.image.resize_area": "TFResize images size",
    "image.resize_with_pad": "TFResizeTo image target_height: target_width:",
    "image.resize_with_crop_or_pad": "TFResizeTo image target_height: target_width:",
    "image.crop_to_bounding_box": (
        "TFResizeTo image -offset_height -offset_width target_height: target_width:"
    ),
    "image.pad_to_bounding_box": (
        "TFResizeTo image -offset_height -offset_width target_height: target_width:"
    ),
    "image.central_crop": "TFCentralCrop image central_fraction:",
    "image.rgb_to_grayscale": "TFGrayscale images",
    "image.grayscale_to_rgb": "TFColors images",
    "image.extract_patches": "TFExtractPatches images sizes: strides: rates: padding:",
    "image.sobel_edges": "SobelEdges image",
    "image.crop_and_resize": "TFCropAndResize image boxes -box_indices crop_size:",
    "image.transpose": "TFTransposedImage image",
    "image.rot90": "Unknown image",
    "signal.frame": "TFFrames signal frame_length: frame_step: -pad_end",
    "signal.stft": "TFSpectrogram signals frame_length: frame_step: fft_length:",
    "signal.rfft": "TFRealTransform input fft_length:",
    "strings.split": "Unknown input",
}
