"""The page in real Chromium: what a reader does with it, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.reporting.conftest import Report
from tests.reporting.test_page import nested

pytestmark = pytest.mark.browser

Opened = Callable[..., Any]

SMALL = {
    "input_shape": [5, 126],
    "layers": [
        {"LSTM": {"units": 64, "return_sequences": True}},
        {"LSTM": {"units": 128, "name": "wide"}},
        {"Dropout": 0.5},
        {"Dense": {"units": 3, "name": "actions"}},
    ],
}


def column(page: Any, number: int) -> list[str]:
    texts: list[str] = page.locator(
        f"#layers-table tbody tr > :nth-child({number})"
    ).all_inner_texts()
    return texts


def names(page: Any) -> list[str]:
    return column(page, 2)


def test_a_click_on_a_header_sorts_the_rows(opened: Opened, report: Report) -> None:
    page = opened(report(SMALL))
    assert names(page) == ["lstm", "wide", "dropout", "actions"]
    page.get_by_role("button", name="Params").click()
    assert names(page) == ["wide", "lstm", "actions", "dropout"]
    header = page.get_by_role("columnheader", name="Params")
    assert header.get_attribute("aria-sort") == "descending"
    page.keyboard.press("Enter")  # the button has the focus
    assert names(page) == ["dropout", "actions", "lstm", "wide"]
    assert header.get_attribute("aria-sort") == "ascending"


def test_typed_words_filter_the_rows(opened: Opened, report: Report) -> None:
    page = opened(report(SMALL))
    page.get_by_label("Find").fill("LSTM")
    assert names(page) == ["lstm", "wide"]
    assert page.locator("#layers-pager p").inner_text() == "2 of 4 layers"
    page.get_by_label("Find").fill("lstm 128")
    assert names(page) == ["wide"]
    page.get_by_label("Find").fill("")
    page.get_by_label("Class").select_option("Dense")
    assert names(page) == ["actions"]
    page.get_by_label("Class").select_option("")
    page.get_by_label("Only with parameters").check()
    assert names(page) == ["lstm", "wide", "actions"]


def test_opens_a_layer_by_keyboard(opened: Opened, report: Report) -> None:
    page = opened(report(SMALL))
    page.get_by_role("button", name="wide", exact=True).focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="wide LSTM")
    assert dialog.is_visible()
    words = dialog.inner_text()
    assert "f(t) = sigmoid(W_f·x(t) + U_f·h(t-1) + b_f)" in words
    assert "= 4·((64 + 128)·128 + 128)" in words
    assert page.evaluate("document.activeElement.textContent") == "Close"
    dialog.get_by_role("button", name="Next").click()
    assert page.get_by_role("dialog", name="dropout Dropout").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "wide"


def test_the_graph_opens_layers_and_zooms(opened: Opened, report: Report) -> None:
    page = opened(report(SMALL))
    boxes = page.locator("#graph-view [role=button]")
    assert boxes.count() == 4
    boxes.nth(1).click()
    assert page.get_by_role("dialog", name="wide LSTM").is_visible()
    page.keyboard.press("Escape")
    boxes.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.get_by_role("dialog", name="dropout Dropout").is_visible()
    page.keyboard.press("Escape")

    def width() -> float:
        return float(page.locator("#graph-0").get_attribute("viewBox").split()[2])

    before = width()
    page.get_by_role("button", name="Zoom in").click()
    assert width() == pytest.approx(before / 1.25, rel=0.01)
    page.get_by_role("button", name="Whole").click()
    assert width() == pytest.approx(before, rel=0.01)


def test_the_graph_is_dragged(opened: Opened, report: Report) -> None:
    page = opened(report(SMALL))
    page.get_by_role("button", name="Zoom in").click()
    svg = page.locator("#graph-0")
    before = svg.get_attribute("viewBox")
    boxes = page.locator("#graph-view [role=button]")
    boxes.nth(1).hover()
    page.mouse.down()
    page.mouse.move(400, 300, steps=4)
    page.mouse.up()
    assert svg.get_attribute("viewBox") != before
    assert not page.locator("dialog").is_visible()  # a drag is no click


def test_a_folded_or_nested_layer_opens_its_own(opened: Opened, report: Report) -> None:
    page = opened(report(nested(5)))
    page.locator('#graph-view [data-name="first"]').click()
    assert page.get_by_role("dialog", name="first Dense").is_visible()


def test_treemap_areas_and_keys(opened: Opened, report: Report) -> None:
    page = opened(report(SMALL))
    tiles = page.locator("#params-treemap button")
    boxes = [tile.bounding_box() for tile in tiles.all()]
    areas = [box["width"] * box["height"] for box in boxes]
    assert areas[0] / sum(areas) == pytest.approx(98816 / (48896 + 98816 + 387), rel=0.02)
    whole = page.locator("#params-treemap").bounding_box()
    assert sum(areas) == pytest.approx(whole["width"] * whole["height"], rel=0.02)
    tiles.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.get_by_role("dialog", name="lstm LSTM").is_visible()


def test_memory_follows_the_slider(opened: Opened, report: Report) -> None:
    page = opened(report(SMALL))
    inputs = page.get_by_role("row", name="Inputs").get_by_role("cell").nth(1)
    assert inputs.text_content() == str(32 * 5 * 126 * 4)
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert inputs.text_content() == str(64 * 5 * 126 * 4)
    assert slider.get_attribute("aria-valuetext") == "batch size 64"
    page.get_by_label("Batch size, exactly").fill("3")
    assert inputs.text_content() == str(3 * 5 * 126 * 4)


def test_switches_its_theme(opened: Opened, report: Report) -> None:
    page = opened(report(SMALL), color_scheme="dark")

    def paper() -> Any:
        return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    dark = paper()
    page.locator("#theme").select_option("light")
    assert paper() == "rgb(255, 255, 255)"
    page.locator("#theme").select_option("dark")
    assert paper() == dark != "rgb(255, 255, 255)"


def test_names_stay_text(opened: Opened, report: Report) -> None:
    evil = "<img src=x onerror=document.title='owned'>"
    model = {
        "name": evil,
        "input_shape": [4],
        "layers": [{"Dense": {"units": 2, "name": evil}}],
        "budget": {"max_params": 1, "message": evil},
    }
    page = opened(report(model))
    assert names(page) == [evil]
    assert page.locator("#budgets li").first.inner_text().count(evil) == 2
    page.get_by_role("button", name=evil, exact=True).click()
    assert page.locator("#details-title").inner_text() == f"{evil} Dense"
    assert page.locator("img").count() == 0
    assert page.title() == f"{evil} – lstmcount"


def test_numbers_copy_as_numbers(opened: Opened, report: Report) -> None:
    page = opened(report(SMALL))
    assert page.locator(".figures dd").first.evaluate(
        "cell => { getSelection().selectAllChildren(cell); return String(getSelection()) }"
    ).strip() == str(48896 + 98816 + 387)


@pytest.mark.parametrize("width", [375, 1920])
def test_nothing_is_cut_off(opened: Opened, report: Report, width: int) -> None:
    page = opened(report(SMALL), viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="wide", exact=True).click()
    assert page.locator("dialog").evaluate("box => box.scrollWidth") <= width


def test_ten_thousand_layers(opened: Opened, report: Report) -> None:
    layers: list[Any] = ["ReLU" if i % 4 else {"Dense": 8 + i % 5} for i in range(10_000)]
    page = opened(report({"input_shape": [8], "layers": layers}))
    assert page.locator("#layers-pager p").inner_text() == "10,000 layers, 1 to 50 shown"
    page.locator("#layers-pager").get_by_role("button", name="Last").click()
    assert names(page)[-1] == "re_lu_7499"
    page.get_by_label("Find").fill("dense_1234")
    assert names(page) == ["dense_1234"]
    took = page.evaluate(
        """() => {
            const start = performance.now();
            document.querySelector("[data-key=params] button").click();
            return performance.now() - start;
        }"""
    )
    assert took < 2000


def test_prints_every_layer(opened: Opened, report: Report, tmp_path: Path) -> None:
    layers: list[Any] = [{"Dense": 8}] * 120
    page = opened(report({"input_shape": [8], "layers": layers}))
    assert len(names(page)) == 50
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(names(page)) == 120
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(names(page)) == 50


def frames(page: Any) -> None:
    """Wait until what observes sizes has been told of them: two drawn frames."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_prints_a_small_graph_as_large_as_it_is(opened: Opened, report: Report) -> None:
    page = opened(report(BOTH), viewport={"width": 1280, "height": 800})
    shown = page.locator("#graph-view svg")
    before = shown.get_attribute("viewBox")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    frames(page)
    _, _, width, height = map(float, shown.get_attribute("viewBox").split())
    box = shown.bounding_box()
    assert min(box["width"] / width, box["height"] / height) > 0.9
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    frames(page)
    assert shown.get_attribute("viewBox") == before


