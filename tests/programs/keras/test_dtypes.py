"""Global dtypes of programs: `set_floatx`, and policies of mixed precision."""

import pytest

from lstmcount import summarize

BEFORE = "import keras\nfrom keras import Input, Sequential, layers\n"
MODEL = "model = Sequential([Input((4,)), layers.Dense(2), layers.BatchNormalization()])\n"
OWN = (
    "class Own(layers.Layer):\n    def build(self, shape):\n"
    "        self.w = self.add_weight(shape=(shape[-1], 2))\n"
    "    def call(self, x):\n        "
    "return keras.ops.matmul(x, keras.ops.cast(self.w, self.compute_dtype))\n"
    "model = Sequential([Input((4,)), Own()])\n"
)
DENSE = "model = Sequential([Input((4,)), layers.Dense(2)])\n"
BYTES = {  # programs → bytes of all weights
    MODEL: 72,
    "keras.config.set_floatx('float16')\n" + MODEL: 36,
    "keras.backend.set_floatx('float64')\n" + MODEL: 144,
    "keras.mixed_precision.set_global_policy('mixed_float16')\n" + MODEL: 72,
    "keras.mixed_precision.set_dtype_policy(keras.DTypePolicy('bfloat16'))\n" + MODEL: 36,
    "keras.config.set_dtype_policy('float64')\n" + OWN: 64,
    OWN.replace("Own()", "Own(dtype='float16')"): 16,
    OWN.replace("2))", "2), dtype='float16')"): 16,
    OWN.replace("2))", "2), dtype=self.variable_dtype)"): 32,
    OWN.replace("Own()", "Own(dtype='float64')").replace(
        "2))", "2), dtype=self.dtype_policy.name)"
    ): 64,
    "layers.Dense(1)\nkeras.config.set_floatx('float16')\n" + MODEL: 72,
    MODEL + "keras.config.set_dtype_policy('float16')\n": 72,
    "keras.config.set_floatx('float16')\n"
    "model = Sequential([Input((4,)), layers.Dense(2, dtype=keras.config.floatx())])\n": 20,
    "keras.config.set_dtype_policy('float16')\n"
    "model = Sequential([Input((4,)), layers.Dense(2, dtype='float32')])\n": 40,
    "keras.config.set_dtype_policy('float16')\ngru = layers.GRU(2, recurrent_initializer='ones')\n"
    "model = Sequential([Input((4, 3)), layers.Bidirectional(gru)])\n": 168,
    **{
        f"model = Sequential([Input((8,)), layers.Dense(2, dtype=keras.{policy})])\n": size
        for policy, size in {
            "DTypePolicy('bfloat16')": 36,
            "mixed_precision.Policy('float16')": 36,
            "dtype_policies.get('bfloat16')": 36,
            "dtype_policies.QuantizedDTypePolicy('int8', 'float32')": 32,
            "dtype_policies.Int4DTypePolicy('int4/2', 'float32')": 88,
            "dtype_policies.QuantizedFloat8DTypePolicy('float8', 'float32', 3)": 120,
        }.items()
    },
}


@pytest.mark.parametrize(("program", "expected"), BYTES.items(), ids=BYTES)
def test_the_dtype_sets_the_bytes_of_a_model(tmp_path, program, expected):
    path = tmp_path / "model.py"
    path.write_text(BEFORE + program)
    assert summarize(path).size_bytes == expected


@pytest.mark.oracle
@pytest.mark.parametrize(("program", "expected"), BYTES.items(), ids=BYTES)
def test_bytes_in_keras(program, expected):
    keras = pytest.importorskip("keras")
    keras.utils.clear_session()
    namespace = {}
    try:
        exec(BEFORE + program, namespace)
        sizes = {"float64": 8, "float32": 4, "int8": 1}
        weights = namespace["model"].weights
        assert sum(w.value.size * sizes.get(w.dtype, 2) for w in weights) == expected
    finally:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")


UNKNOWN = {
    "a layer's": "model = Sequential([Input((4,)), layers.Dense(2, dtype=sys.argv[1])])\n",
    "the global policy": f"keras.config.set_dtype_policy(sys.argv[1])\n{DENSE}",
    "a policy": f"keras.config.set_dtype_policy(keras.DTypePolicy(sys.argv[1]))\n{DENSE}",
    "floatx": f"keras.config.set_floatx(sys.argv[1])\n{DENSE}",
    "a weight's": OWN.replace("2))", "2), dtype=sys.argv[1])"),
}


@pytest.mark.parametrize("program", UNKNOWN.values(), ids=UNKNOWN)
def test_bytes_of_an_unknown_dtype_are_not_known(tmp_path, call, program):
    path = tmp_path / "m.py"
    path.write_text(f"import sys\n{BEFORE}{program}")
    note = "the dtype `sys.argv[1]` is not known (--set 'sys.argv[1]=float16'); bytes depend on it"
    assert call("count", str(path)).stdout in ("10\n", "8\n")
    assert note in call("summary", str(path)).stderr
    done = call("count", str(path), "--bytes")
    assert (done.returncode, done.stdout) == (2, "")
    assert note in done.stderr
    known = call("count", str(path), "--bytes", "--set", "sys.argv[1]=float16")
    assert known.stdout in ("20\n", "16\n")


@pytest.mark.parametrize(
    ("dtype", "expected"), [("tf.float16", 20), ("tf.float32", 40), ("tf.dtypes.float64", 80)]
)
def test_dtypes_of_tensorflow_are_known(tmp_path, dtype, expected):
    path = tmp_path / "model.py"
    path.write_text(
        "import tensorflow as tf\nfrom tensorflow.keras import Input, Sequential, layers\n"
        f"model = Sequential([Input((4,), dtype=tf.int32), layers.Dense(2, dtype={dtype})])\n"
    )
    summary = summarize(path)
    assert summary.size_bytes == expected
    assert summary.notes == ()


@pytest.mark.parametrize(
    ("dtype", "units"), [("float16", 3), ("bfloat16", 3), ("uint8", 7), ("bool", 5)]
)
def test_which_kind_a_dtype_is(tmp_path, dtype, units):
    path = tmp_path / "model.py"
    program = BEFORE + (
        "from keras import backend\n"
        f"n = 3 if backend.is_float_dtype('{dtype}') else 5\n"
        f"n = 7 if backend.is_int_dtype('{dtype}') else n\n"
        "model = Sequential([Input((1,)), layers.Dense(n, use_bias=False)])\n"
    )
    path.write_text(program)
    assert summarize(path).total_params == units
