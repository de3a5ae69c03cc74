"""Every layer of the registry has a case: Keras's own, or a row here for what Keras 3 lacks."""

from __future__ import annotations

import math
from typing import Any

import pytest

from lstmcount.layers.families import FAMILIES
from lstmcount.layers.registry import find
from tests.golden_layers import class_names
from tests.layers.differential import Case, ours

N = None
PRICE = {"class_name": "NumericColumn", "config": {"key": "price", "shape": [3]}}
NEVER_CALLED = {"Weights"}  # the tensors of a file: tests/readers/files

# class: arguments, inputs, output, number of weights
CASES: dict[str, tuple[dict[str, Any], list[Any], Any, int]] = {
    # preprocessing, lookups, applications
    "TFDConcat": ({}, [[(N, 3), (N, 4)]], (N, 7), 0),
    "TFDIdentity": ({}, [(N, 3)], (N, 3), 0),
    "IndexLookup": (
        {"vocabulary": [10, 20], "output_mode": "one_hot"}, [(N, 4)], (N, 4, 3), 0,
    ),
    "CustomScaleLayer": ({"scale": 0.5}, [[(N, 3), (N, 3)]], (N, 3), 0),
    "LayerScale": ({"init_values": 0.1, "projection_dim": 3}, [(N, 3)], (N, 3), 3),
    "StochasticDepth": ({"drop_path_rate": 0.1}, [(N, 3)], (N, 3), 0),
    # legacy.keras2
    "AddLoss": ({}, [(N, 3)], (N, 3), 0),
    "AddMetric": ({}, [(N, 3)], (N, 3), 0),
    "CuDNNGRU": ({"units": 4}, [(N, 7, 3)], (N, 4), 3 * (3 * 4 + 4 * 4 + 2 * 4)),
    "CuDNNLSTM": ({"units": 4}, [(N, 7, 3)], (N, 4), 4 * (3 * 4 + 4 * 4 + 2 * 4)),
    "InferredEinsumDense": (
        {"equation": "abc,cd->abd", "output_shape": [N, 4]}, [(N, 5, 3)], (N, 5, 4), 3 * 4,
    ),
    "JointBatchNormalization": ({"axis": [1, 3]}, [(N, 9, 8, 3)], (N, 9, 8, 3), 4 * 9 * 3),
    "LocallyConnected1D": (
        {"filters": 2, "kernel_size": 3}, [(N, 8, 4)], (N, 6, 2), 6 * (3 * 4 * 2 + 2),
    ),
    "LocallyConnected2D": (
        {"filters": 2, "kernel_size": 3}, [(N, 5, 5, 1)], (N, 3, 3, 2), 9 * (3 * 3 * 2 + 2),
    ),
    "RandomFourierFeatures": ({"output_dim": 4}, [(N, 3)], (N, 4), 3 * 4 + 4 + 1),
    "RandomHeight": ({"factor": 0.5}, [(N, 8, 8, 3)], (N, N, 8, 3), 0),
    "RandomWidth": ({"factor": 0.5}, [(N, 8, 8, 3)], (N, 8, N, 3), 0),
    "SyncBatchNormalization": ({}, [(N, 3)], (N, 3), 4 * 3),
    "ThresholdedReLU": ({}, [(N, 3)], (N, 3), 0),
    "Unchanged": ({}, [(N, 3)], (N, 3), 0),
    # legacy.time_major
    "TimeMajorGRU": (
        {"units": 4, "return_state": True}, [(7, N, 3)], [(N, 4), (N, 4)], 3 * (3 + 4 + 2) * 4,
    ),
    "TimeMajorLSTM": ({"units": 4}, [(N, 2, 3)], (2, 4), 4 * (3 + 4 + 1) * 4),
    "TimeMajorRNN": (
        {"cell": {"SimpleRNNCell": {"units": 4}}, "return_sequences": True},
        [(7, 2, 3)], (7, 2, 4), (3 + 4 + 1) * 4,
    ),
    "TimeMajorSimpleRNN": (
        {"units": 4, "return_sequences": True, "return_state": True},
        [(7, 2, 3)], [(7, 2, 4), (2, 4)], (3 + 4 + 1) * 4,
    ),
    # legacy.two_directions
    "UnequalBidirectional": (
        {
            "layer": {"LSTM": {"units": 4}},
            "backward_layer": {"GRU": {"units": 3, "go_backwards": True}},
        },
        [(N, 7, 5)], (N, 7), 4 * (5 + 4 + 1) * 4 + 3 * (5 + 3 + 2) * 3,
    ),
    # legacy.keras1
    "Deconvolution2D": (
        {"filters": 3, "kernel_size": 2, "output_shape": [N, 29, 29, 3], "strides": 2},
        [(N, 14, 14, 8)], (N, 29, 29, 3), 2 * 2 * 3 * 8 + 3,
    ),
    "Deconvolution3D": (
        {"filters": 3, "kernel_size": 2, "output_shape": [N, 9, 9, 9, 3], "strides": 2},
        [(N, 4, 4, 4, 8)], (N, 9, 9, 9, 3), 2 * 2 * 2 * 3 * 8 + 3,
    ),
    "FullConv1D": ({"filters": 2, "kernel_size": 3}, [(N, 8, 4)], (N, 10, 2), 3 * 4 * 2 + 2),
    "FullConv2D": (
        {"filters": 2, "kernel_size": 3}, [(N, 8, 8, 4)], (N, 10, 10, 2), 9 * 4 * 2 + 2,
    ),
    "FullConv3D": (
        {"filters": 2, "kernel_size": 3}, [(N, 4, 4, 4, 1)], (N, 6, 6, 6, 2), 27 * 2 + 2,
    ),
    "FullConv2DTranspose": (
        {"filters": 2, "kernel_size": 3}, [(N, 8, 8, 4)], (N, 6, 6, 2), 9 * 4 * 2 + 2,
    ),
    "FullConv3DTranspose": (
        {"filters": 2, "kernel_size": 3}, [(N, 4, 4, 4, 1)], (N, 2, 2, 2, 2), 27 * 2 + 2,
    ),
    "FullDepthwiseConv2D": ({"kernel_size": 3}, [(N, 8, 8, 4)], (N, 10, 10, 4), 9 * 4 + 4),
    "FullSeparableConv1D": (
        {"filters": 2, "kernel_size": 3}, [(N, 8, 4)], (N, 10, 2), 3 * 4 + 4 * 2 + 2,
    ),
    "FullSeparableConv2D": (
        {"filters": 2, "kernel_size": 3}, [(N, 8, 8, 4)], (N, 10, 10, 2), 9 * 4 + 4 * 2 + 2,
    ),
    "Highway": ({}, [(N, 3)], (N, 3), 2 * (3 * 3 + 3)),
    "MaxoutDense": ({"units": 2}, [(N, 3)], (N, 2), 4 * (3 * 2 + 2)),
    "Merge": ({}, [[(N, 3), (N, 3)]], N, 0),
    "ParametricSoftplus": ({}, [(N, 3)], (N, 3), 2 * 3),
    "SReLU": ({}, [(N, 3)], (N, 3), 4 * 3),
    "TimeDistributedDense": ({"units": 4}, [(N, 5, 3)], (N, 5, 4), 3 * 4 + 4),
    # legacy.feature_columns
    "DenseFeatures": ({"feature_columns": [PRICE]}, [{"price": (N, 3)}], (N, 3), 0),
}  # fmt: skip


def test_every_layer_has_a_case() -> None:
    """Keras's layers have cases in tests/golden/cases, others above."""
    names = {name for family in FAMILIES.values() for name in family.split()}
    assert names - set(class_names()) - NEVER_CALLED == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    arguments, inputs, output, weights = CASES[name]
    assert find(name) is not None
    found = ours(Case(name, arguments, inputs))
    assert found is not None
    assert found.outputs == output
    assert sum(math.prod(shape) for _, shape, _, _ in found.weights) == weights
