"""Random valid specs over the layers of hand-written models, for comparison with real Keras."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

small = st.integers(1, 6)
activations = st.sampled_from(["relu", "tanh", "sigmoid", "linear", "softmax", "gelu", None])
maybe = st.booleans()


def _cells() -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(
        st.fixed_dictionaries({"SimpleRNNCell": small}),
        st.fixed_dictionaries(
            {"LSTMCell": st.fixed_dictionaries({"units": small, "use_bias": maybe})}
        ),
        st.fixed_dictionaries(
            {"GRUCell": st.fixed_dictionaries({"units": small, "reset_after": maybe})}
        ),
    )


@st.composite
def recurrent(draw: Any, return_sequences: bool, return_state: bool = False) -> dict[str, Any]:
    common = {"return_sequences": return_sequences}
    if return_state:
        common["return_state"] = True
    kind = draw(st.sampled_from(["SimpleRNN", "LSTM", "GRU", "RNN"]))
    if kind == "RNN":
        cell = draw(st.one_of(_cells(), st.lists(_cells(), min_size=1, max_size=3)))
        return {"RNN": {"cell": cell, **common}}
    extra = draw(
        st.fixed_dictionaries(
            {"units": small},
            optional={
                "use_bias": maybe,
                "activation": activations,
                "go_backwards": maybe,
                "dropout": st.sampled_from([0.0, 0.3]),
                "trainable": maybe,
                **({"reset_after": maybe} if kind == "GRU" else {}),
                **({"unit_forget_bias": maybe} if kind == "LSTM" else {}),
            },
        )
    )
    return {kind: {**extra, **common}}


@st.composite
def bidirectional(draw: Any, return_sequences: bool) -> dict[str, Any]:
    mode = draw(st.sampled_from(["concat", "sum", "mul", "ave"]))
    layer = draw(recurrent(return_sequences).filter(lambda entry: "RNN" not in entry))
    for options in layer.values():
        options.pop("go_backwards", None)  # its copy goes backwards, and Keras wants them to differ
    return {"Bidirectional": {"layer": layer, "merge_mode": mode}}


def dense() -> st.SearchStrategy[Any]:
    full = st.fixed_dictionaries(
        {"units": small},
        optional={"use_bias": maybe, "activation": activations, "trainable": maybe},
    )
    return st.one_of(
        st.fixed_dictionaries({"Dense": small}), st.fixed_dictionaries({"Dense": full})
    )


def plain() -> st.SearchStrategy[Any]:
    """Layers that take any rank from 2 and keep it."""
    return st.one_of(
        dense(),
        st.sampled_from(
            [
                {"Activation": "relu"},
                "ReLU",
                "LeakyReLU",
                "ELU",
                "Softmax",
                {"Dropout": 0.5},
                {"GaussianNoise": 0.1},
                "BatchNormalization",
                {"BatchNormalization": {"center": False, "scale": True}},
                "LayerNormalization",
                {"LayerNormalization": {"scale": False}},
                {"class_name": "Dense", "units": 3, "trainable": False},
            ]
        ),
    )


@st.composite
def sequence_step(draw: Any) -> Any:
    """Layers from (batch, timesteps, features) to the same rank, for known or unknown length."""
    return draw(
        st.one_of(
            plain(),
            recurrent(True),
            bidirectional(True),
            st.fixed_dictionaries({"TimeDistributed": st.fixed_dictionaries({"layer": dense()})}),
            st.just({"Masking": 0.0}),
            st.just({"SpatialDropout1D": 0.2}),
            st.builds(
                lambda filters, size, padding: {
                    "Conv1D": {"filters": filters, "kernel_size": size, "padding": padding}
                },
                small,
                st.integers(1, 3),
                st.sampled_from(["same", "causal"]),
            ),
        )
    )


@st.composite
def reduction(draw: Any) -> Any:
    """Layers from (batch, timesteps, features) to (batch, features)."""
    return draw(
        st.one_of(
            recurrent(False),
            bidirectional(False),
            st.sampled_from(["GlobalMaxPooling1D", "GlobalAveragePooling1D"]),
        )
    )


@st.composite
def sequential(draw: Any) -> dict[str, Any]:
    length = draw(st.sampled_from([None, 7, 12]))
    if draw(maybe):
        spec: dict[str, Any] = {"input_shape": [length]}
        layers: list[Any] = [{"Embedding": {"input_dim": draw(small), "output_dim": draw(small)}}]
    else:
        spec = {"input_shape": [length, draw(small)]}
        layers = []
    layers += draw(st.lists(sequence_step(), max_size=3))
    if length is not None and draw(maybe):
        layers += draw(
            st.sampled_from(
                [
                    [{"MaxPooling1D": 2}],
                    [{"AveragePooling1D": {"pool_size": 3, "strides": 1}}],
                    [{"Permute": [2, 1]}],
                    ["Flatten", {"RepeatVector": 3}],
                    [{"Reshape": [-1, 1]}],
                ]
            )
        )
    if draw(maybe):
        layers.append(draw(reduction()))
        layers += draw(st.lists(plain(), max_size=2))
    if not layers:
        layers = [{"Dense": 2}]
    policy = draw(st.sampled_from([None, None, "mixed_float16", "mixed_bfloat16"]))
    return {**spec, "layers": layers, **({"dtype": policy} if policy else {})}


@st.composite
def graph(draw: Any) -> dict[str, Any]:
    """Two sequences through a shared layer, states passed on, branches merged."""
    features, units = draw(small), draw(small)
    layers: list[Any] = [
        {"LSTM": {"units": units, "return_state": True}, "name": "encoder", "inputs": "left"},
        {
            "LSTM": {"units": units, "return_sequences": True},
            "name": "decoder",
            "inputs": ["right", "encoder[1]", "encoder[2]"],
        },
    ]
    if draw(maybe):
        layers.append({"Attention": {"use_scale": draw(maybe)}, "inputs": ["decoder", "decoder"]})
    layers.append({"GRU": draw(small), "name": "shared"})
    layers.append({"call": "shared", "inputs": "decoder", "name": "again"})
    merge = draw(st.sampled_from(["Concatenate", "Add", "Multiply"]))
    layers.append({merge: {}, "name": "merged", "inputs": ["shared", "again"]})
    layers.append(draw(dense()))
    if draw(maybe):
        layers.append({"Dense": draw(small), "name": "second", "inputs": "again"})
        outputs = {"outputs": ["merged", "second", "encoder[1]"]}
        del layers[-2]
    else:
        outputs = {}
    return {
        "inputs": {"left": [None, features], "right": [5, features]},
        "layers": layers,
        **outputs,
    }
