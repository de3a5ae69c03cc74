"""The kinds of classes that a serialised model names."""

from __future__ import annotations

from typing import Any, NamedTuple

from lstmcount.config import Declaration
from lstmcount.layers import registry
from lstmcount.layers.custom.known import CustomLayers
from lstmcount.layers.ops.registry import ELEMENTWISE, LEGACY, is_known
from lstmcount.readers.keras.custom_class_detection import is_other
from lstmcount.readers.keras.legacy import BATCH_NORMALIZATIONS

_OWN_PACKAGES = ("keras.", "tf_keras.", "tensorflow.", "keras")
_OPERATIONS = ("keras.src.ops", "keras.ops")


class Kind(NamedTuple):
    """The kind of an entry's class."""

    is_operation: bool
    is_opaque: bool  # only the file can tell its output shapes
    is_plain: bool = False  # a Keras 3 layer without layers among its arguments
    is_foreign: bool = False
    declared: Declaration | None = None
    registered: str | None = None  # the name of a custom class


class Kinds:
    """The classes of one file."""

    def __init__(self, is_todays: bool, custom: CustomLayers) -> None:
        self.is_todays = is_todays  # written by Keras 3
        self.custom = custom
        self.known: dict[Any, Kind] = {}  # by class, module and registered name

    def of(self, entry: dict[str, Any], class_name: str, arguments: dict[str, Any]) -> Kind:
        """The kind of an entry; cached by class if the file names modules."""
        module, registered = entry.get("module"), entry.get("registered_name")
        kind = self._found(entry, class_name, arguments)
        if isinstance(module, str) and isinstance(registered, str | None):
            self.known[class_name, module, registered] = kind
        return kind

    def _found(self, entry: dict[str, Any], class_name: str, arguments: dict[str, Any]) -> Kind:
        """The kind of the class that an entry names, by its module, its name and its arguments."""
        module = entry.get("module")
        if (
            class_name in LEGACY
            or (isinstance(module, str) and module.startswith(_OPERATIONS))
            or ("module" not in entry and _is_operation(entry, class_name))
        ):
            return Kind(is_operation=True, is_opaque=class_name not in ELEMENTWISE)
        is_foreign = _is_foreign(entry, class_name)
        if "module" not in entry and is_other(class_name, arguments):
            is_foreign = True
        cls = None if is_foreign else registry.find(class_name)
        registered = registered_name(entry) if cls is None else None
        return Kind(
            is_operation=False,
            is_opaque=cls is None or class_name == "Lambda",
            is_plain=self.is_todays
            and cls is not None
            and not cls.layer_arguments
            and class_name not in BATCH_NORMALIZATIONS,
            is_foreign=is_foreign,
            declared=None if registered is None else self.custom.find(registered),
            registered=registered,
        )


def registered_name(entry: dict[str, Any]) -> str:
    """`package>Class`, or the class if there is no package."""
    registered = entry.get("registered_name")
    if isinstance(registered, str) and ">" in registered:
        return registered
    name: str = entry["class_name"]
    return name


def _is_operation(entry: dict[str, Any], class_name: str) -> bool:
    """Whether a node is an operation, in an HDF5 file of Keras 3, which names no modules.

    >>> node = {"config": {"name": "add"}, "inbound_nodes": [{"args": [], "kwargs": {}}]}
    >>> _is_operation(node, "Add"), _is_operation({"config": {"trainable": True}}, "Add")
    (True, False)
    """
    config, nodes = entry.get("config"), entry.get("inbound_nodes")
    if not isinstance(config, dict) or "trainable" in config or not isinstance(nodes, list):
        return False
    return bool(nodes) and type(nodes[0]) is dict and "args" in nodes[0] and is_known(class_name)


def _is_foreign(entry: dict[str, Any], class_name: str) -> bool:
    """Whether a class is certainly not Keras's own, whatever its name.

    >>> _is_foreign({"module": None, "registered_name": "my>Attention"}, "Attention")
    True
    >>> _is_foreign({}, "my>Attention"), _is_foreign({"module": "keras.layers"}, "Attention")
    (True, False)
    """
    if "module" not in entry:
        return ">" in class_name
    module = entry["module"]
    return not (isinstance(module, str) and module.startswith(_OWN_PACKAGES))
