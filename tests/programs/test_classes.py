"""Classes of a program: which of several bases an attribute comes from."""

from __future__ import annotations

from lstmcount.programs.choice import read_python

PROGRAM = b"""
from keras import Sequential, layers

class A:
    units = 2

class B(A):
    pass

class C(A):
    units = 5

class D(B, C):
    pass

model = Sequential([layers.Input((3,)), layers.Dense(D().units)])
"""


def test_a_class_comes_before_the_bases_that_it_shares_with_others():
    assert read_python(PROGRAM).layers[1].arguments["units"] == 5
