"""Names of attributes that objects of Keras have or lack, as `hasattr` finds them."""

from __future__ import annotations

from typing import Any

from lstmcount.layers import registry
from lstmcount.programs.language.run import MISSING
from lstmcount.programs.libraries.keras.values.layer_classes import RECURRENT, KerasObject
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor
from lstmcount.shapes import Unknown

_OF_LAYERS = frozenset({
    "activity_regularizer", "add_weight", "compute_dtype", "count_params", "dtype", "dtype_policy",
    "from_config", "get_config", "input_spec", "supports_masking", "variable_dtype",
})  # fmt: skip
_OF_LAYERS_IN_KERAS_3 = frozenset({
    "build_from_config", "call_signature_parameters", "compute_output_spec", "get_build_config",
    "input_dtype", "load_own_variables", "metrics_variables", "path", "quantization_mode",
    "quantized_build", "quantized_call", "rematerialized_call", "save_own_variables",
    "stateless_call", "supports_jit", "symbolic_call",
})  # fmt: skip
_OF_MODELS = frozenset({
    "built", "compute_loss", "compute_metrics", "get_compile_config", "get_metrics_result", "loss",
    "make_test_function", "make_train_function", "metrics_names", "predict_function",
    "predict_step", "reset_metrics", "run_eagerly", "test_function", "test_step",
    "train_function", "train_step",
})  # fmt: skip
_OF_MODELS_IN_KERAS_3 = frozenset({
    "compile_from_config", "compiled", "get_quantization_layer_structure", "get_state_tree",
    "jit_compile", "set_state_tree", "stateless_compute_loss", "steps_per_execution",
})  # fmt: skip
_ONLY_OF_MODELS = frozenset({
    "compile", "evaluate", "export", "fit", "get_layer", "layers", "load_weights",
    "make_predict_function", "predict", "predict_on_batch", "save", "save_weights", "summary",
    "test_on_batch", "to_json", "train_on_batch",
})  # fmt: skip
_ONLY_OF_GRAPHS = frozenset({"inputs", "outputs", "input_shape", "output_shape"})
_OF_LAYERS_IN_KERAS_2 = ("input_shape", "output_shape")
_OF_KERAS_2 = (  # of all layers there, and of none in Keras 3
    "_trainable_weights", "_non_trainable_weights", "_self_tracked_trackables",
)  # fmt: skip
_COMPUTING = ("__getattr__", "__getattribute__")
_OF_CALLS = ("input", "output")  # of layers that were called
_OF_FUNCTIONAL = ("operations", "output_names")
_RECURRENT = ("RNN", *RECURRENT)
_CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells")
_CONVOLUTIONS = tuple([
    f"{kind}{rank}D"
    for kind, ranks in {
        "Conv": "123", "DepthwiseConv": "12", "SeparableConv": "12",
    }.items()
    for rank in ranks
])  # fmt: skip
_WITH_LORA = ("Dense", "EinsumDense", "Embedding", "Conv1D", "Conv2D", "Conv3D")
_LOOKUPS = ("StringLookup", "IntegerLookup", "TextVectorization")
# Names by the classes of Keras that alone have them, in Keras 3.
_OF_CLASSES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("inner_loop", "single_state"), _RECURRENT),
    **dict.fromkeys(("get_initial_state", "state_size"), (*_RECURRENT, *_CELLS)),
    **dict.fromkeys(("reset_state", "reset_states", "states"), (*_RECURRENT, "Bidirectional")),
    **dict.fromkeys(("return_sequences", "return_state", "stateful"),
                    (*_RECURRENT, "Bidirectional")),
    **dict.fromkeys(("lora_alpha", "lora_enabled", "lora_rank"), _WITH_LORA),
    **dict.fromkeys(("get_vocabulary", "set_vocabulary", "vocabulary_size"), _LOOKUPS),
    "adapt": (*_LOOKUPS, "Normalization", "Discretization"),
    "rank": _CONVOLUTIONS,
    "output_size": _CELLS,
    "cell": _RECURRENT,
    "layer": ("TimeDistributed", "SpectralNormalization", "Wrapper"),
    "add": ("Sequential",),
    "pop": ("Sequential",),
}  # fmt: skip
# Arguments and other names that layers of a class lack as attributes, in Keras 3.
_LACKED = {
    **dict.fromkeys(("TimeDistributed", "Bidirectional"), frozenset({"bias", "kernel"})),
    **dict.fromkeys(_RECURRENT, frozenset({
        "bias", "implementation", "kernel", "recurrent_kernel", "seed",
    })),
    **dict.fromkeys(("EinsumDense", "Lambda"), frozenset({"output_shape"})),
    "MultiHeadAttention": frozenset({
        "bias_constraint", "bias_initializer", "bias_regularizer", "flash_attention",
        "kernel_constraint", "kernel_initializer", "kernel_regularizer", "output_shape",
    }),
    "GroupedQueryAttention": frozenset({"flash_attention"}),
    "Normalization": frozenset({"variance"}),
}  # fmt: skip


