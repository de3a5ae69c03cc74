"""How big a Keras model is, and why, from a description of it alone."""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` takes long, and nothing else here needs it
if TYPE_CHECKING:
    from typing import Any

    from lstmcount.budgets.many import check
    from lstmcount.errors import LstmcountError
    from lstmcount.sources.many import count_many
    from lstmcount.summary import LayerSummary, Summary, Weight

__all__ = [
    "LayerSummary",
    "LstmcountError",
    "Summary",
    "Weight",
    "check",
    "count_many",
    "summarize",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import names on first use, so that the command line starts without them."""
    if name not in __all__:
        raise AttributeError(f"module 'lstmcount' has no attribute {name!r}")
    if name == "check":
        from lstmcount.budgets.many import check

        return check
    if name == "count_many":
        from lstmcount.sources.many import count_many

        return count_many
    from lstmcount import errors, summary

    summary.Summary.as_text, summary.Summary.as_html = _table, _html
    return getattr(errors if name == "LstmcountError" else summary, name)


def _table(summary: Summary) -> str:
    """The text of `str(summary)`; the records themselves know no renderers."""
    from lstmcount.renderers.table import as_text

    return as_text(summary)


def _html(summary: Summary) -> str:
    from lstmcount.renderers.notebook import as_html

    return as_html(summary)


def summarize(source: Any) -> Summary:
    """Count the model in `source`: a path, a file object, a dict, a string of JSON, or a Keras
    model in memory, which describes itself.

    Raises `LstmcountError`, whose text says where in the source something is wrong.

    >>> summarize({"input_shape": [7, 80], "layers": [{"LSTM": 12}]}).total_params
    4464
    """
    import gc

    from lstmcount.errors import LstmcountError
    from lstmcount.graph.inference import infer
    from lstmcount.sources import open_source, place, read
    from lstmcount.summary import Summary

    Summary.as_text, Summary.as_html = _table, _html
    opened = open_source(source)
    collects = gc.isenabled()
    gc.disable()  # many records are created and none becomes garbage, so searching them is useless
    try:
        return infer(read(opened))
    except LstmcountError as error:
        raise place(error, opened) from None
    finally:
        if collects:
            gc.enable()
