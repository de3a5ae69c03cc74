"""Optimizer variables: the table of counts, and live against Keras's own built optimizers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.graph.inference import infer
from lstmcount.optimizers import SLOTS, known, optimizer_variables, parse, trainable_variables
from lstmcount.readers.files.hdf5 import model_of
from lstmcount.summary import Weight
from tests.article import ARTICLE

MODEL = summarize(ARTICLE)
P = 203_459


def count(optimizer: Any) -> int:
    found = optimizer_variables(optimizer, trainable_variables(MODEL))
    assert found is not None
    return sum(weight.count for weight in found)


@pytest.mark.parametrize(
    ("optimizer", "variables"),
    [
        ("sgd", 2),
        ({"class_name": "SGD", "config": {"momentum": 0.9}}, P + 2),
        ("adam", 2 * P + 2),
        ("AdamW", 2 * P + 2),
        ("adamax", 2 * P + 2),
        ("lamb", 2 * P + 2),
        ("ScheduleFreeAdamW", 2 * P + 2),
        ({"class_name": "Adam", "config": {"amsgrad": True}}, 3 * P + 2),
        ("nadam", 2 * P + 3),
        ("rmsprop", P + 2),
        ({"class_name": "RMSprop", "config": {"momentum": 0.9}}, 2 * P + 2),
        ({"class_name": "RMSprop", "config": {"centered": True}}, 2 * P + 2),
        ({"class_name": "RMSprop", "config": {"momentum": 0.9, "centered": True}}, 3 * P + 2),
        ("adagrad", P + 2),
        ("adadelta", 2 * P + 2),
        ("ftrl", 2 * P + 2),
        ("lion", P + 2),
        ({"class_name": "Adam", "config": {"use_ema": True}}, 3 * P + 2),
        ({"class_name": "Adam", "config": {"gradient_accumulation_steps": 4}}, 3 * P + 2),
        ({"class_name": "Adam", "config": {"learning_rate": {"class_name": "Any"}}}, 2 * P + 1),
        (
            {
                "class_name": "LossScaleOptimizer",
                "config": {"inner_optimizer": {"class_name": "Adam", "config": {}}},
            },
            2 * P + 6,
        ),
    ],
    ids=str,
)
def test_an_optimizer_has_its_variables(optimizer: Any, variables: int) -> None:
    assert MODEL.total_params == P
    assert count(optimizer) == variables


def test_muon_leaves_other_weights_than_matrices_to_adam() -> None:
    variables = [
        ("embedding/embeddings", Weight("embeddings", (10, 4))),
        ("dense/kernel", Weight("kernel", (4, 3))),
        ("dense/bias", Weight("bias", (3,))),
    ]
    found = optimizer_variables("muon", variables)
    assert found is not None
    assert sum(w.count for w in found) == 2 + 2 * 40 + 12 + 2 * 3


@pytest.mark.parametrize(
    ("training", "variables"),
    [
        ({"optimizer": "sgd", "loss": "mse"}, 2),
        ({"loss": "mse"}, 8 + 2),  # of RMSprop, the default: Keras loses it by saving HDF5 first
        ({"optimizer": None, "loss": "mse"}, None),
        ({}, None),
    ],
    ids=str,
)
def test_of_a_file(training: dict[str, Any], variables: int | None) -> None:
    dense = {"class_name": "Dense", "config": {"units": 2}}
    config = {"layers": [dense], "build_input_shape": [None, 3]}
    source = {"module": "keras", "class_name": "Sequential", "config": config}
    found = summarize(source | {"compile_config": training}).optimizer
    assert (None if found is None else sum(w.count for w in found)) == variables


def test_muon_leaves_layers_inside_models_to_adam_too() -> None:
    head: Any = {"class_name": "Dense", "config": {"units": 4, "name": "head"}}
    inner: Any = {"class_name": "Sequential", "config": {"layers": [head], "name": "inner"}}
    config = {"layers": [inner], "build_input_shape": [None, 3]}
    variables = trainable_variables(summarize({"class_name": "Sequential", "config": config}))
    assert [path for path, _ in variables] == ["head/kernel", "head/bias"]
    muon = {"class_name": "Muon", "config": {"exclude_layers": ["head"]}}
    assert len(optimizer_variables(muon, variables) or ()) == 2 + 2 * 2


def test_the_optimizer_of_an_hdf5_file_is_built_before_the_model() -> None:
    dense = {"class_name": "Dense", "config": {"units": 2}}
    contents = {
        "model_config": json.dumps({"class_name": "Sequential", "config": {"layers": [dense]}}),
        "training_config": json.dumps({"optimizer_config": {"class_name": "Adam", "config": {}}}),
        "optimizer_weights": True,
    }
    summary = infer(model_of(contents))
    assert (summary.total_params, len(summary.optimizer or ())) == (0, 2)


@pytest.mark.parametrize(
    "patterns",
    ["dense", [3], ["("], ["(a*)*b"], ["(a|a)" * 30 + "b"], ["a*" * 30 + "b"], ["x" * 5000]],
)
def test_patterns_that_are_wrong_or_slow_leave_the_optimizer_unknown(patterns: Any) -> None:
    variables = [("a" * 60, Weight("kernel", (4, 3)))]
    muon = {"class_name": "Muon", "config": {"exclude_layers": patterns}}
    assert optimizer_variables(muon, variables) is None
    if isinstance(patterns, list) and isinstance(patterns[0], str):
        mapping = {"config": {"optimizer_map": {patterns[0]: "adam"}}}
        several = {"class_name": "MultiOptimizer", "config": {"optimizer_map": mapping}}
        assert optimizer_variables(several, variables) is None


def test_a_momentum_that_is_no_number_leaves_the_optimizer_unknown() -> None:
    text = {"class_name": "RMSprop", "config": {"momentum": "0.9"}}
    assert optimizer_variables(text, []) is None


def test_custom_optimizers_are_unknown() -> None:
    assert optimizer_variables({"class_name": "MyOwn", "config": {}}, []) is None
    assert optimizer_variables(None, []) is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("adm", "unknown optimizer 'adm'. Did you mean Adam?"),
        ("LossScaleOptimizer", "unknown optimizer 'LossScaleOptimizer'."),
    ],
)
def test_an_unknown_optimizer_gets_a_suggestion(name: str, message: str) -> None:
    with pytest.raises(LstmcountError) as error:
        known(name)
    assert str(error.value).startswith(message)


@pytest.mark.oracle
def test_against_built_optimizers() -> None:
    keras = pytest.importorskip("keras")
    layers, optimizers = keras.layers, keras.optimizers
    model = keras.Sequential(
        [
            layers.Input((7,)),
            layers.Embedding(10, 4),
            layers.Conv1D(6, 3),
            layers.BatchNormalization(),
            layers.LSTM(5),
            layers.Dense(3, name="head"),
        ],
        name="model",
    )
    variables = [
        (v.path, Weight(v.path, tuple(v.shape), str(v.dtype))) for v in model.trainable_variables
    ]
    classes = {name: getattr(optimizers, name) for name in SLOTS}
    made = [cls() for cls in classes.values()]
    made += [cls(use_ema=True) for cls in classes.values()]
    made += [cls(gradient_accumulation_steps=2) for cls in classes.values()]
    made += [
        optimizers.SGD(momentum=0.9, nesterov=True),
        optimizers.Adam(amsgrad=True),
        optimizers.AdamW(amsgrad=True, use_ema=True, gradient_accumulation_steps=3),
        optimizers.RMSprop(momentum=0.5, centered=True),
        optimizers.Muon(exclude_layers=["head"]),
        optimizers.Muon(exclude_embeddings=False),
        optimizers.Adam(optimizers.schedules.CosineDecay(0.1, 100)),
        optimizers.LossScaleOptimizer(optimizers.Nadam()),
        optimizers.LossScaleOptimizer(optimizers.Adafactor()),
        optimizers.LossScaleOptimizer(optimizers.Adam(use_ema=True)),
        optimizers.MultiOptimizer(
            optimizers.OptimizerMap(
                optimizers.RMSprop(),
                {"model/lstm/.*": optimizers.Adam(), "nothing": optimizers.Nadam()},
            )
        ),
    ]
    for optimizer in made:
        config = optimizers.serialize(optimizer)
        optimizer.build(model.trainable_variables)
        found = optimizer_variables(config, variables)
        assert found is not None
        want = [(tuple(v.shape), str(v.dtype)) for v in optimizer.variables]
        assert [(w.shape, w.dtype) for w in found] == want, config
        assert parse(config)[0] == type(optimizer).__name__


def test_an_optimizer_of_tensorflow_2_in_a_file() -> None:
    """TensorFlow 2.11 to 2.15 registered Keras's own optimizers under the package `Custom`."""
    variables = [("d/kernel", Weight("kernel", (4, 3)))]
    adam = {"class_name": "Custom>Adam", "config": {}}
    scaled = {"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": adam}}
    assert optimizer_variables(adam, variables) == optimizer_variables("adam", variables)
    assert optimizer_variables(scaled, variables) is not None
    assert optimizer_variables({"class_name": "Mine>Adam", "config": {}}, variables) is None
