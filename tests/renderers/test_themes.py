"""Colours: every layer has one, and the text on it can be read."""

from __future__ import annotations

import itertools

import pytest

from lstmcount.layers.families import FAMILIES
from lstmcount.renderers.themes import KINDS, OTHER, THEMES, Theme, contrast, kind_of

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))


def test_themes_name_the_same_kinds() -> None:
    assert {*KINDS, OTHER} == set(THEMES["light"].kinds) == set(THEMES["dark"].kinds)


def test_the_kinds_name_families_and_classes_that_exist() -> None:
    known = {*FAMILIES, *itertools.chain(*(names.split() for names in FAMILIES.values()))}
    assert set(itertools.chain(*KINDS.values())) <= known


@pytest.mark.parametrize(
    ("class_name", "kind"),
    [
        ("LSTM", "recurrent"),
        ("Bidirectional", "recurrent"),
        ("Conv2D", "convolution"),
        ("Convolution2D", "convolution"),
        ("Dense", "dense"),
        ("Embedding", "embedding"),
        ("InputLayer", "input"),
        ("Input", "input"),
        ("Sequential", OTHER),
        ("<img src=x>", OTHER),
    ],
)
def test_a_class_has_the_colour_of_its_family(class_name: str, kind: str) -> None:
    assert kind_of(class_name) == kind


@themes
@pytest.mark.parametrize("share", [0, 0.01, 0.1, 0.5, 1])
def test_text_on_every_fill_can_be_read(theme: Theme, share: float) -> None:
    for kind, members in KINDS.items():
        for name in members:
            if kind_of(name) == kind:
                fill = theme.fill(name, share)
                assert contrast(theme.text_on(fill), fill) >= 4.5, (kind, fill)


@themes
def test_text_on_paper_can_be_read(theme: Theme) -> None:
    for colour in (theme.ink, theme.quiet, theme.accent):
        assert min(contrast(colour, theme.paper), contrast(colour, theme.raised)) >= 4.5
    assert contrast(theme.line, theme.paper) >= 3


def test_a_larger_share_is_a_stronger_colour() -> None:
    light = THEMES["light"]
    steps = [contrast(light.fill("LSTM", share), light.paper) for share in (0, 0.1, 0.5, 1)]
    assert steps == sorted(steps)
    assert len(set(steps)) == 4
