"""How big a Keras model is, and why, from a description of it alone."""

from __future__ import annotations

from lstmcount.version import __version__ as __version__

TYPE_CHECKING = False  # importing `typing` takes long, and nothing else here needs it
if TYPE_CHECKING:
    from typing import Any, Unpack

    from lstmcount.api.check import check
    from lstmcount.api.compare import compare
    from lstmcount.api.convert import convert
    from lstmcount.api.cost import cost
    from lstmcount.api.count_many import count_many
    from lstmcount.api.diff import diff
    from lstmcount.api.explain import explain
    from lstmcount.api.log import log
    from lstmcount.api.opening import Options
    from lstmcount.api.plot import plot
    from lstmcount.api.report import report
    from lstmcount.api.solve import solve
    from lstmcount.api.sweep import sweep
    from lstmcount.api.trace import trace
    from lstmcount.api.verify import verify
    from lstmcount.errors import LstmcountError
    from lstmcount.summary import LayerSummary, Summary, Weight

__all__ = [
    "LayerSummary",
    "LstmcountError",
    "Summary",
    "Weight",
    "check",
    "compare",
    "convert",
    "cost",
    "count_many",
    "diff",
    "explain",
    "log",
    "plot",
    "report",
    "solve",
    "summarize",
    "sweep",
    "trace",
    "verify",
]

_ELSEWHERE = {
    "LstmcountError": "errors",
    "LayerSummary": "summary",
    "Summary": "summary",
    "Weight": "summary",
}


if not TYPE_CHECKING:  # a type checker then knows a wrong name

    def __getattr__(name: str) -> Any:
        """Import names on first use, so that the command line starts without them."""
        if name not in __all__:
            raise AttributeError(f"module 'lstmcount' has no attribute {name!r}")
        from importlib import import_module

        from lstmcount.summary import Summary

        Summary.as_text, Summary.as_html = _table, _html
        module = import_module(f"lstmcount.{_ELSEWHERE.get(name, f'api.{name}')}")
        return getattr(module, name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


def _table(summary: Summary) -> str:
    """The text of `str(summary)`; the records themselves know no renderers."""
    from lstmcount.renderers.table import as_text

    return as_text(summary)


def _html(summary: Summary) -> str:
    from lstmcount.renderers.notebook import as_html

    return as_html(summary)


def summarize(source: Any, **options: Unpack[Options]) -> Summary:
    """Count the model in `source`: a path, a file object, a dict, a string of JSON, or a Keras
    model in memory, which describes itself.

    `options` say how it is read: `settings`, `model`, `code`, `config`. Shapes begin with the
    batch axis, whose size is None where it is open.

    Raises `LstmcountError`, whose text says where in the source something is wrong.

    >>> summarize({"input_shape": [7, 80], "layers": [{"LSTM": 12}]}).total_params
    4464
    """
    import gc

    from lstmcount.api.opening import config_of, opened
    from lstmcount.graph.inference import infer
    from lstmcount.sources import errors_in
    from lstmcount.summary import Summary

    Summary.as_text, Summary.as_html = _table, _html
    source = opened(source, options)
    collects = gc.isenabled()
    gc.disable()  # many records are created and none becomes garbage, so searching them is useless
    try:
        with errors_in(source):
            return infer(config_of(source, options))
    finally:
        if collects:
            gc.enable()
