"""The public attributes of Keras 3's objects, by class.

`tests/programs/keras/keras_attributes.py` makes the table from real Keras. A line has the names
that objects of a class always have, and behind `|` those that they may have, such as the weights of
a layer that is built. Classes are listed without what all layers, or all of their module, have.
"""

from __future__ import annotations

_TEXT = """
Layer: activity_regularizer add_loss add_metric add_variable add_weight autocast build
    build_from_config built call call_signature_parameters compute_dtype compute_mask
    compute_output_shape compute_output_spec count_params dtype dtype_policy from_config
    get_build_config get_config get_weights input_dtype input_spec load_own_variables losses
    metrics metrics_variables name non_trainable_variables non_trainable_weights path
    quantization_mode quantize quantized_build quantized_call rematerialized_call
    save_own_variables set_weights stateless_call supports_jit supports_masking symbolic_call
    trainable trainable_variables trainable_weights variable_dtype variables weights | input output
Model: compile compile_from_config compiled compute_loss compute_metrics evaluate export fit
    get_compile_config get_layer get_metrics_result get_quantization_layer_structure get_state_tree
    jit_compile layers load_weights loss make_predict_function make_test_function
    make_train_function metrics_names predict predict_function predict_on_batch predict_step
    reset_metrics run_eagerly save save_weights set_state_tree stateless_compute_loss
    steps_per_execution summary test_function test_on_batch test_step to_json train_function
    train_on_batch train_step | compiled_loss compiled_metrics compute_loss_and_updates
    distribute_reduction_method distribute_strategy handle history jax_state_sync optimizer
    stop_training unrolled_steps_per_execution
Functional: compile compile_from_config compiled compute_loss compute_metrics evaluate export fit
    get_compile_config get_layer get_metrics_result get_quantization_layer_structure get_state_tree
    input input_shape inputs jit_compile layers load_weights loss make_predict_function
    make_test_function make_train_function metrics_names operations output output_names
    output_shape outputs predict predict_function predict_on_batch predict_step reset_metrics
    run_eagerly save save_weights set_state_tree stateless_compute_loss steps_per_execution summary
    test_function test_on_batch test_step to_json train_function train_on_batch train_step |
    compiled_loss compiled_metrics compute_loss_and_updates distribute_reduction_method
    distribute_strategy handle history jax_state_sync optimizer stop_predicting stop_training
    unrolled_steps_per_execution
Sequential: add compile compile_from_config compiled compute_loss compute_metrics evaluate export
    fit get_compile_config get_layer get_metrics_result get_quantization_layer_structure
    get_state_tree input_shape inputs jit_compile layers load_weights loss make_predict_function
    make_test_function make_train_function metrics_names output_shape outputs pop predict
    predict_function predict_on_batch predict_step reset_metrics run_eagerly save save_weights
    set_state_tree stateless_compute_loss steps_per_execution summary test_function test_on_batch
    test_step to_json train_function train_on_batch train_step | compiled_loss compiled_metrics
    compute_loss_and_updates distribute_reduction_method distribute_strategy handle history
    jax_state_sync operations optimizer output_names stop_predicting stop_training
    unrolled_steps_per_execution
KerasTensor: __abs__ __add__ __and__ __array__ __bool__ __class__ __delattr__ __dict__ __dir__
    __div__ __doc__ __eq__ __float__ __floordiv__ __format__ __ge__ __getattribute__ __getitem__
    __getstate__ __gt__ __hash__ __init__ __init_subclass__ __int__ __invert__ __iter__
    __jax_array__ __le__ __lt__ __matmul__ __mod__ __module__ __mul__ __ne__ __neg__ __new__ __or__
    __pow__ __radd__ __rand__ __rdiv__ __reduce__ __reduce_ex__ __repr__ __rfloordiv__ __rmatmul__
    __rmod__ __rmul__ __ror__ __round__ __rpow__ __rsub__ __rtruediv__ __rxor__ __setattr__
    __sizeof__ __str__ __sub__ __subclasshook__ __tf_tensor__ __truediv__ __weakref__ __xor__ dtype
    name ndim ragged ragged_rank record_history reshape row_splits_dtype shape sparse squeeze
Variable: __abs__ __add__ __and__ __array__ __bool__ __class__ __delattr__ __dict__ __dir__ __doc__
    __eq__ __float__ __floordiv__ __format__ __ge__ __getattribute__ __getitem__ __getstate__
    __gt__ __hash__ __init__ __init_subclass__ __int__ __invert__ __jax_array__ __le__ __lt__
    __matmul__ __mod__ __module__ __mul__ __ne__ __neg__ __new__ __or__ __pos__ __pow__ __radd__
    __rand__ __reduce__ __reduce_ex__ __repr__ __rfloordiv__ __rmatmul__ __rmod__ __rmul__ __ror__
    __round__ __rpow__ __rsub__ __rtruediv__ __rxor__ __setattr__ __sizeof__ __str__ __sub__
    __subclasshook__ __truediv__ __weakref__ __xor__ aggregation assign assign_add assign_sub
    constraint dtype name ndim numpy overwrite_with_gradient path regularizer shape synchronization
    trainable value | compiled_loss compiled_metrics compute_loss_and_updates
    distribute_reduction_method distribute_strategy handle jax_state_sync
    unrolled_steps_per_execution
Activation: activation
ActivityRegularization: l1 l2
AdaptiveAveragePooling1D: data_format output_size
AdaptiveAveragePooling2D: data_format output_size
AdaptiveAveragePooling3D: data_format output_size
AdaptiveMaxPooling1D: data_format output_size
AdaptiveMaxPooling2D: data_format output_size
AdaptiveMaxPooling3D: data_format output_size
Add:
AdditiveAttention: dropout score_mode seed use_scale | scale
AlphaDropout: noise_shape rate seed seed_generator
Attention: dropout score_mode seed use_scale | concat_score_weight scale
AugMix: all_ops alpha auto_contrast backend bounding_box_format chain_depth convert_weight
    data_format equalization factor generator get_random_transformation interpolation num_chains
    random_brightness random_color_degeneration random_contrast random_posterization
    random_rotation random_sharpness random_shear random_translation seed solarization
    transform_bounding_boxes transform_images transform_labels transform_segmentation_masks
    transform_single_bounding_box transform_single_image transform_single_label
    transform_single_segmentation_mask value_range
AutoContrast: backend bounding_box_format convert_weight data_format get_random_transformation
    transform_bounding_boxes transform_images transform_labels transform_segmentation_masks
    transform_single_bounding_box transform_single_image transform_single_label
    transform_single_segmentation_mask value_range
Average:
AveragePooling1D: data_format padding pool_mode pool_size strides
AveragePooling2D: data_format padding pool_mode pool_size strides
AveragePooling3D: data_format padding pool_mode pool_size strides
BatchNormalization: axis beta beta_constraint beta_initializer beta_regularizer center epsilon
    gamma gamma_constraint gamma_initializer gamma_regularizer momentum moving_mean
    moving_mean_initializer moving_variance moving_variance_initializer renorm renorm_clipping
    renorm_momentum scale synchronized
Bidirectional: backward_layer forward_layer merge_mode reset_state reset_states return_sequences
    return_state stateful states
CategoryEncoding: backend convert_weight num_tokens output_mode sparse
CenterCrop: backend bounding_box_format convert_weight data_format get_random_transformation height
    transform_bounding_boxes transform_images transform_labels transform_segmentation_masks
    transform_single_bounding_box transform_single_image transform_single_label
    transform_single_segmentation_mask width
Concatenate: axis
ContrastLimitedAdaptiveHistogramEqualization: backend bounding_box_format clip_limit convert_weight
    data_format factor get_random_transformation tile_grid_size transform_bounding_boxes
    transform_images transform_labels transform_segmentation_masks transform_single_bounding_box
    transform_single_image transform_single_label transform_single_segmentation_mask value_range
Conv1D: activation bias_constraint bias_initializer bias_regularizer convolution_op data_format
    dilation_rate enable_lora filters groups kernel_constraint kernel_initializer
    kernel_regularizer kernel_size lora_alpha lora_enabled lora_rank padding rank strides use_bias
    | bias kernel
Conv1DTranspose: activation bias_constraint bias_initializer bias_regularizer data_format
    dilation_rate filters kernel_constraint kernel_initializer kernel_regularizer kernel_size
    output_padding padding rank strides use_bias | bias kernel
Conv2D: activation bias_constraint bias_initializer bias_regularizer convolution_op data_format
    dilation_rate enable_lora filters groups kernel_constraint kernel_initializer
    kernel_regularizer kernel_size lora_alpha lora_enabled lora_rank padding rank strides use_bias
    | bias kernel
Conv2DTranspose: activation bias_constraint bias_initializer bias_regularizer data_format
    dilation_rate filters kernel_constraint kernel_initializer kernel_regularizer kernel_size
    output_padding padding rank strides use_bias | bias kernel
Conv3D: activation bias_constraint bias_initializer bias_regularizer convolution_op data_format
    dilation_rate enable_lora filters groups kernel_constraint kernel_initializer
    kernel_regularizer kernel_size lora_alpha lora_enabled lora_rank padding rank strides use_bias
    | bias kernel
Conv3DTranspose: activation bias_constraint bias_initializer bias_regularizer data_format
    dilation_rate filters kernel_constraint kernel_initializer kernel_regularizer kernel_size
    output_padding padding rank strides use_bias | bias kernel
ConvLSTM1D: activation bias_constraint bias_initializer bias_regularizer cell data_format
    dilation_rate dropout filters get_initial_state go_backwards inner_loop kernel_constraint
    kernel_initializer kernel_regularizer kernel_size padding recurrent_activation
    recurrent_constraint recurrent_dropout recurrent_initializer recurrent_regularizer reset_state
    reset_states return_sequences return_state single_state state_size stateful states strides
    unit_forget_bias unroll use_bias zero_output_for_mask
ConvLSTM2D: activation bias_constraint bias_initializer bias_regularizer cell data_format
    dilation_rate dropout filters get_initial_state go_backwards inner_loop kernel_constraint
    kernel_initializer kernel_regularizer kernel_size padding recurrent_activation
    recurrent_constraint recurrent_dropout recurrent_initializer recurrent_regularizer reset_state
    reset_states return_sequences return_state single_state state_size stateful states strides
    unit_forget_bias unroll use_bias zero_output_for_mask
ConvLSTM3D: activation bias_constraint bias_initializer bias_regularizer cell data_format
    dilation_rate dropout filters get_initial_state go_backwards inner_loop kernel_constraint
    kernel_initializer kernel_regularizer kernel_size padding recurrent_activation
    recurrent_constraint recurrent_dropout recurrent_initializer recurrent_regularizer reset_state
    reset_states return_sequences return_state single_state state_size stateful states strides
    unit_forget_bias unroll use_bias zero_output_for_mask
Cropping1D: cropping
Cropping2D: cropping data_format
Cropping3D: cropping data_format
CutMix: backend bounding_box_format channel_axis convert_weight data_format factor generator
    get_random_transformation height_axis seed transform_bounding_boxes transform_images
    transform_labels transform_segmentation_masks transform_single_bounding_box
    transform_single_image transform_single_label transform_single_segmentation_mask width_axis
Dense: activation bias_constraint bias_initializer bias_regularizer enable_lora kernel_constraint
    kernel_initializer kernel_regularizer lora_alpha lora_enabled lora_rank quantization_config
    units use_bias variable_serialization_spec | bias kernel
DepthwiseConv1D: activation bias_constraint bias_initializer bias_regularizer data_format
    depth_multiplier depthwise_constraint depthwise_initializer depthwise_regularizer dilation_rate
    kernel_size padding rank strides use_bias | bias kernel
DepthwiseConv2D: activation bias_constraint bias_initializer bias_regularizer data_format
    depth_multiplier depthwise_constraint depthwise_initializer depthwise_regularizer dilation_rate
    kernel_size padding rank strides use_bias | bias kernel
Discretization: adapt backend bin_boundaries convert_weight epsilon finalize_state num_bins
    output_dtype output_mode reset_state sparse summary update_state
Dot: axes normalize
Dropout: noise_shape rate seed seed_generator
ELU: alpha
EinsumDense: activation bias_axes bias_constraint bias_initializer bias_regularizer enable_lora
    equation gptq_unpacked_column_size kernel_constraint kernel_initializer kernel_regularizer
    lora_alpha lora_enabled lora_rank partial_output_shape quantization_config
    variable_serialization_spec | bias kernel
Embedding: embeddings_constraint embeddings_initializer embeddings_regularizer enable_lora
    input_dim lora_alpha lora_enabled lora_rank mask_zero output_dim quantization_config
    variable_serialization_spec | embeddings
Equalization: backend bins bounding_box_format convert_weight data_format factor
    get_random_transformation transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask value_range
Flatten: data_format
GRU: activation bias_constraint bias_initializer bias_regularizer cell dropout get_initial_state
    go_backwards inner_loop kernel_constraint kernel_initializer kernel_regularizer
    recurrent_activation recurrent_constraint recurrent_dropout recurrent_initializer
    recurrent_regularizer reset_after reset_state reset_states return_sequences return_state
    single_state state_size stateful states units unroll use_bias use_cudnn zero_output_for_mask
GRUCell: activation bias_constraint bias_initializer bias_regularizer dropout get_dropout_mask
    get_initial_state get_recurrent_dropout_mask implementation kernel_constraint
    kernel_initializer kernel_regularizer output_size recurrent_activation recurrent_constraint
    recurrent_dropout recurrent_initializer recurrent_regularizer reset_after reset_dropout_mask
    reset_recurrent_dropout_mask seed seed_generator state_size units use_bias | bias kernel
    recurrent_kernel
GaussianDropout: rate seed seed_generator
GaussianNoise: seed seed_generator stddev
GlobalAveragePooling1D: data_format keepdims
GlobalAveragePooling2D: data_format keepdims
GlobalAveragePooling3D: data_format keepdims
GlobalMaxPooling1D: data_format keepdims
GlobalMaxPooling2D: data_format keepdims
GlobalMaxPooling3D: data_format keepdims
GroupNormalization: axis beta_constraint beta_initializer beta_regularizer center epsilon
    gamma_constraint gamma_initializer gamma_regularizer groups scale
Identity:
InputLayer: batch_shape input optional output ragged sparse
LSTM: activation bias_constraint bias_initializer bias_regularizer cell dropout get_initial_state
    go_backwards inner_loop kernel_constraint kernel_initializer kernel_regularizer
    recurrent_activation recurrent_constraint recurrent_dropout recurrent_initializer
    recurrent_regularizer reset_state reset_states return_sequences return_state single_state
    state_size stateful states unit_forget_bias units unroll use_bias use_cudnn
    zero_output_for_mask
LSTMCell: activation bias_constraint bias_initializer bias_regularizer dropout get_dropout_mask
    get_initial_state get_recurrent_dropout_mask implementation kernel_constraint
    kernel_initializer kernel_regularizer output_size recurrent_activation recurrent_constraint
    recurrent_dropout recurrent_initializer recurrent_regularizer reset_dropout_mask
    reset_recurrent_dropout_mask seed seed_generator state_size unit_forget_bias units use_bias |
    bias kernel recurrent_kernel
Lambda: arguments function mask
LayerNormalization: axis beta_constraint beta_initializer beta_regularizer center epsilon
    gamma_constraint gamma_initializer gamma_regularizer rms_scaling scale | beta gamma
LeakyReLU: negative_slope
Masking: mask_value
MaxNumBoundingBoxes: backend bounding_box_format convert_weight data_format factor fill_value
    get_random_transformation max_number transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask
MaxPooling1D: data_format padding pool_mode pool_size strides
MaxPooling2D: data_format padding pool_mode pool_size strides
MaxPooling3D: data_format padding pool_mode pool_size strides
Maximum:
MelSpectrogram: backend convert_weight fft_length linear_to_mel_weight_matrix mag_exp max_freq
    min_freq min_power num_mel_bins power_to_db ref_power sampling_rate sequence_length
    sequence_stride top_db window
Minimum:
MixUp: alpha backend bounding_box_format convert_weight data_format factor generator
    get_random_transformation seed transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask
MultiHeadAttention: attention_axes dropout key_dim num_heads seed use_bias value_dim | key_dense
    output_dense query_dense value_dense
Multiply:
Normalization: adapt axis backend convert_weight finalize_state input_mean input_variance invert
    mean | adapt_mean adapt_variance count variance
PReLU: alpha_constraint alpha_initializer alpha_regularizer shared_axes | alpha
Permute: dims
Pipeline: layers
RMSNormalization: axis epsilon | scale
RNN: cell get_initial_state go_backwards inner_loop reset_state reset_states return_sequences
    return_state single_state state_size stateful states unroll zero_output_for_mask
RandAugment: auto_contrast backend bounding_box_format convert_weight data_format equalization
    factor generator get_random_transformation interpolation num_ops random_brightness
    random_color_degeneration random_contrast random_posterization random_rotation random_sharpness
    random_shear random_translation seed solarization transform_bounding_boxes transform_images
    transform_labels transform_segmentation_masks transform_single_bounding_box
    transform_single_image transform_single_label transform_single_segmentation_mask value_range
RandomBrightness: backend bounding_box_format convert_weight data_format factor generator
    get_random_transformation seed transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask value_range
RandomColorDegeneration: backend bounding_box_format convert_weight data_format factor generator
    get_random_transformation seed transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask value_range
RandomColorJitter: backend bounding_box_format brightness_factor contrast_factor convert_weight
    data_format factor generator get_random_transformation hue_factor random_brightness
    random_contrast random_hue random_saturation saturation_factor seed transform_bounding_boxes
    transform_images transform_labels transform_segmentation_masks transform_single_bounding_box
    transform_single_image transform_single_label transform_single_segmentation_mask value_range
RandomContrast: backend bounding_box_format convert_weight data_format factor generator
    get_random_transformation seed transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask value_range
RandomCrop: backend bounding_box_format convert_weight data_format factor generator
    get_random_transformation height height_axis seed transform_bounding_boxes transform_images
    transform_labels transform_segmentation_masks transform_single_bounding_box
    transform_single_image transform_single_label transform_single_segmentation_mask width
    width_axis
RandomElasticTransform: backend bounding_box_format channel_axis convert_weight data_format factor
    fill_mode fill_value generator get_elastic_transform_params get_random_transformation
    height_axis interpolation scale seed transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask value_range width_axis
RandomErasing: backend bounding_box_format channel_axis convert_weight data_format factor
    fill_value generator get_random_transformation height_axis scale seed transform_bounding_boxes
    transform_images transform_labels transform_segmentation_masks transform_single_bounding_box
    transform_single_image transform_single_label transform_single_segmentation_mask value_range
    width_axis
RandomFlip: backend bounding_box_format convert_weight data_format generator
    get_random_transformation mode seed transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask
RandomGaussianBlur: backend bounding_box_format convert_weight data_format factor generator
    get_random_transformation kernel_size seed sigma transform_bounding_boxes transform_images
    transform_labels transform_segmentation_masks transform_single_bounding_box
    transform_single_image transform_single_label transform_single_segmentation_mask value_range
RandomGrayscale: backend bounding_box_format convert_weight data_format factor generator
    get_random_transformation seed transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask
RandomHue: backend bounding_box_format convert_weight data_format factor generator
    get_random_transformation seed transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask value_range
RandomInvert: backend bounding_box_format convert_weight data_format factor generator
    get_random_transformation seed transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask value_range
RandomPerspective: backend bounding_box_format channel_axis convert_weight data_format factor
    fill_value generator get_random_transformation height_axis interpolation scale seed
    transform_bounding_boxes transform_images transform_labels transform_segmentation_masks
    transform_single_bounding_box transform_single_image transform_single_label
    transform_single_segmentation_mask width_axis
RandomRotation: backend bounding_box_format convert_weight data_format factor fill_mode fill_value
    generator get_random_transformation interpolation seed transform_bounding_boxes
    transform_images transform_labels transform_segmentation_masks transform_single_bounding_box
    transform_single_image transform_single_label transform_single_segmentation_mask
RandomSaturation: backend bounding_box_format convert_weight data_format factor generator
    get_random_transformation seed transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask value_range
RandomSharpness: backend bounding_box_format convert_weight data_format factor generator
    get_random_transformation seed transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask value_range
RandomShear: backend bounding_box_format convert_weight data_format fill_mode fill_value generator
    get_random_transformation get_shifted_bbox get_transformed_x_y interpolation seed
    transform_bounding_boxes transform_images transform_labels transform_segmentation_masks
    transform_single_bounding_box transform_single_image transform_single_label
    transform_single_segmentation_mask x_factor y_factor
RandomTranslation: backend bounding_box_format convert_weight data_format fill_mode fill_value
    generator get_random_transformation get_shifted_bbox get_transformed_x_y height_factor
    height_lower height_upper interpolation seed transform_bounding_boxes transform_images
    transform_labels transform_segmentation_masks transform_single_bounding_box
    transform_single_image transform_single_label transform_single_segmentation_mask width_factor
    width_lower width_upper
RandomZoom: backend bounding_box_format convert_weight data_format fill_mode fill_value generator
    get_clipped_bbox get_random_transformation get_transformed_x_y height_factor height_lower
    height_upper interpolation seed transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask width_factor width_lower width_upper
ReLU: max_value negative_slope threshold
RepeatVector: n
Rescaling: backend convert_weight offset scale
Reshape: target_shape
Resizing: antialias backend bounding_box_format convert_weight crop_to_aspect_ratio data_format
    fill_mode fill_value get_random_transformation height height_axis interpolation
    pad_to_aspect_ratio transform_bounding_boxes transform_images transform_labels
    transform_segmentation_masks transform_single_bounding_box transform_single_image
    transform_single_label transform_single_segmentation_mask width width_axis
ReversibleEmbedding: embeddings_constraint embeddings_initializer embeddings_regularizer
    enable_lora input_dim logit_soft_cap lora_alpha lora_enabled lora_rank mask_zero output_dim
    quantization_config reverse_dtype tie_weights variable_serialization_spec | embeddings
STFTSpectrogram: data_format expand_dims fft_length frame_length frame_step mode padding periodic
    scaling window | imag_kernel real_kernel
SeparableConv1D: activation bias_constraint bias_initializer bias_regularizer data_format
    depth_multiplier depthwise_constraint depthwise_initializer depthwise_regularizer dilation_rate
    filters kernel_size padding pointwise_constraint pointwise_initializer pointwise_regularizer
    rank strides use_bias | bias depthwise_kernel pointwise_kernel
SeparableConv2D: activation bias_constraint bias_initializer bias_regularizer data_format
    depth_multiplier depthwise_constraint depthwise_initializer depthwise_regularizer dilation_rate
    filters kernel_size padding pointwise_constraint pointwise_initializer pointwise_regularizer
    rank strides use_bias | bias depthwise_kernel pointwise_kernel
SimpleRNN: activation bias_constraint bias_initializer bias_regularizer cell dropout
    get_initial_state go_backwards inner_loop kernel_constraint kernel_initializer
    kernel_regularizer recurrent_constraint recurrent_dropout recurrent_initializer
    recurrent_regularizer reset_state reset_states return_sequences return_state single_state
    state_size stateful states units unroll use_bias zero_output_for_mask
SimpleRNNCell: activation bias_constraint bias_initializer bias_regularizer dropout
    get_dropout_mask get_initial_state get_recurrent_dropout_mask kernel_constraint
    kernel_initializer kernel_regularizer output_size recurrent_constraint recurrent_dropout
    recurrent_initializer recurrent_regularizer reset_dropout_mask reset_recurrent_dropout_mask
    seed seed_generator state_size units use_bias | bias kernel recurrent_kernel
Softmax: axis
Solarization: addition_factor backend bounding_box_format convert_weight data_format generator
    get_random_transformation seed threshold_factor transform_bounding_boxes transform_images
    transform_labels transform_segmentation_masks transform_single_bounding_box
    transform_single_image transform_single_label transform_single_segmentation_mask value_range
SpatialDropout1D: noise_shape rate seed seed_generator
SpatialDropout2D: data_format noise_shape rate seed seed_generator
SpatialDropout3D: data_format noise_shape rate seed seed_generator
SpectralNormalization: layer normalized_weights power_iterations | kernel kernel_shape vector_u
StackedRNNCells: cells get_initial_state output_size state_size
Subtract:
TimeDistributed: layer
UnitNormalization: axis
UpSampling1D: size
UpSampling2D: data_format interpolation size
UpSampling3D: data_format size
Wrapper: layer
ZeroPadding1D: data_format padding
ZeroPadding2D: data_format padding
ZeroPadding3D: data_format padding
optimizers.: add_optimizer_variables add_variable add_variable_from_reference apply apply_gradients
    assign assign_add assign_sub build built clipnorm clipvalue ema_momentum
    ema_overwrite_frequency exclude_from_weight_decay finalize_variable_values from_config
    get_config global_clipnorm gradient_accumulation_steps iterations learning_rate
    load_own_variables loss_scale_factor name save_own_variables scale_loss set_weights
    stateless_apply update_step use_ema variables weight_decay
optimizers.Adadelta: epsilon rho
optimizers.Adafactor: beta_2_decay clip_threshold epsilon_1 epsilon_2 relative_step
optimizers.Adagrad: epsilon initial_accumulator_value
optimizers.Adam: amsgrad beta_1 beta_2 epsilon
optimizers.AdamW: amsgrad beta_1 beta_2 epsilon
optimizers.Adamax: beta_1 beta_2 epsilon
optimizers.Ftrl: beta initial_accumulator_value l1_regularization_strength
    l2_regularization_strength l2_shrinkage_regularization_strength learning_rate_power
optimizers.Lamb: beta_1 beta_2 epsilon
optimizers.Lion: beta_1 beta_2
optimizers.LossScaleOptimizer: check_finite dynamic_growth_steps initial_scale inner_optimizer
optimizers.Muon: adam_beta_1 adam_beta_2 adam_lr_ratio adam_weight_decay epsilon exclude_embeddings
    exclude_layers lr_adjust momentum muon_a muon_b muon_c nesterov ns_steps rms_rate
    transpose_last_axis zeropower_via_newtonschulz5
optimizers.Nadam: beta_1 beta_2 epsilon
optimizers.RMSprop: centered epsilon momentum rho
optimizers.SGD: momentum nesterov
optimizers.ScheduleFreeAdamW: beta_1 beta_2 epsilon warmup_steps
losses.: call dtype fn from_config get_config name reduction
losses.BinaryCrossentropy: axis from_logits label_smoothing
losses.BinaryFocalCrossentropy: alpha apply_class_balancing axis from_logits gamma label_smoothing
losses.CTC:
losses.CategoricalCrossentropy: axis from_logits label_smoothing
losses.CategoricalFocalCrossentropy: alpha axis from_logits gamma label_smoothing
losses.CategoricalGeneralizedCrossEntropy: q
losses.CategoricalHinge:
losses.Circle: gamma margin remove_diagonal
losses.CosineSimilarity:
losses.Dice: axis
losses.Hinge:
losses.Huber:
losses.KLDivergence:
losses.LogCosh:
losses.MeanAbsoluteError:
losses.MeanAbsolutePercentageError:
losses.MeanSquaredError:
losses.MeanSquaredLogarithmicError:
losses.Poisson:
losses.SparseCategoricalCrossentropy: from_logits ignore_class
losses.SquaredHinge:
losses.Tversky: alpha axis beta
metrics.: add_variable add_weight dtype from_config get_config name reset_state result
    stateless_reset_state stateless_result stateless_update_state update_state variables
metrics.AUC: curve false_negatives false_positives interpolate_pr_auc label_weights multi_label
    num_labels num_thresholds summation_method thresholds true_negatives true_positives
metrics.Accuracy: count total
metrics.BinaryAccuracy: count threshold total
metrics.BinaryCrossentropy: count from_logits label_smoothing total
metrics.BinaryIoU: axis ignore_class num_classes sparse_y_pred sparse_y_true target_class_ids
    threshold total_cm
metrics.CategoricalAccuracy: count total
metrics.CategoricalCrossentropy: axis count from_logits label_smoothing total
metrics.CategoricalHinge: count total
metrics.ConcordanceCorrelation: axis count total
metrics.CosineSimilarity: count total
metrics.F1Score: average axis beta threshold
metrics.FBetaScore: average axis beta threshold
metrics.FalseNegatives: accumulator init_thresholds thresholds
metrics.FalsePositives: accumulator init_thresholds thresholds
metrics.Hinge: count total
metrics.IoU: axis ignore_class num_classes sparse_y_pred sparse_y_true target_class_ids total_cm
metrics.KLDivergence: count total
metrics.LogCoshError: count total
metrics.Mean: count total
metrics.MeanAbsoluteError: count total
metrics.MeanAbsolutePercentageError: count total
metrics.MeanIoU: axis ignore_class num_classes sparse_y_pred sparse_y_true target_class_ids
    total_cm
metrics.MeanMetricWrapper: count total
metrics.MeanSquaredError: count total
metrics.MeanSquaredLogarithmicError: count total
metrics.OneHotIoU: axis ignore_class num_classes sparse_y_pred sparse_y_true target_class_ids
    total_cm
metrics.OneHotMeanIoU: axis ignore_class num_classes sparse_y_pred sparse_y_true target_class_ids
    total_cm
metrics.PearsonCorrelation: axis count total
metrics.Poisson: count total
metrics.Precision: class_id false_positives init_thresholds thresholds top_k true_positives
metrics.PrecisionAtRecall: class_id false_negatives false_positives num_thresholds recall
    thresholds true_negatives true_positives value
metrics.R2Score: class_aggregation num_regressors num_samples
metrics.Recall: class_id false_negatives init_thresholds thresholds top_k true_positives
metrics.RecallAtPrecision: class_id false_negatives false_positives num_thresholds precision
    thresholds true_negatives true_positives value
metrics.RootMeanSquaredError: count total
metrics.SensitivityAtSpecificity: class_id false_negatives false_positives num_thresholds
    specificity thresholds true_negatives true_positives value
metrics.SparseCategoricalAccuracy: count total
metrics.SparseCategoricalCrossentropy: axis count from_logits ignore_class total
metrics.SparseTopKCategoricalAccuracy: count from_sorted_ids k total
metrics.SpecificityAtSensitivity: class_id false_negatives false_positives num_thresholds
    sensitivity thresholds true_negatives true_positives value
metrics.SquaredHinge: count total
metrics.Sum: total
metrics.TopKCategoricalAccuracy: count k total
metrics.TrueNegatives: accumulator init_thresholds thresholds
metrics.TruePositives: accumulator init_thresholds thresholds
callbacks.: on_batch_begin on_batch_end on_epoch_begin on_epoch_end on_predict_batch_begin
    on_predict_batch_end on_predict_begin on_predict_end on_test_batch_begin on_test_batch_end
    on_test_begin on_test_end on_train_batch_begin on_train_batch_end on_train_begin on_train_end
    params set_model set_params
callbacks.BackupAndRestore: backup_dir delete_checkpoint double_checkpoint model save_freq
callbacks.CSVLogger: append append_header csv_file filename keys model sep writer
callbacks.CallbackList: callbacks | model
callbacks.EarlyStopping: baseline best best_weights get_monitor_value min_delta mode model monitor
    monitor_op patience restore_best_weights start_from_epoch stopped_epoch verbose wait
callbacks.History: history model
callbacks.LambdaCallback: model
callbacks.LearningRateScheduler: model schedule verbose
callbacks.ModelCheckpoint: best filepath min_delta mode model monitor monitor_op save_best_only
    save_freq save_weights_only verbose
callbacks.ProgbarLogger: epochs model progbar seen target verbose
callbacks.ReduceLROnPlateau: best cooldown cooldown_counter factor in_cooldown min_delta min_lr
    mode model monitor monitor_op patience verbose wait
callbacks.RemoteMonitor: field headers model path root send_as_json
callbacks.SwapEMAWeights: model swap_on_epoch
callbacks.TensorBoard: embeddings_freq embeddings_metadata histogram_freq log_dir model update_freq
    write_graph write_images write_steps_per_second | summary
callbacks.TerminateOnNaN: model raise_error
initializers.: clone from_config get_config
initializers.Constant: value
initializers.GlorotNormal: distribution input_axes mode output_axes scale seed
initializers.GlorotUniform: distribution input_axes mode output_axes scale seed
initializers.HeNormal: distribution input_axes mode output_axes scale seed
initializers.HeUniform: distribution input_axes mode output_axes scale seed
initializers.Identity: gain
initializers.LecunNormal: distribution input_axes mode output_axes scale seed
initializers.LecunUniform: distribution input_axes mode output_axes scale seed
initializers.Ones:
initializers.Orthogonal: gain seed
initializers.RandomNormal: mean seed stddev
initializers.RandomUniform: maxval minval seed
initializers.STFT: periodic scaling side window
initializers.TruncatedNormal: mean seed stddev
initializers.VarianceScaling: distribution input_axes mode output_axes scale seed
initializers.Zeros:
regularizers.: from_config get_config
regularizers.L1: l1
regularizers.L1L2: l1 l2
regularizers.L2: l2
regularizers.OrthogonalRegularizer: factor mode
"""
_MAY = "|"
WITH_SPECIAL_METHODS = ("KerasTensor", "Variable")  # whose special methods are listed, too