@pytest.mark.parametrize(("layers", "height"), [(8, 600), (14, 900), (40, 900)])
def test_prints_a_graph_below_the_figures_or_on_its_own_sheet(
    opened: Opened, report: Report, layers: int, height: int
) -> None:
    """If it is readable there; a larger graph is left to `lstmcount plot`."""
    entries = [{"Dense": 8 + i} for i in range(layers)]
    page = opened(report({"input_shape": [8], "layers": entries}))
    page.emulate_media(media="print")
    view = page.locator("#graph-view")
    assert view.is_visible() is (layers < 40)
    assert view.evaluate("box => box.style.getPropertyValue('--printed-height')") == f"{height}px"


def test_two_models_side_by_side(opened: Opened, report: Report) -> None:
    new = {**SMALL, "layers": [*SMALL["layers"][:3], {"Dense": {"units": 5, "name": "actions"}}]}
    page = opened(report(SMALL, new))
    table = page.locator("#comparison-totals")
    cells = table.get_by_role("row", name="Parameters").get_by_role("cell").all()
    assert [cell.text_content() for cell in cells] == ["148099", "148357", "+258", "+0.2%"]
    rows = page.locator("#comparison-body tr")
    assert rows.count() == 1
    assert "units: 3 → 5" in rows.first.inner_text()
    page.get_by_label("Only what changed").uncheck()
    assert rows.count() == 4
    rows.last.get_by_role("button", name="actions").first.click()
    assert "128·3 + 3" in page.get_by_role("dialog").inner_text()
    page.keyboard.press("Escape")
    page.locator("#model").select_option("0")
    assert column(page, 5)[-1].replace("\n", "") == "387"


