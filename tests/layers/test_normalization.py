from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmcount import LstmcountError
from lstmcount.config import LayerConfig
from lstmcount.layers.making.from_configs import create
from tests.examples import examples
from tests.layers.differential import (
    CONSTRAINTS,
    FLOATS,
    REGULARIZERS,
    Case,
    arguments,
    assert_same,
    ours,
    shapes,
)

N = None


@pytest.mark.parametrize(
    ("class_name", "given", "shape", "weights"),
    [
        (
            "BatchNormalization",
            {"renorm": True, "scale": False},
            (N, 5, 3),
            {
                "beta": (3,),
                "moving_mean": (3,),
                "moving_variance": (3,),
                "moving_stddev": (3,),
                "renorm_mean": (3,),
                "renorm_stddev": (3,),
            },
        ),
        ("LayerNormalization", {"axis": [2, 1]}, (N, 5, 3), {"gamma": (5, 3), "beta": (5, 3)}),
        ("LayerNormalization", {"rms_scaling": True}, (N, 5, 3), {"gamma": (3,)}),
        ("LayerNormalization", {"scale": False, "center": False}, (N, N), {}),
        ("GroupNormalization", {"groups": -1}, (N, 8, 3), {"gamma": (3,), "beta": (3,)}),
        ("RMSNormalization", {"axis": [1, 2]}, (N, 5, 3), {"scale": (5, 3)}),
        ("UnitNormalization", {"axis": [1, 2]}, (N, 5, 3), {}),
        (
            "SpectralNormalization",
            {"layer": {"Dense": {"units": 4, "name": "d"}}},
            (N, 3),
            {"d/kernel": (3, 4), "d/bias": (4,), "vector_u": (1, 4)},
        ),
        (
            "SpectralNormalization",
            {"layer": {"Conv1DTranspose": {"filters": 4, "kernel_size": 2, "name": "c"}}},
            (N, 8, 3),
            {"c/kernel": (2, 4, 3), "c/bias": (4,), "vector_u": (1, 3)},
        ),
    ],
)
def test_normalization_has_the_weights_that_its_arguments_say(
    class_name: str, given: Any, shape: Any, weights: dict[str, Any]
) -> None:
    found = ours(Case(class_name, given, [shape]))
    assert found is not None
    assert {name: shape for name, shape, *_ in found.weights} == weights


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"rmax": 1.0, "min": 0.5}, "$.renorm_clipping.min: expected rmax, rmin and dmax, got"),
        ({"rmax": 1.0, "rmin": 2.0}, "$.renorm_clipping.rmax: rmax is below rmin"),
        ({"dmax": -1.0}, "$.renorm_clipping.dmax: dmax is negative"),
    ],
)
def test_wrong_renorm_clipping_is_refused(given: dict[str, Any], said: str) -> None:
    config = {"renorm": True, "renorm_clipping": given}
    with pytest.raises(LstmcountError) as caught:
        create(LayerConfig(class_name="BatchNormalization", arguments=config))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("policy", "dtype"), [("float32", "float32"), ("mixed_float16", "float16")]
)
def test_the_kernel_that_lora_sums_is_not_the_wrappers(policy: str, dtype: str) -> None:
    dense = {"Dense": {"units": 4, "name": "d", "lora_rank": 2, "dtype": policy}}
    found = ours(Case("SpectralNormalization", {"layer": dense}, [(N, 3)]))
    assert found is not None
    assert [(name, kind) for name, _, kind, _ in found.weights] == [
        ("vector_u", dtype),
        ("d/kernel", "float32"),
        ("d/bias", "float32"),
        ("d/lora_kernel_a", "float32"),
        ("d/lora_kernel_b", "float32"),
    ]


some = st.sampled_from
axis = some([-1, 1, 2, 0, -2, 3, -5])
axes = axis | some([[1], [1, 2], [-1, -2], [-2, -1], [2, 1], [0], [1, -1], [9], [1, 1], []])
common: dict[str, Any] = {
    "center": st.booleans(),
    "scale": st.booleans(),
    "beta_regularizer": REGULARIZERS,
    "gamma_constraint": CONSTRAINTS,
    "dtype": some(FLOATS),
    "trainable": st.booleans(),
}
inputs = st.tuples(shapes(1, 5)).map(list)
WRAPPED: list[dict[str, Any]] = [
    {"Dense": {"units": 3}},
    {"Dense": {"units": 3, "use_bias": False, "dtype": "float16"}},
    {"Dense": {"units": 3, "trainable": False}},
    {"Dense": {"units": 3, "lora_rank": 2}},
    {"Conv1D": {"filters": 2, "kernel_size": 1}},
    {"Conv1DTranspose": {"filters": 2, "kernel_size": 1}},
    {"DepthwiseConv1D": {"kernel_size": 1}},
    {"SeparableConv1D": {"filters": 2, "kernel_size": 1}},
    {"Embedding": {"input_dim": 5, "output_dim": 3}},
    {"EinsumDense": {"equation": "abc,cd->abd", "output_shape": [N, 4], "bias_axes": "d"}},
    {"LSTM": {"units": 2}},
    {"BatchNormalization": {}},
    {"Flatten": {}},
]
STRATEGIES = [
    st.builds(
        Case,
        st.just("BatchNormalization"),
        arguments(
            axis=axis,
            renorm=st.booleans(),
            renorm_clipping=some(
                [N, {}, {"rmax": 1.0}, {"rmax": 1.0, "rmin": 2.0}, {"dmax": -1.0}, {"x": 1.0}]
            ),
            **common,
        ),
        inputs,
    ),
    st.builds(
        Case,
        st.just("LayerNormalization"),
        arguments(axis=axes, rms_scaling=st.booleans(), **common),
        inputs,
    ),
    st.builds(
        Case,
        st.just("GroupNormalization"),
        arguments(axis=axis, groups=some([1, 2, 3, -1, 0, 6, 32]), **common),
        inputs,
    ),
    st.builds(Case, st.just("RMSNormalization"), arguments(axis=axes, dtype=some(FLOATS)), inputs),
    st.builds(Case, st.just("UnitNormalization"), arguments(axis=axes), inputs),
    st.builds(
        Case,
        st.just("SpectralNormalization"),
        arguments(
            "layer",
            layer=some(WRAPPED),
            power_iterations=some([1, 3, 0, -1]),
            trainable=st.booleans(),
        ),
        st.tuples(shapes(1, 4)).map(list),
    ),
]


@pytest.mark.oracle
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_as_keras(strategy: Any) -> None:
    pytest.importorskip("keras")
    settings(max_examples=examples(60), deadline=None)(given(strategy)(assert_same))()
