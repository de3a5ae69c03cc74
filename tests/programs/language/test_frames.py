"""Calls that are nested deeply keep their frames in one piece of memory."""

import pytest

from lstmcount.programs.language.frames import with_room

resource = pytest.importorskip("resource")


def call_often_at_each_depth(depth=400):
    for _ in range(200):
        leaf()
    if depth:
        call_often_at_each_depth(depth - 1)


def leaf():
    a = b = c = d = e = f = g = h = 1
    return [a, b, c, d, e, f, g, h, *range(3)]


def faults(function):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    function()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_frames_are_not_mapped_again_for_each_call():
    with_room(call_often_at_each_depth)  # whatever the first time maps
    assert faults(lambda: with_room(call_often_at_each_depth)) < 100
