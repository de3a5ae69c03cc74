"""The variables of a built Keras optimizer, besides the model's own.

Source: Keras 3's `optimizers/*.py`, each optimizer's `build`. Integers are int32, as on JAX and
PyTorch; on TensorFlow they are int64.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lstmcount.errors import LstmcountError, did_you_mean_or_known
from lstmcount.summary import Summary, Weight

Variable = tuple[str, Weight]  # the path within the model (lstm/kernel), and the variable
Arguments = Mapping[str, Any]

# Variables that float8 layers overwrite with their gradient have no slots.
_OVERWRITTEN = re.compile(r"(inputs|kernel|outputs_grad)_(scale|amax_history)$")

# Slots of the size of each trainable variable: one group after the other, a group's side by side.
SLOTS: dict[str, Callable[[Arguments], list[tuple[str, ...]]]] = {
    "Adadelta": lambda _: [("accumulated_grad", "accumulated_delta_var")],
    "Adafactor": lambda _: [],
    "Adagrad": lambda _: [("accumulator",)],
    "Adam": lambda arguments: [
        ("momentum", "velocity"),
        *([("velocity_hat",)] if arguments.get("amsgrad") else []),
    ],
    "AdamW": lambda arguments: SLOTS["Adam"](arguments),
    "Adamax": lambda _: [("momentum", "norm")],
    "Ftrl": lambda _: [("accumulator", "linear")],
    "Lamb": lambda _: [("momentum", "velocity")],
    "Lion": lambda _: [("momentum",)],
    "Muon": lambda _: [],
    "Nadam": lambda _: [("momentum", "velocity")],
    "RMSprop": lambda arguments: [
        ("velocity",),
        *([("momentum",)] if _is_positive(arguments.get("momentum")) else []),
        *([("average_gradient",)] if arguments.get("centered") else []),
    ],
    "SGD": lambda arguments: [("momentum",)] if arguments.get("momentum") else [],
    "ScheduleFreeAdamW": lambda _: [("momentum", "velocity")],
}
_ADAM = ("learning_rate", "beta_1", "beta_2", "epsilon")
# Positional arguments, as far as all versions of Keras have them in the same order.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "Adadelta": ("learning_rate", "rho", "epsilon"),
    "Adafactor": ("learning_rate", "beta_2_decay", "epsilon_1", "epsilon_2"),
    "Adagrad": ("learning_rate",),
    "Adam": _ADAM,
    "AdamW": ("learning_rate", "weight_decay", *_ADAM[1:]),
    "Adamax": _ADAM,
    "Ftrl": ("learning_rate", "learning_rate_power", "initial_accumulator_value"),
    "Lamb": _ADAM,
    "Lion": ("learning_rate", "beta_1", "beta_2"),
    "LossScaleOptimizer": ("inner_optimizer",),
    "Muon": ("learning_rate", "adam_beta_1", "adam_beta_2", "adam_weight_decay", "epsilon"),
    "Nadam": _ADAM,
    "RMSprop": ("learning_rate", "rho"),
    "SGD": ("learning_rate", "momentum"),
    "ScheduleFreeAdamW": (*_ADAM, "warmup_steps"),
}
MAX_PATTERN = 1_000  # letters
MAX_PATTERNS = 100
WRAPPERS = ("LossScaleOptimizer", "MultiOptimizer")
NAMES = (*SLOTS, *WRAPPERS)
_BY_LOWER = {name.lower(): name for name in NAMES}


class _UnclearError(Exception):
    """Arguments from which the variables cannot be determined."""


def trainable_variables(summary: Summary) -> list[Variable]:
    """The model's trainable variables with their paths, each once, in Keras's order."""
    return list(trainable_parts(summary).values())


def trainable_parts(summary: Summary) -> dict[int, Variable]:
    """The trainable variables by the id of their weight; of unknown size if that may not train."""
    prefix = f"{summary.name}/" if summary.class_name == "Sequential" else ""
    paths: dict[int, str] = {}
    for layer in summary.walk():  # of what is inside a model, the layer's own path stands
        start = f"{layer.name}/" if layer.depth else f"{prefix}{layer.name}/"
        paths.update({id(weight): f"{start}{name}" for name, weight in layer.named_weights})
    return {
        id(weight): (paths[id(weight)], part)
        for layer in summary.layers
        for weight in (layer.weights if summary.trainable else ())
        if (part := weight.part(trainable=True)) is not None
    }


def optimizer_variables(optimizer: Any, variables: Sequence[Variable]) -> list[Weight] | None:
    """The variables of a built `optimizer` (a name, or as Keras serialises it).

    None for an optimizer that is not Keras's own, and for one whose arguments are unclear.
    Adam: two slots for each variable, and two
    scalars, the iteration and the learning rate.

    >>> kernel = Weight("kernel", (4, 3))
    >>> [w.shape for w in optimizer_variables("adam", [("dense/kernel", kernel)])]
    [(), (), (4, 3), (4, 3)]
    """
    name, arguments = parse(optimizer)
    if name not in NAMES:
        return None
    try:
        return list(_variables(name, arguments, variables))
    except (_UnclearError, re.error):
        return None


def parse(optimizer: Any) -> tuple[str, Arguments]:
    """The class name and arguments of an optimizer, in any notation of files or users.

    >>> parse("rmsprop")
    ('RMSprop', {})
    >>> parse({"class_name": "Adam", "config": {"amsgrad": True}})
    ('Adam', {'amsgrad': True})
    """
    if isinstance(optimizer, str):
        return _BY_LOWER.get(optimizer.lower(), optimizer), {}
    if not isinstance(optimizer, dict):
        return "", {}
    name = str(of_keras(optimizer).get("class_name"))
    config = optimizer.get("config")
    return _BY_LOWER.get(name.lower(), name), config if isinstance(config, dict) else {}


def of_keras(optimizer: Any) -> Any:
    """The optimizer as Keras writes it; TensorFlow 2.11 to 2.15 wrote its own like custom ones.

    >>> of_keras({"class_name": "Custom>Adam", "config": {}})
    {'class_name': 'Adam', 'config': {}}
    """
    name = str(optimizer.get("class_name")) if isinstance(optimizer, dict) else ""
    package, _, own = name.rpartition(">")
    return {**optimizer, "class_name": own} if package == "Custom" and own in SLOTS else optimizer


def known(name: str) -> str:
    """Keras's spelling of an optimizer's name. Raises `LstmcountError` for an unknown one."""
    spelling = _BY_LOWER.get(name.lower())
    if spelling is None or spelling in WRAPPERS:
        hint = did_you_mean_or_known(name, SLOTS)
        raise LstmcountError(f"unknown optimizer {name!r}.{hint}")
    return spelling


def _variables(
    name: str, arguments: Arguments, variables: Sequence[Variable], assigned: bool = True
) -> Iterator[Weight]:
    yield _scalar("iteration", "int32")
    if name in WRAPPERS or not isinstance(arguments.get("learning_rate"), dict):
        yield _scalar("learning_rate")  # a schedule has no variable
    if name == "LossScaleOptimizer":
        yield from _of_loss_scale(arguments, variables)
    elif name == "MultiOptimizer":
        yield from _divided(arguments, variables)
    else:
        yield from _of_optimizer(name, arguments, variables, assigned)


def _of_loss_scale(arguments: Arguments, variables: Sequence[Variable]) -> Iterator[Weight]:
    yield _scalar("step_counter", "int32")
    yield _scalar("dynamic_scale")
    inner = parse(arguments.get("inner_optimizer"))
    if inner[0] in NAMES:
        # Keras tracks nothing by assignment while the wrapper builds what it wraps.
        yield from _variables(*inner, variables, assigned=False)


def _of_optimizer(
    name: str, arguments: Arguments, variables: Sequence[Variable], assigned: bool
) -> Iterator[Weight]:
    """The variables of an optimizer that wraps no other, without its learning rate."""
    with_slots = [(path, w) for path, w in variables if not _OVERWRITTEN.search(w.name)]
    if arguments.get("use_ema"):
        yield from _slots(with_slots, ("average",))
    if arguments.get("gradient_accumulation_steps"):
        yield from _slots(variables, ("gradient_accumulator",))
    for names in SLOTS[name](arguments):
        yield from _slots(with_slots, names)
    if name == "Nadam" and assigned:
        yield _scalar("u_product", variables[0][1].dtype if variables else "float32")
    elif name == "Adafactor":
        yield from _factored(variables, assigned)
    elif name == "Muon":
        excluded = _patterns(arguments.get("exclude_layers"))
        for path, weight in with_slots:
            adam = _is_adams(path, weight, arguments, excluded)
            yield from _slots([(path, weight)], ("momentum", "velocity") if adam else ("momentum",))


def _scalar(name: str, dtype: str = "float32") -> Weight:
    return Weight(name, (), dtype, trainable=False)


def _slots(variables: Sequence[Variable], names: tuple[str, ...]) -> Iterator[Weight]:
    for path, weight in variables:
        for name in names:
            slot = f"{path.replace('/', '_')}_{name}"
            yield Weight(slot, weight.shape, weight.dtype, trainable=False)


def _factored(variables: Sequence[Variable], placeholders: bool) -> Iterator[Weight]:
    """Adafactor stores row and column means for matrices, and placeholders for vectors."""
    for path, weight in variables:
        overwritten = _OVERWRITTEN.search(weight.name)
        if len(weight.shape) < 2 and placeholders:
            yield _scalar(f"{path}_r", "int32")
            yield _scalar(f"{path}_c", "int32")
        elif len(weight.shape) >= 2 and not overwritten:
            *rest, rows, columns = weight.shape
            yield Weight(f"{path}_r", (*rest, rows), weight.dtype, trainable=False)
            yield Weight(f"{path}_c", (*rest, columns), weight.dtype, trainable=False)
        if not overwritten:
            yield from _slots([(path, weight)], ("velocity",))


def _is_adams(
    path: str, weight: Weight, arguments: Arguments, excluded: Sequence[re.Pattern[str]]
) -> bool:
    """Whether Muon leaves a variable to Adam: vectors, embeddings and excluded layers."""
    if len(weight.shape) != 2:
        return True
    if arguments.get("exclude_embeddings", True) and "embedding" in path.lower():
        return True
    return any(pattern.search(path) for pattern in excluded)


def _patterns(texts: Any) -> list[re.Pattern[str]]:
    """The patterns in the file. Raises an error if one is invalid or might not terminate."""
    if not texts:
        return []
    if not isinstance(texts, list | tuple) or len(texts) > MAX_PATTERNS:
        raise _UnclearError(f"expected a list of at most {MAX_PATTERNS} patterns")
    for pattern in texts:
        if not isinstance(pattern, str) or len(pattern) > MAX_PATTERN or not _is_quick(pattern):
            raise _UnclearError("expected a pattern that is quick to match")
    return [re.compile(pattern) for pattern in texts]


def _is_quick(pattern: str) -> bool:
    """Whether little is tried before it is known not to match: one repetition and one group.

    >>> _is_quick(".*dense.*"), _is_quick("^(dense|conv)_[0-9]+/"), _is_quick("(a*)*b")
    (True, True, False)
    """
    middle = pattern.removeprefix(".*").removesuffix(".*")
    repetitions = len(re.findall(r"[*+?{]", pattern if pattern == middle else middle))
    allowed = 1 if pattern == middle else 0
    is_group_repeated = re.search(r"\)[*+?{]", pattern) is not None
    return repetitions <= allowed and pattern.count("(") <= 1 and not is_group_repeated


def _is_positive(number: Any) -> bool:
    if not isinstance(number, int | float | None):
        raise _UnclearError(f"expected a number, got {number!r}")
    return (number or 0) > 0


def _divided(arguments: Arguments, variables: Sequence[Variable]) -> Iterator[Weight]:
    """Assign each variable to the optimizer whose pattern matches its path, or to the default."""
    mapping = parse(arguments.get("optimizer_map"))[1]
    written = mapping.get("optimizer_map")
    patterns: dict[str, Any] = written if isinstance(written, dict) else {}
    compiled = _patterns(list(patterns))
    optimizers = [*patterns.values(), mapping.get("default_optimizer")]
    mine: list[list[Variable]] = [[] for _ in optimizers]
    for path, weight in variables:
        exact = [i for i, pattern in enumerate(patterns) if pattern == path]
        matching = [i for i, pattern in enumerate(compiled) if pattern.fullmatch(path)]
        mine[(exact or matching or [-1])[0]].append((path, weight))
    for optimizer, own in zip(optimizers, mine, strict=True):
        name, inner_arguments = parse(optimizer)
        if name in NAMES and own:
            yield from _variables(name, inner_arguments, own)
        elif name in NAMES:  # this optimizer is never built
            yield from list(_variables(name, {**inner_arguments, "use_ema": False}, own))[:2]


def unknown_optimizer(words: str) -> dict[str, Any]:
    """An optimizer that depends on what a program does not tell, in its words."""
    return {"class_name": None, "depends_on": words}


def kind_of(training: dict[str, Any] | None) -> Any:
    """What is the same for optimizers with as many variables.

    >>> slow = {"class_name": "SGD", "config": {"learning_rate": 0.001}}
    >>> kind_of({"optimizer": slow}) == kind_of({"optimizer": "sgd"})
    True
    """
    optimizer = own_optimizer(training)
    variables = optimizer_variables(optimizer, [("dense/kernel", Weight("kernel", (2, 3)))])
    return optimizer if variables is None else [weight.shape for weight in variables]


def why_unclear(optimizer: Any) -> str:
    """Why the variables of an optimizer cannot be counted.

    >>> why_unclear(unknown_optimizer("args.optimizer"))
    'the optimizer depends on `args.optimizer`, which is not known; take one: --optimizer adam'
    """
    words = optimizer.get("depends_on") if isinstance(optimizer, dict) else None
    if words is not None:
        why = f"the optimizer depends on `{words}`, which is not known"
        return f"{why}; take one: --optimizer adam"
    return f"unknown optimizer {shown(optimizer)!r}: its variables cannot be counted"


def shown(optimizer: Any) -> str:
    """
    >>> shown({"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": "adam"}})
    'LossScaleOptimizer(Adam)'
    """
    name, arguments = parse(optimizer)
    inner = arguments.get("inner_optimizer")
    return f"{name}({shown(inner)})" if inner else name


def own_optimizer(training: dict[str, Any] | None) -> Any:
    """The optimizer with which the model in the file was compiled, else adam.

    >>> own_optimizer(None), own_optimizer({"loss": "mse"})  # the default of `compile`
    ('adam', 'rmsprop')
    """
    compiled = training or {}
    default = "rmsprop" if compiled else "adam"
    return compiled.get("optimizer") or compiled.get("optimizer_config") or default
