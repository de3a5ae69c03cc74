"""The page's structure, its policy and its data, without a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from lstmcount.explanation import derive
from lstmcount.graph.inference import infer
from lstmcount.reporting.derivations import Derivations, record
from lstmcount.sources import open_path, read
from tests.conftest import ROOT, Call
from tests.reporting.conftest import Report

SMALL = {"input_shape": [5, 126], "layers": [{"LSTM": 64}, {"Dense": 3}]}
EVIL = "<img src=x onerror=alert(1)></script><!-- \u2028"


def data_of(page: str) -> Any:
    """The data in a page, read as a browser would find them."""
    found = re.findall(r'<script id="data" type="application/json">(.*?)</script>', page, re.S)
    assert len(found) == 1
    return json.loads(found[0])


def layers_of(page: str, model: int = 0) -> list[dict[str, Any]]:
    found = data_of(page)["models"][model]
    return [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]


def test_layers_and_totals(report: Report) -> None:
    page = report(SMALL).read_text()
    lstm, dense = layers_of(page)
    assert (lstm["params"], lstm["macs"], lstm["output_shape"]) == (48896, 243200, "(None, 64)")
    assert (dense["params"], dense["macs"], dense["input_shape"]) == (195, 192, "(None, 64)")
    assert data_of(page)["models"][0]["totals"] == {
        "params": 49091,
        "trainable": 49091,
        "non_trainable": 0,
        "optimizer": None,
        "bytes": 196364,
        "macs": {"value": 243392, "per_step": None},
        "layers": 2,
    }


def test_policy_admits_its_own_script_and_style_alone(report: Report) -> None:
    page = report(SMALL).read_text()
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="(.*?)">', page)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    for tag in "script", "style":
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    assert not re.search(r"<[^>]*\s(style|on\w+)=", page.split('<script id="data"')[0])
    assert not re.search(r'(src|href)="(?!#)', page)


def test_names_cannot_become_markup(report: Report) -> None:
    model = {"name": EVIL, "input_shape": [4], "layers": [{"Dense": {"units": 2, "name": EVIL}}]}
    page = report(model).read_text()
    assert "<img" not in page
    assert page.count("</script>") == 2
    (layer,) = layers_of(page)
    assert layer["name"] == EVIL.replace("\u2028", "\\u2028")


def test_unknown_numbers_have_a_reason(report: Report) -> None:
    config = {
        "class_name": "Sequential",
        "config": {
            "name": "s",
            "layers": [
                {"class_name": "InputLayer", "config": {"batch_shape": [None, None, 8]}},
                {"class_name": "LSTM", "config": {"units": 4}},
                {"class_name": "Mine", "module": "my.layers", "config": {"name": "mine"}},
                {"class_name": "Dense", "config": {"units": 2}},
            ],
        },
    }
    page = report(config).read_text()
    lstm, mine, dense = layers_of(page)[-3:]
    assert (lstm["macs"], lstm["macs_per_step"]) == (None, 4 * 4 * (8 + 4))
    assert "--timesteps" in lstm["reason"]
    assert (mine["params"], mine["output_shape"]) == (None, "?")
    assert "this class is unknown" in mine["reason"]
    assert "input shape is not known" in dense["reason"]
    total = data_of(page)["models"][0]["memory"]["training"][-1]
    assert (total["fixed"], total["reason"]) == (
        None,
        "not all sizes in it are known",
    )
    assert layers_of(report(SMALL).read_text())[0]["reason"] == ""


def test_layers_alike_share_a_derivation(report: Report) -> None:
    dense: list[Any] = [{"Dense": 4}, {"Dense": 4}, {"Dense": 5}]
    page = report({"input_shape": [4], "layers": dense}).read_text()
    first, second, third = layers_of(page)
    assert first["derivation"] == second["derivation"] != third["derivation"]
    derivation = data_of(page)["models"][0]["derivations"][third["derivation"]]
    assert derivation["parts"][0]["substituted"] == "4·5 + 5"


def test_memory_is_a_line_in_the_batch_size(report: Report) -> None:
    memory = data_of(report(SMALL).read_text())["models"][0]["memory"]
    found = {line["name"]: (line["fixed"], line["per_sample"]) for line in memory["training"]}
    assert found["Weights"] == (196364, 0)
    assert found["Inputs"] == (0, 5 * 126 * 4)
    assert found["Activations"] == (0, (64 + 3) * 4)
    assert found["RNN states"] == (0, 5 * 6 * 64 * 4)
    assert found["Total"] == tuple(map(sum, zip(*list(found.values())[:-1], strict=True)))


def test_a_batch_size_that_the_model_fixes(report: Report) -> None:
    page = report(
        {
            "class_name": "Sequential",
            "config": {
                "layers": [
                    {"class_name": "InputLayer", "config": {"batch_shape": [16, 5]}},
                    {"class_name": "Dense", "config": {"units": 3}},
                ]
            },
        }
    ).read_text()
    memory = data_of(page)["models"][0]["memory"]
    assert (memory["batch"], memory["inference"][1]["fixed"]) == (16, 16 * (5 + 3) * 4)


def test_budgets_of_the_spec_and_of_a_file(report: Report, tmp_path: Path) -> None:
    own = {**SMALL, "budget": {"max_params": "50k"}}
    (checked,) = data_of(report(own).read_text())["models"][0]["budgets"]
    assert (checked["rule"], checked["passed"]) == ("max_params", True)
    file = tmp_path / "budgets.yaml"
    file.write_text("budgets:\n  '*.json':\n    max_macs: 1000\n")
    first, second = data_of(report(own, options=("--budgets", str(file))).read_text())["models"][0][
        "budgets"
    ]
    assert (first["rule"], first["passed"]) == ("max_params", True)
    assert (second["rule"], second["passed"]) == ("max_macs", False)
    assert "243,392 > 1,000" in second["text"]
    assert data_of(report(SMALL).read_text())["models"][0]["budgets"] is None


def test_the_same_twice(report: Report) -> None:
    assert report(SMALL).read_bytes() == report(SMALL).read_bytes()


def test_resnet152_in_half_a_megabyte(report: Report, application: Any) -> None:
    path = report(application("ResNet152"))
    assert path.stat().st_size < 500_000
    assert len(layers_of(path.read_text())) == 517


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("report.doc", "report.doc: expected a name that ends in .html, .htm"),
        ("none/report.html", "none/report.html: cannot write: no such file or directory"),
    ],
)
def test_where_it_cannot_be_written(
    call: Call, tmp_path: Path, write: Any, out: str, message: str
) -> None:
    done = call("report", write("m.json", SMALL), "-o", out, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"lstmcount: {message}\n"


def test_an_error_leaves_the_old_file(call: Call, tmp_path: Path) -> None:
    old = tmp_path / "report.html"
    old.write_text("old")
    (tmp_path / "m.json").write_text('{"layers": [{"Lstm": 3}]}')
    done = call("report", "m.json", "-o", "report.html", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert old.read_text() == "old"
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_two_sources_side_by_side(report: Report) -> None:
    new = {
        "input_shape": [5, 126],
        "layers": [{"LSTM": 32}, {"Dense": {"units": 8, "name": "more"}}, {"Dense": 3}],
    }
    page = report(SMALL, new).read_text()
    found = data_of(page)["changes"]
    assert [(one["change"], one["old"], one["new"]) for one in found] == [
        ("changed", 0, 0),
        ("added", None, 1),
        ("changed", 1, 2),
    ]
    assert found[0]["details"] == "units: 64 -> 32"
    assert [model["source"].rpartition("/")[2] for model in data_of(page)["models"]] == [
        "model0.json",
        "model1.json",
    ]


def nested(units: int) -> Any:
    """A model in a model, and a layer after it."""

    def dense(name: str, units: int) -> Any:
        config = {"name": name, "units": units, "batch_input_shape": [None, 4]}
        return {"class_name": "Dense", "config": config}

    inner = {"class_name": "Sequential", "config": {"name": "i", "layers": [dense("first", 4)]}}
    layers = [inner, dense("last", units)]
    return {"class_name": "Sequential", "config": {"name": "outer", "layers": layers}}


def test_rows_of_a_nested_model_side_by_side(report: Report) -> None:
    page = report(nested(5), nested(6)).read_text()
    (last,) = [one for one in data_of(page)["changes"] if one["change"] != "same"]
    assert layers_of(page, 1)[last["new"]]["name"] == "last"
    assert [row["depth"] for row in layers_of(page) if row["name"] == "first"] == [1]


def test_the_graph_has_the_colours_of_both_themes(report: Report) -> None:
    page = report(SMALL).read_text()
    svgs = re.findall(r'<svg id="(.*?)".*?</svg>', page, re.S)
    assert svgs == ["graph-0", "cell-0-0", "unrolled-0-0"]
    assert 'data-name="lstm"' in page
    assert not re.search(r'(fill|stroke)="#', page)
    for name in set(re.findall(r'class="(p\d+)', page)):
        assert re.search(rf"\.{name} {{ \w+: light-dark\(#\w{{6}}, #\w{{6}}\); }}", page)


def test_a_graph_that_is_too_large(report: Report) -> None:
    layers: list[Any] = [{"Dense": i + 1} if i % 2 else "ReLU" for i in range(3200)]
    page = report({"input_shape": [8], "layers": layers}).read_text()
    assert "<svg" not in page


def test_a_size_that_the_code_leaves_unknown(report: Report) -> None:
    page = report(str(ROOT / "configs" / "action_recognition.py")).read_text()
    *_, dense = layers_of(page)
    assert (dense["params"], dense["macs"]) == (None, None)
    assert "a size among its arguments is not known" in dense["reason"]
    assert data_of(page)["models"][0]["totals"]["params"] is None
    assert "actions.shape[0]" in data_of(page)["models"][0]["notes"][0]


@pytest.mark.parametrize("name", ["MobileNetV3Small", "EfficientNetV2B0"])
def test_derivations_of_layers_alike_are_what_each_would_have(application: Any, name: str) -> None:
    summary = infer(read(open_path(Path(application(name)))))
    derivations = Derivations()
    for layer in summary.walk():
        index = derivations.of(layer)
        assert index is not None
        assert derivations.records[index] == record(derive(layer))


def test_to_standard_output(call: Call, write: Any) -> None:
    done = call("report", write("m.json", SMALL), "-o", "-", "--theme", "dark", "--batch", "8")
    assert (done.returncode, done.stderr) == (0, "")
    assert '<html lang="en" data-theme="dark">' in done.stdout
    assert data_of(done.stdout)["batch"] == 8


def test_a_budget_that_cannot_be_judged_says_why(report: Report) -> None:
    grown = {**SMALL, "budget": {"max_increase": "5%"}}  # in no git repository
    found = data_of(report(grown).read_text())["models"][0]
    assert found["budgets"] == []
    (note,) = found["budget_notes"]
    assert "git" in note


def test_layers_inside_a_pipeline(report: Report) -> None:
    inner = {"class_name": "Rescaling", "config": {"name": "scaled", "scale": 0.5}}
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 8], "name": "x"}},
        {"class_name": "Pipeline", "config": {"name": "steps", "layers": [inner]}},
    ]
    model = {"class_name": "Sequential", "config": {"name": "model", "layers": layers}}
    rows = layers_of(report(model).read_text())
    assert [row["depth"] for row in rows if row["name"] == "scaled"] == [1]
