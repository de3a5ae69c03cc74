"""Whether the libraries that a program imports are installed, which is not known for most of them.

A program may do something else if an import fails. Both ways are then followed.
"""

from __future__ import annotations

import ast

from lstmcount.programs.language.objects import exceptions
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.provided import words
from lstmcount.shapes import Unknown

# Well-known packages for data, plots and files, of which no project has code of its own.
_PACKAGES = words("""
    Bio PIL SimpleITK arch boto3 bs4 catboost cv2 dask fasttext fbprophet flask flask_cors gensim
    geopandas gym gymnasium h5py hmmlearn hyperopt imageio implicit jieba joblib librosa lifelines
    lightgbm matplotlib mediapipe mido mlflow mne music21 networkx nibabel nltk optuna pandas
    pandas_datareader plotly pmdarima polars pretty_midi prophet psutil pydicom pydub pymongo
    pyspark rasterio rdkit redis requests scipy seaborn sentence_transformers skimage sklearn
    sounddevice soundfile spacy sqlalchemy statsmodels streamlit surprise talib tensorboardX
    tensorflow_datasets torch torchaudio torchvision tqdm transformers ultralytics wandb wfdb
    xgboost yfinance
""")


def why_absent(path: str, level: int) -> str:
    """Why what an import binds is unknown, for a module that the project does not have.

    >>> why_absent("pandas.io", 0)
    'pandas is not followed'
    >>> why_absent("sizes", 1)
    'there is no module .sizes; --code PATH adds its folder'
    """
    top = path.partition(".")[0]
    if not level and top in _PACKAGES:
        return f"{top} is not followed"
    return f"there is no module {'.' * level}{path}; --code PATH adds its folder"


def check_import(run: Run, node: ast.AST, path: str, name: str = "", *, level: int = 0) -> None:
    """Raise the program's ImportError if an import fails and the program catches that.

    `name` is imported from the module `path`, which is not one of the program's own modules.
    """
    if not level and run.libraries.surely_has(path, name):
        return
    is_caught = exceptions.is_caught(run, "ModuleNotFoundError", everywhere=True)
    if is_caught and not _is_installed(run, node, path, name, level):
        fail(run)
    elif not is_caught and not level:
        run.own_modules.installed.add(path.partition(".")[0])


def check_attribute(run: Run, node: ast.Attribute, path: str) -> None:
    """Raise the program's AttributeError if a module lacks a name and the program catches that.

    For names that only some versions have, this is not known.
    """
    if run.libraries.surely_has(path, node.attr) or not any(
        "AttributeError" in names for names in [catching.names for catching in run.catching]
    ):
        return
    if run.libraries.imported(path, node.attr) is MISSING:
        return
    text = f"hasattr({run.source_of(node.value)}, {node.attr!r})"
    if not run.decide(Unknown(text), node, text, 1):
        exceptions.fail(run, AttributeError())


def fail(run: Run) -> None:
    """Raise the program's ImportError, if it catches that."""
    exceptions.fail(run, ModuleNotFoundError(), everywhere=True)


def is_installed(run: Run, path: str, node: ast.AST) -> bool:
    """Whether a library or a module of the program's own is installed, as decided for the run."""
    return (
        run.libraries.surely_has(path, "")
        or run.own_modules.has(path)
        or _is_installed(run, node, path)
    )


def _is_installed(run: Run, node: ast.AST, path: str, name: str = "", level: int = 0) -> bool:
    top = path.partition(".")[0]
    if level or not run.libraries.surely_has(top, ""):
        text = f"import {'.' * level}{top}"
        if not level and top in run.own_modules.installed:
            return True
    else:
        text = f"from {path} import {name}" if name else f"import {path}"
    return bool(run.decide(Unknown(text), node, text, not level))


def asks_whether_it_works(words: str) -> bool:
    """Whether the text of a decision asks whether an import or an unknown call works."""
    return words.startswith(("import ", "from ", exceptions.TRY))