def always_has(class_name: str, name: str) -> bool:
    """Whether objects of a class of Keras 3 always have an attribute."""
    from lstmcount.programs.libraries.keras.values import known_attributes  # a large table

    return known_attributes.has(class_name, name)


def never_has(class_name: str, name: str) -> bool:
    """Whether objects of a class of Keras 3 never have an attribute."""
    from lstmcount.programs.libraries.keras.values import known_attributes

    return known_attributes.lacks(class_name, name)


def class_of(value: Any) -> str:
    """The class under which the table of known attributes lists an object that is no layer."""
    if isinstance(value, KerasObject):
        return f"{value.kind}.{value.class_name}"
    return "KerasTensor" if isinstance(value, SymbolicTensor) else "Variable"


def is_of_some(layer: LayerObject, name: str) -> bool:
    """Whether only some layers of its class in Keras 3 have an attribute: built ones, mostly."""
    from lstmcount.programs.libraries.keras.values import known_attributes

    is_plain = layer.is_known and not isinstance(layer, ModelObject)
    return is_plain and known_attributes.may_have(layer.class_name, name)


def has(layer: LayerObject, name: str, *, is_keras_2: bool) -> bool:
    """Whether a layer or model surely has an attribute, which may not be followed."""
    names = _OF_LAYERS if is_keras_2 else _OF_LAYERS | _OF_LAYERS_IN_KERAS_3
    if _is_model(layer):
        names |= _OF_MODELS if is_keras_2 else _OF_MODELS | _OF_MODELS_IN_KERAS_3
    if name in names or is_keras_2:
        return name in names
    if layer.is_known and always_has(_known_class(layer), name):
        return True
    if isinstance(layer, ModelObject) and _is_graph(layer):
        return name in _OF_FUNCTIONAL and not layer.is_sequential
    registered = registry.find(class_name := _class_of(layer))
    is_argument = registered is not None and name in registered.__struct_encode_fields__
    return (is_argument or class_name in _OF_CLASSES.get(name, ())) and layer.is_known


def lacks(layer: LayerObject, name: str, *, is_keras_2: bool) -> bool:
    """Whether a layer or model surely lacks an attribute, which the reader may follow elsewhere."""
    own = isinstance(layer, Custom) and layer.cls.find(name) is not MISSING
    if own or name in layer.attributes or not layer.is_known:
        return False
    if name in _ONLY_OF_MODELS and not _is_model(layer):
        return _class_of(layer) != "Pipeline"
    if name in _ONLY_OF_GRAPHS and not _is_graph(layer):
        return not is_keras_2 or name not in _OF_LAYERS_IN_KERAS_2
    is_sequential = isinstance(layer, ModelObject) and layer.is_sequential and not layer.holders
    has_ends = _is_graph(layer) and (is_keras_2 or not is_sequential)
    if name in _OF_CALLS and not (layer.calls or has_ends):
        return layer.class_name != "InputLayer"
    if is_keras_2:
        return False
    class_name = _class_of(layer)
    is_of_others = name in _OF_CLASSES and class_name not in _OF_CLASSES[name]
    if not is_of_others and not _may_get(layer, name):
        is_of_others = name in _OF_KERAS_2 or never_has(_known_class(layer), name)
    return is_of_others or name in _LACKED.get(class_name, ())


def _may_get(layer: LayerObject, name: str) -> bool:
    """Whether a class of the program, or one that is not known, may give it the attribute."""
    cls = layer.cls if isinstance(layer, Custom) else None
    is_open = cls is not None and any(isinstance(base, Unknown) for base in cls.ancestry())
    is_computed = cls is not None and any(cls.find(way) for way in _COMPUTING)
    return is_open or is_computed


def _known_class(layer: LayerObject) -> str:
    """The class under which the table of known attributes lists a layer or model."""
    if isinstance(layer, ModelObject) and _is_graph(layer):
        is_sequential = _class_of(layer) == "Sequential"
        return "Sequential" if is_sequential else "Functional"
    return _class_of(layer)


def _is_model(layer: LayerObject) -> bool:
    return isinstance(layer, ModelObject) and not (isinstance(layer, Custom) and layer.is_layer)


def _is_graph(layer: LayerObject) -> bool:
    """Whether it is a Sequential or Functional model, which has inputs and outputs."""
    is_graph = not isinstance(layer, Custom) or layer.is_graph or layer.is_sequential
    return isinstance(layer, ModelObject) and is_graph


def _class_of(layer: LayerObject) -> str:
    """The name of the class of Keras that a layer has, or from which its class derives."""
    return layer.base.class_name if isinstance(layer, Custom) else layer.class_name
