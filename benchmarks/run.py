"""What lstmcount costs, as ratios of things measured in the same run.

    python benchmarks/run.py            # everything that this environment can measure
    python benchmarks/run.py cold json  # some of it

Whole processes are timed in turn with what they are compared with, several times; the median of the
ratios is printed. Real Keras (extra `oracle`) is measured where it is installed.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
SPEC = ROOT / "configs" / "action_recognition.yaml"
APPLICATIONS = ROOT / "tests" / "golden" / "applications"
IMPORTS = [sys.executable, "-c", "import click, yaml, rich.table, rich.console"]
RUNS = 9
# Later runs load the bytecode that a first one leaves.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    quiet = subprocess.DEVNULL
    subprocess.run(command, stdout=quiet, stderr=quiet, check=True, env=ENVIRONMENT)
    return time.perf_counter() - start


def ratio(command: list[str], base: list[str], runs: int = RUNS) -> float:
    seconds(command), seconds(base)
    return statistics.median(seconds(command) / seconds(base) for _ in range(runs))


def lstmcount(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "lstmcount", *arguments]


def cold() -> None:
    """A cold summary against importing what a table needs (at most 1.3)."""
    print(
        f"summary of a YAML spec / imports: {ratio(lstmcount('summary', str(SPEC)), IMPORTS):.2f}"
    )


def cold_json() -> None:
    """JSON of a JSON spec against the same (at most 0.9)."""
    from lstmcount.readers.text.text import parse_yaml

    spec = Path("/tmp/lstmcount-benchmark.json")
    spec.write_text(json.dumps(parse_yaml(SPEC.read_text())))
    command = lstmcount("summary", str(spec), "--format", "json")
    print(f"JSON of a JSON spec / imports: {ratio(command, IMPORTS):.2f}")


def keras() -> None:
    """Keras building and printing the same model (at least 15 times slower)."""
    if importlib.util.find_spec("keras") is None:
        print("keras: not installed")
        return
    code = (
        "import os; os.environ['KERAS_BACKEND'] = 'jax'\n"
        "import keras; from keras import layers as l\n"
        "keras.Sequential([keras.Input((5, 126)), l.LSTM(64, return_sequences=True),"
        "l.LSTM(128, return_sequences=True), l.LSTM(64), l.Dense(64), l.Dense(32), l.Dense(3)])"
        ".summary()"
    )
    slower = ratio([sys.executable, "-c", code], lstmcount("summary", str(SPEC)), runs=3)
    print(f"Keras / lstmcount, the same summary: {slower:.0f}")


def large_file() -> None:
    """Keras loading EfficientNetV2L's JSON and printing its summary (at least 100 times slower)."""
    if importlib.util.find_spec("keras") is None:
        print("keras: not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "model.json")
        file.write_bytes(gzip.decompress((APPLICATIONS / "EfficientNetV2L.json.gz").read_bytes()))
        code = (
            "import os; os.environ['KERAS_BACKEND'] = 'jax'\n"
            f"import keras; keras.models.model_from_json(open({str(file)!r}).read()).summary()"
        )
        slower = ratio([sys.executable, "-c", code], lstmcount("summary", str(file)), runs=1)
    print(f"Keras / lstmcount, EfficientNetV2L from its JSON: {slower:.0f}")


def stored_weights() -> None:
    """A .keras file (at most 1.3) and an .h5 file (at most 3) against the same model's JSON, and
    how time and memory grow from 1 MB of weights to 1 GB (not at all).
    """
    if importlib.util.find_spec("h5py") is None:
        print("stored weights: h5py is not installed")
        return
    peaks: dict[str, list[float]] = {"keras": [], "h5": []}
    for units in (256, 8_192):
        with tempfile.TemporaryDirectory() as folder:
            files = _with_weights(Path(folder, "model"), units)
            json_file = lstmcount("summary", str(files["json"]))
            for kind, most in (("keras", 1.3), ("h5", 3)):
                for command in ("summary", "verify"):
                    run = lstmcount(command, str(files[kind]))
                    times = ratio(run, json_file)
                    size = files[kind].stat().st_size / 1e6
                    what = f"{command} of a .{kind} of {size:,.0f} MB"
                    limit = f" (at most {most})" if command == "summary" else ""
                    print(f"{what} / of its JSON: {times:.2f}{limit}")
                peaks[kind].append(_peak_memory(lstmcount("verify", str(files[kind]))))
    for kind, (small, large) in peaks.items():
        print(f"memory to verify a .{kind} of 1 GB / of 1 MB: {large / small:.2f}")


def _with_weights(path: Path, units: int, depth: int = 4) -> dict[str, Path]:
    """A model of Dense layers in three kinds of files, two of them with weights of zeros."""
    import h5py
    from numpy import zeros

    layers: list[dict[str, object]] = [
        {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None,
         "config": {"batch_shape": [None, units], "name": "x"}}
    ]  # fmt: skip
    names = ["dense", *(f"dense_{index}" for index in range(1, depth))]
    for name in names:
        config = {"name": name, "units": units}
        layers.append({"module": "keras.layers", "class_name": "Dense", "config": config,
                       "registered_name": None})  # fmt: skip
    model = {"module": "keras", "class_name": "Sequential", "registered_name": None,
             "config": {"name": "model", "layers": layers}}  # fmt: skip
    files = {kind: path.with_suffix(f".{kind}") for kind in ("json", "keras", "h5")}
    files["json"].write_text(json.dumps(model))
    shapes = ((units, units), (units,))
    with h5py.File(files["h5"], "w") as file:
        file.attrs["model_config"] = json.dumps(model)
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = names
        for name in names:
            group = root.create_group(name)
            group.attrs["weight_names"] = ["kernel", "bias"]
            for weight, shape in zip(("kernel", "bias"), shapes, strict=True):
                group.create_dataset(weight, data=zeros(shape, "float32"))
    weights = path.with_suffix(".weights.h5")
    with h5py.File(weights, "w") as file:
        for name in names:
            for index, shape in enumerate(shapes):
                file.create_dataset(f"layers/{name}/vars/{index}", data=zeros(shape, "float32"))
    with zipfile.ZipFile(files["keras"], "w") as archive:
        archive.writestr("config.json", json.dumps(model))
        archive.write(weights, "model.weights.h5")
    weights.unlink()
    return files


def _peak_memory(command: list[str]) -> float:
    """The most memory that a command and its children take, each by itself."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    run = [sys.executable, "-c", code, *command]
    return float(subprocess.run(run, capture_output=True, check=True, env=ENVIRONMENT).stdout)


def in_process() -> None:
    """From a parsed dict (at most 100 µs), and how time grows with the number of layers."""
    from lstmcount import summarize
    from lstmcount.readers.text.text import parse_yaml

    spec = parse_yaml(SPEC.read_text())
    print(f"summarize() of the six-layer spec: {_best(lambda: summarize(spec), 500) * 1e6:.0f} µs")
    each = {}
    for length in (1_000, 10_000, 100_000):
        chain = {"input_shape": [5], "layers": [{"Dense": 3}] * length}
        each[length] = _best(lambda chain=chain: summarize(chain), 1) / length
    growth = each[100_000] / each[1_000]
    print(f"time a layer, 100,000 layers / 1,000 layers: {growth:.2f}")


def applications() -> None:
    """to_json() of every model of keras.applications against json.loads (at most 3)."""
    from lstmcount import summarize

    ratios = {}
    for path in sorted(APPLICATIONS.glob("*.json.gz")):
        text = gzip.decompress(path.read_bytes()).decode()
        loads = ours = float("inf")
        for _ in range(15):  # in turn, so that both meet the machine's moods
            loads = min(loads, _best(lambda text=text: json.loads(text), 1, rounds=1))
            ours = min(ours, _best(lambda text=text: summarize(text), 1, rounds=1))
        ratios[path.name.removesuffix(".json.gz")] = ours / loads
    worst = max(ratios, key=lambda name: ratios[name])
    median = statistics.median(ratios.values())
    print(f"summarize / json.loads: median {median:.2f}, worst {ratios[worst]:.2f} ({worst})")


def python() -> None:
    """A script of 2,000 lines: read and counted against parsed (at most 3, beside counting)."""
    import ast

    from lstmcount.graph.inference import infer
    from lstmcount.programs import read_python

    blocks = [
        f"def helper_{i}(a, b=3):\n"
        f"    total = a * b + {i}\n"
        "    return [total for _ in range(b)]\n"
        f"units_{i} = {i % 7 + 1} * 2\n"
        f"x = layers.LSTM(units_{i}, return_sequences=True, name='layer_%d' % {i})(x)\n"
        f"history_{i} = train(x_train, epochs={i}, verbose=True)\n\n\n"
        for i in range(250)
    ]
    head = "from keras import Input, Model, layers\ninputs = x = Input((8, 4))\n"
    text = head + "".join(blocks) + "model = Model(inputs, x)\n"
    parsed = _best(lambda: ast.parse(text), 3)
    reading = _best(lambda: read_python(text.encode()), 3)
    counting = _best(lambda: infer(read_python(text.encode())), 3) - reading
    print(
        f"2,000 lines of Python: reading / parsing {reading / parsed:.2f}, "
        f"counting / parsing {counting / parsed:.2f}"
    )


def project() -> None:
    """A program of 20 modules against the same code in one file (at most 2)."""
    head = "import keras\nfrom keras import layers\n"
    parts = [
        f"class Part{i}(layers.Layer):\n"
        "    def __init__(self, units):\n"
        "        super().__init__()\n"
        "        self.dense = layers.Dense(units)\n"
        "    def call(self, x):\n"
        "        return self.dense(x)\n\n\n"
        f"def part_{i}(x, units={i % 7 + 1}):\n"
        "    x = layers.LSTM(units, return_sequences=True)(x)\n"
        f"    return Part{i}(units)(x)\n\n\n"
        for i in range(20)
    ]
    calls = "".join(f"x = part_{i}(x)\n" for i in range(20))
    model = f"inputs = x = keras.Input((8, 4))\n{calls}model = keras.Model(inputs, x)\n"
    with tempfile.TemporaryDirectory() as folder:
        one, several = Path(folder, "one.py"), Path(folder, "several.py")
        one.write_text(head + "".join(parts) + model)
        imports = "".join(f"from part_{i} import part_{i}\n" for i in range(20))
        several.write_text(head + imports + model)
        for i, part in enumerate(parts):
            Path(folder, f"part_{i}.py").write_text(head + part)
        slower = ratio(lstmcount("summary", str(several)), lstmcount("summary", str(one)))
    print(f"20 modules / the same code in one file: {slower:.2f}")


def sweep() -> None:
    """A million points of the six-layer model (at least a million a second)."""
    from lstmcount import sweep as points

    grid = {"lstm.units": range(1, 1_000_001)}
    rate = 1_000_000 / _best(lambda: points(SPEC, grid), 2)
    print(f"points a second: {rate:,.0f}")
    built = _keras_models_a_second()
    if built is not None:
        print(f"points a second / models that Keras builds a second: {rate / built:,.0f}")


def _keras_models_a_second() -> float | None:
    """How many models of other sizes Keras builds and counts a second (on a sample of 5)."""
    if importlib.util.find_spec("keras") is None:
        print("keras: not installed")
        return None
    code = (
        "import os; os.environ['KERAS_BACKEND'] = 'jax'\n"
        "import time, keras; from keras import layers as l\n"
        "def count(n): return keras.Sequential([keras.Input((5, 126)),"
        "l.LSTM(n, return_sequences=True), l.LSTM(128, return_sequences=True), l.LSTM(64),"
        "l.Dense(64), l.Dense(32), l.Dense(3)]).count_params()\n"
        "count(1); start = time.perf_counter(); [count(n) for n in range(2, 7)]\n"
        "print(5 / (time.perf_counter() - start))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def points() -> None:
    """Models counted one by one, without the closed form (at least 5,000 a second)."""
    from lstmcount.design.template import Template
    from lstmcount.sources import open_source

    template = Template(open_source(SPEC), ["lstm.units"])

    def count() -> None:
        for units in range(1, 1_001):
            template.measure({"lstm.units": units})

    print(f"models a second, one by one: {1_000 / _best(count, 1):,.0f}")


def solve() -> None:
    """Evaluations that solving for one variable of ResNet152 takes (under 20)."""
    from lstmcount.design.solve import Goal, solve_one
    from lstmcount.design.template import Template
    from lstmcount.sources import open_source

    text = gzip.decompress((APPLICATIONS / "ResNet152.json.gz").read_bytes()).decode()
    template = Template(open_source(text), ["predictions.units"])
    found = solve_one(template, "predictions.units", [Goal("max", "params", 10**12)])
    assert found is not None
    print(f"evaluations to solve ResNet152 for 10^12 params: {found.evaluations}")


def _best(function: Callable[[], object], number: int, rounds: int = 3) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(number):
            function()
        best = min(best, (time.perf_counter() - start) / number)
    return best


BENCHMARKS = {
    "cold": cold,
    "json": cold_json,
    "keras": keras,
    "large_file": large_file,
    "stored_weights": stored_weights,
    "in_process": in_process,
    "applications": applications,
    "python": python,
    "project": project,
    "sweep": sweep,
    "points": points,
    "solve": solve,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHMARKS:
        BENCHMARKS[name]()
