"""Programs whose sizes are options of `click` and `typer`."""

from __future__ import annotations

import click
import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.programs.libraries.click import _parameter
from tests.programs.pasting import count, pasted

PROGRAM = """
import click
import typer
import keras
from keras import layers
{}
    model = keras.Sequential([keras.Input((4,))])
    for _ in range(depth):
        model.add(layers.Dense(units, use_bias=biased))
    return model
"""
CLICK = """
@click.command()
@click.option("-u", "--units", default=8)
@click.option("--depth", type=int, default="2", show_default=True)
@click.option("--biased/--plain", default=True)
@click.option("--verbose", is_flag=True)
@click.option("--name")
def main(units, depth, biased, verbose, name):
    if verbose or name is not None: units = 100
"""
TYPER = """
app = typer.Typer()
@app.command()
def main(units: int = typer.Option(8), depth: int = typer.Argument(default=2), biased: bool = True):
    pass
"""
BARE = CLICK.replace("click.command()", "click.command").replace("8)", "'8', type=int)")


@pytest.mark.parametrize(
    ("function", "call"),
    [
        (CLICK, ""),
        (CLICK, "main()"),
        (CLICK, "if __name__ == '__main__':\n    main()"),
        (BARE, "main()"),
        (TYPER, ""),
        (TYPER, "app()"),
        (TYPER, "typer.run(main)"),
    ],
)
def test_the_defaults_are_taken(function, call):
    program = f"{PROGRAM.format(function)}{call}\n"
    assert infer(read_python(program.encode())).total_params == 40 + 72
    total, messages, _ = count(program, {"units": 3, "depth": 1, "biased": False})
    assert (total, messages) == (12, [])


def test_a_value_that_a_command_line_must_give_is_asked_for():
    function = CLICK.replace("default=8", "required=True")
    answer = pasted(f"{PROGRAM.format(function)}main()\n")
    assert answer.settings == {"units": 3}
    assert answer.total == 15 + 12


@pytest.mark.parametrize(
    "names",
    [
        ["--units"],
        ["-u", "--n-units"],
        ["-u"],
        ["--wide/--narrow"],
        ["-w/-n"],
        ["-u", "--units", "size"],
        ["--a", "--longer-name"],
        ["-d", "--Depth"],
    ],
)
def test_the_parameter_is_the_one_that_click_chooses(names):
    assert _parameter(names) == click.Option(names).name
