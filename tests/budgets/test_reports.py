"""Every report: its contents, that the format's own schema accepts it, and that it is escaped."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

from lstmcount.budgets.reports import FORMATS
from lstmcount.budgets.results import Check, Result, Share, Totals
from lstmcount.errors import Location
from tests.conftest import ROOT
from tests.published import SARIF, schema

HOSTILE = "a%,:\n::error file=x::\r\x1b[31m]]>&<b>|`\"'\ud800\x00\u2028"


def check(**more: Any) -> Check:
    given: dict[str, Any] = {
        "rule": "max_params",
        "passed": False,
        "text": "params 3 > 2 (over by 1, +50.0%)",
        "measure": "params",
        "actual": 3,
        "allowed": 2,
        "budget": Location("m.yaml", 7, 15),
        "cause": "largest layer: lstm (LSTM), 3, 100.0%",
        "cause_layer": "lstm",
        "cause_at": Location("m.yaml", 3, 5),
        "message": "ask us",
    }
    return Check(**{**given, **more})


PASSED = check(passed=True, budget=Location(), cause=None, cause_at=None, message=None)
RESULTS = {
    "nothing": [],
    "passed": [Result(source="m.yaml", checks=(PASSED,))],
    "failed": [Result(source="m.yaml", checks=(check(), PASSED), notes=("new",))],
    "error": [
        Result(source="m.yaml", error="m.yaml:2:1: not YAML", error_at=Location("m.yaml", 2, 1)),
        Result(source="n.yaml", error="no such file"),
    ],
    "from an option": [Result(source="m.yaml", checks=(check(budget=Location(), message=None),))],
    "outside": [Result(source="/else where/m.yaml", checks=(check(budget=Location("/x.yaml")),))],
    "why": [
        Result(
            source="m.yaml",
            checks=(check(),),
            largest=(Share("lstm", "LSTM", 75, 0.75), Share("dense", "Dense", 25, 0.25)),
        )
    ],
    "hostile": [
        Result(
            source=HOSTILE,
            checks=(
                check(
                    text=f"layer {HOSTILE}: params 3 > 2",
                    layer=HOSTILE,
                    cause=f"layer {HOSTILE} (LSTM)",
                    message=HOSTILE,
                    budget=Location(HOSTILE, 1, 1),
                ),
                check(passed=True, layer=HOSTILE),
            ),
            notes=(HOSTILE,),
            largest=(Share(HOSTILE, HOSTILE, 1, 1.0),),
        ),
        Result(source=HOSTILE, error=HOSTILE, error_at=Location(HOSTILE)),
    ],
    "many": [
        Result(source=f"{i}.yaml", checks=(check(budget=Location(f"{i}.yaml", i)),))
        for i in range(1, 1001)
    ],
}


def render(fmt: str, results: list[Result]) -> str:
    parts: list[str] = []
    totals = Totals()
    one = FORMATS[fmt](parts.append)
    for result in results:
        totals.add(result)
        one.add(result)
    one.end(totals)
    return "".join(parts)


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("fmt", FORMATS)
def test_no_control_code_and_no_foreign_line_gets_through(fmt: str) -> None:
    text = render(fmt, RESULTS["hostile"])
    text.encode("utf-8")
    assert not set(text) & {"\x1b", "\r", "\x00", "\ud800"}
    assert not re.search(r"^::error file=x", text, re.MULTILINE)
    if fmt != "github":
        assert not re.search(r"^::", text, re.MULTILINE)


@pytest.mark.parametrize("results", RESULTS.values(), ids=list(RESULTS))
def test_sarif_is_valid(results: list[Result]) -> None:
    log = json.loads(render("sarif", results))
    jsonschema.Draft7Validator(schema(SARIF)).validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"]
    for rule in rules:
        assert {"id", "shortDescription", "fullDescription", "help"} <= set(rule)


def test_sarif_says_where() -> None:
    (result,) = json.loads(render("sarif", RESULTS["failed"]))["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "m.yaml", "uriBaseId": "%SRCROOT%"}
    assert (place["region"]["startLine"], place["region"]["startColumn"]) == (7, 15)
    (related,) = result["relatedLocations"]
    assert related["physicalLocation"]["region"]["startLine"] == 3
    assert result["message"]["text"].splitlines() == [
        "m.yaml: params 3 > 2 (over by 1, +50.0%)",
        "largest layer: lstm (LSTM), 3, 100.0%",
        "ask us",
    ]


def test_sarif_outside_the_repository_is_an_absolute_uri() -> None:
    (result,) = json.loads(render("sarif", RESULTS["outside"]))["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "file:///x.yaml"}


@pytest.mark.parametrize("results", RESULTS.values(), ids=list(RESULTS))
def test_junit_is_valid(results: list[Result]) -> None:
    xmlschema = pytest.importorskip("xmlschema")
    xmlschema.XMLSchema(str(ROOT / "tests/data/junit.xsd")).validate(render("junit", results))


def test_sarif_makes_no_links_of_names() -> None:
    results = [Result(source="m.yaml", error="no layer [here](https://example.org)")]
    (result,) = json.loads(render("sarif", results))["runs"][0]["results"]
    assert result["message"]["text"] == r"no layer [here\](https://example.org)"


def test_junit_has_a_case_a_budget() -> None:
    from xml.etree import ElementTree

    (suite,) = ElementTree.fromstring(render("junit", RESULTS["failed"]))
    assert suite.attrib["tests"] == "2"
    assert suite.attrib["failures"] == "1"
    failed, passed = suite
    (failure,) = failed
    assert failure.attrib["message"] == "params 3 > 2 (over by 1, +50.0%)"
    assert (failure.text or "").splitlines()[0] == "m.yaml:7"
    assert len(passed) == 0


@pytest.mark.parametrize("results", RESULTS.values(), ids=list(RESULTS))
def test_gitlab_has_the_shape(results: list[Result]) -> None:
    shape = json.loads((ROOT / "tests/data/gitlab_code_quality.schema.json").read_text())
    issues = json.loads(render("gitlab", results))
    jsonschema.Draft7Validator(shape).validate(issues)
    prints = [issue["fingerprint"] for issue in issues]
    assert len(set(prints)) == len(prints)


def test_gitlab_fingerprints_do_not_follow_lines() -> None:
    def of(line: int) -> Any:
        results = [Result(source="m.yaml", checks=(check(budget=Location("m.yaml", line)),))]
        return json.loads(render("gitlab", results))[0]

    assert of(1)["fingerprint"] == of(2)["fingerprint"]
    assert of(2)["location"] == {"path": "m.yaml", "lines": {"begin": 2}}


@pytest.mark.parametrize("results", RESULTS.values(), ids=list(RESULTS))
def test_json_is_json(results: list[Result]) -> None:
    found = json.loads(render("json", results))
    assert len(found["results"]) == found["totals"]["models"] == len(results)
    assert [r["passed"] for r in found["results"]] == [
        not result.error and not result.failures for result in results
    ]


def test_github_gets_an_annotation_at_the_budget() -> None:
    assert render("github", RESULTS["failed"]) == (
        "::error file=m.yaml,line=7,col=15,title=lstmcount max_params::"
        "m.yaml: params 3 > 2 (over by 1, +50.0%25)"
        "%0Alargest layer: lstm (LSTM), 3, 100.0%25%0Aask us\n"
    )
    assert render("github", RESULTS["passed"]) == ""
    assert render("github", RESULTS["error"]).splitlines() == [
        "::error file=m.yaml,line=2,col=1,title=lstmcount::m.yaml:2:1: not YAML",
        "::error file=n.yaml,title=lstmcount::no such file",
    ]


def test_github_stays_within_what_is_shown_and_says_how_much_is_left() -> None:
    lines = render("github", RESULTS["many"]).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "::notice title=lstmcount::… and 990 more; see the log"


def test_github_properties_cannot_be_broken_out_of() -> None:
    line = render("github", RESULTS["hostile"]).splitlines()[0]
    properties = line.partition("::")[2].partition("::")[0]
    names = [part.partition("=")[0] for part in properties.removeprefix("error ").split(",")]
    assert names == ["file", "line", "col", "title"]


def test_paths_are_relative_to_the_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(ROOT.parent))
    assert f"file={ROOT.name}/m.yaml," in render("github", RESULTS["failed"])


def test_text_says_the_verdict_its_place_and_the_largest_layer() -> None:
    assert render("text", RESULTS["failed"]).splitlines() == [
        "FAIL m.yaml: params 3 > 2 (over by 1, +50.0%)",
        "     m.yaml:7:15: max_params",
        "     largest layer: lstm (LSTM), 3, 100.0%",
        "     ask us",
        "ok   m.yaml: params 3 > 2 (over by 1, +50.0%)",
        "note m.yaml: new",
    ]
    assert render("text", RESULTS["why"]).splitlines()[-2:] == [
        "     ######################  75.0%  75  lstm (LSTM)",
        "     ########                25.0%  25  dense (Dense)",
    ]
    assert render("text", RESULTS["many"]).endswith("\n1,000 models, 1,000 over budget\n")


def test_markdown_lists_failures_in_a_table() -> None:
    text = render("markdown", RESULTS["failed"])
    assert text.splitlines() == [
        "### lstmcount: over budget",
        "",
        "| model | budget | result | look at |",
        "|---|---|---|---|",
        "| m.yaml | m.yaml:7:15 | params 3 \\> 2 (over by 1, +50.0%) | "
        "largest layer: lstm (LSTM), 3, 100.0%; ask us |",
        "",
        "2 checks: 1 model, 1 over budget",
    ]
    assert render("markdown", RESULTS["passed"]).startswith("### lstmcount: within budget\n")
    many = render("markdown", RESULTS["many"])
    assert "… and 500 more" in many


def test_markdown_cells_hold_what_is_put_into_them() -> None:
    rows = [line for line in render("markdown", RESULTS["hostile"]).splitlines() if "|" in line]
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", row)) == 5