BOTH = {
    "inputs": {"x": [None, 8]},
    "layers": [
        {"Bidirectional": {"layer": {"LSTM": {"units": 4}}}, "name": "both", "inputs": "x"},
        {"ConvLSTM1D": {"filters": 2, "kernel_size": 3}, "name": "frames", "inputs": "y"},
        {"Dense": 3, "name": "dense", "inputs": "both"},
    ],
    "outputs": ["dense", "frames"],
}
BOTH["inputs"]["y"] = [None, 9, 2]  # type: ignore[index]


def test_a_link_opens_its_layer(opened: Opened, report: Report) -> None:
    page = opened(report(BOTH))
    page.evaluate("location.hash = 'both'")
    dialog = page.get_by_role("dialog", name="both Bidirectional")
    dialog.wait_for()
    dialog.get_by_role("button", name="Next").click()
    page.wait_for_url("**#y")
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: not url.partition("#")[2])
    page.get_by_role("button", name="dense", exact=True).click()
    page.wait_for_url("**#dense")


def test_recurrent_layers_have_pictures(opened: Opened, report: Report) -> None:
    page = opened(report(BOTH))
    for name, titles in (("both", ["The cell", "Over time"]), ("frames", ["The cell"])):
        page.get_by_role("button", name=name, exact=True).click()
        regions = page.locator("dialog .picture")
        assert [one.get_attribute("aria-label") for one in regions.all()] == titles
        assert all(one.locator("svg").bounding_box()["width"] > 100 for one in regions.all())
        page.keyboard.press("Escape")


@pytest.mark.parametrize("wrong", ["0", "1.5", "-3", "99999999999", ""])
def test_a_wrong_batch_size_is_answered(opened: Opened, report: Report, wrong: str) -> None:
    page = opened(report(SMALL))
    page.get_by_label("Batch size, exactly").fill(wrong)
    assert page.get_by_role("alert").inner_text() == (
        "A batch size is a whole number from 1 to 2,147,483,648."
    )
    page.get_by_label("Batch size, exactly").fill("8")
    assert page.get_by_role("alert").inner_text() == ""


def test_numbers_of_layers_agree(opened: Opened, report: Report) -> None:
    page = opened(report(BOTH))
    assert page.locator(".figures > div", has_text="Layers").locator("dd").inner_text() == "3"
    assert page.locator("#layers-pager p").inner_text() == "3 layers, 2 inputs"
    page.get_by_label("Find").fill("dense")
    assert page.locator("#layers-pager p").inner_text() == "1 of 3 layers, 0 of 2 inputs"


def test_a_treemap_has_one_measure(opened: Opened, report: Report) -> None:
    spec = {
        "inputs": {"x": [None, 8], "z": [4]},
        "layers": [
            {"LSTM": 4, "name": "lstm", "inputs": "x"},
            {"Dense": 3, "name": "fixed", "inputs": "z"},
        ],
        "outputs": ["lstm", "fixed"],
    }
    page = opened(report(spec))
    about = page.locator("#macs-about").inner_text()
    assert about == (
        "1 layer by its MACs per time step. Not drawn, as they run once for a sample: fixed."
    )
    assert page.locator("#macs-treemap .tile .label").all_inner_texts() == ["lstm"]


def test_at_400_pixels_nothing_is_wider(opened: Opened, report: Report) -> None:
    page = opened(report(BOTH), viewport={"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    for numbers in ("[data-key=params]", "#memory thead th:nth-child(3)"):
        box = page.locator(numbers).first.bounding_box()
        assert box["x"] + box["width"] <= 388
    page.evaluate("location.hash = 'both'")
    assert page.evaluate("document.querySelector('.sheet').scrollWidth") <= 400


def test_at_400_pixels_two_models_stand_side_by_side(opened: Opened, report: Report) -> None:
    page = opened(report(SMALL, BOTH), viewport={"width": 400, "height": 800})
    last = page.locator("#comparison-totals tbody tr").first.locator("td").last.bounding_box()
    assert last["x"] + last["width"] <= 388