Names = tuple[frozenset[str], frozenset[str]]


def base_of(class_name: str) -> str | None:
    """The line of the table whose names objects of a class have, too; None if there is none."""
    module, dot, name = class_name.partition(".")
    if dot:
        return f"{module}." if name else None
    return None if class_name in ("Layer", "KerasTensor", "Variable") else "Layer"


def _read() -> dict[str, Names]:
    found: dict[str, Names] = {}
    for line in _TEXT.replace("\n    ", " ").strip().splitlines():
        class_name, _, words = line.partition(":")
        always, _, perhaps = words.partition(_MAY)
        names = frozenset(always.split())
        base = found.get(base_of(class_name) or "", (frozenset(), frozenset()))
        found[class_name] = names | base[0], names | frozenset(perhaps.split()) | base[1]
    return found


_KNOWN = _read()


def has(class_name: str, name: str) -> bool:
    """Whether every object of a class of Keras has an attribute."""
    return class_name in _KNOWN and name in _KNOWN[class_name][0]


def may_have(class_name: str, name: str) -> bool:
    """Whether only some objects of a class of Keras have an attribute, such as built layers."""
    return class_name in _KNOWN and name in _KNOWN[class_name][1] - _KNOWN[class_name][0]


def lacks(class_name: str, name: str) -> bool:
    """Whether no object of a class of Keras has an attribute; False for a private one."""
    is_special = name.startswith("__") and class_name in WITH_SPECIAL_METHODS
    is_listed = class_name in _KNOWN and (is_special or not name.startswith("_"))
    return is_listed and name not in _KNOWN[class_name][1]
