"""Names of attributes that objects of Keras have, of which the values are not followed."""

from __future__ import annotations

_OF_LAYERS = frozenset({
    "activity_regularizer", "compute_dtype", "count_params", "dtype", "dtype_policy",
    "from_config", "get_config", "input_spec", "supports_masking", "variable_dtype",
})  # fmt: skip
_OF_LAYERS_IN_KERAS_3 = frozenset({
    "build_from_config", "compute_output_spec", "get_build_config", "input_dtype",
    "load_own_variables", "metrics_variables", "path", "quantization_mode", "save_own_variables",
    "stateless_call", "supports_jit", "symbolic_call",
})  # fmt: skip
_OF_MODELS = frozenset({
    "built", "compute_loss", "compute_metrics", "get_compile_config", "get_metrics_result", "loss",
    "make_test_function", "make_train_function", "metrics_names", "predict_function",
    "predict_step", "reset_metrics", "run_eagerly", "test_function", "test_step",
    "train_function", "train_step",
})  # fmt: skip
_OF_MODELS_IN_KERAS_3 = frozenset({
    "compiled", "get_state_tree", "jit_compile", "set_state_tree", "stateless_compute_loss",
    "steps_per_execution",
})  # fmt: skip
_OF_VARIABLES = frozenset({
    "aggregation", "assign", "assign_add", "assign_sub", "constraint", "name", "synchronization",
    "trainable",
})  # fmt: skip
_OF_VARIABLES_IN_KERAS_3 = frozenset({"overwrite_with_gradient", "path", "regularizer"})


def of_layers(*, is_model: bool, is_keras_2: bool) -> frozenset[str]:
    """The names of all layers, or of all models, in Keras 2 or 3."""
    names = _OF_LAYERS if is_keras_2 else _OF_LAYERS | _OF_LAYERS_IN_KERAS_3
    if not is_model:
        return names
    return names | (_OF_MODELS if is_keras_2 else _OF_MODELS | _OF_MODELS_IN_KERAS_3)


def of_variables(*, is_keras_2: bool) -> frozenset[str]:
    """The names of all weights, in Keras 2 or 3."""
    return _OF_VARIABLES if is_keras_2 else _OF_VARIABLES | _OF_VARIABLES_IN_KERAS_3
