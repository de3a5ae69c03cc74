"""What lstmcount and other tools say of the same model, and what their answers cost.

    pip install '.[oracle,browser]' torch torchinfo netron
    python benchmarks/tools.py

The article's model, saved by Keras, is given to each tool that this environment has. Printed is a
Markdown table: parameters, and seconds of processor time (the median of three).
"""

from __future__ import annotations

import datetime
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from typing import NamedTuple

ENVIRONMENT = {**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": os.pathsep.join(sys.path)}
RUNS = 3
KERAS_MODEL = """
import keras
from keras import layers as l
keras.Sequential([
    keras.Input((5, 126)), l.LSTM(64, return_sequences=True, activation="relu"),
    l.LSTM(128, return_sequences=True, activation="relu"), l.LSTM(64, activation="relu"),
    l.Dense(64, activation="relu"), l.Dense(32, activation="relu"), l.Dense(3, "softmax"),
]).save("article.keras")
"""
KERAS_SUMMARY = """
import keras
keras.saving.load_model("article.keras").summary()
"""
TORCHINFO = """
import torch, torchinfo
from torch import nn
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(126, 64, batch_first=True)
        self.lstm_1 = nn.LSTM(64, 128, batch_first=True)
        self.lstm_2 = nn.LSTM(128, 64, batch_first=True)
        self.dense, self.dense_1 = nn.Linear(64, 64), nn.Linear(64, 32)
        self.actions = nn.Linear(32, 3)
    def forward(self, x):
        for lstm in (self.lstm, self.lstm_1, self.lstm_2):
            x, _ = lstm(x)
        x = self.dense(x[:, -1]).relu()
        return self.actions(self.dense_1(x).relu()).softmax(-1)
print(torchinfo.summary(Model(), (1, 5, 126)))
"""
NETRON = """
import netron
from playwright import sync_api
host, port = netron.start("article.keras", browse=False)
with sync_api.sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path={chromium!r}, args=["--no-sandbox"])
    page = browser.new_page()
    page.goto(f"http://{{host}}:{{port}}")
    page.get_by_text("Accept").or_(page.get_by_text("LSTM").first).first.wait_for()
    if page.get_by_text("Accept").is_visible():
        page.get_by_text("Accept").click()
    page.wait_for_timeout(5_000)
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(5_000)
    words = page.inner_text("body").lower().split()
    print("total params:", words[words.index("metrics") + 1])
    browser.close()
netron.stop()
"""


class Tool(NamedTuple):
    name: str
    packages: tuple[str, ...]
    command: list[str]
    timed: bool = True


def tools() -> Iterator[Tool]:
    python = [sys.executable, "-c"]
    netron = NETRON.format(chromium=shutil.which("chromium"))
    summary = [sys.executable, "-m", "lstmcount", "summary", "article.keras"]
    yield Tool("lstmcount", ("lstmcount",), summary)
    yield Tool("Keras's `model.summary()`", ("keras", "jax"), [*python, KERAS_SUMMARY])
    yield Tool("torchinfo", ("torchinfo", "torch"), [*python, TORCHINFO])
    yield Tool("Netron", ("netron", "playwright"), [*python, netron], timed=False)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", KERAS_MODEL], cwd=folder, env=ENVIRONMENT, check=True)
        print(f"Measured on {datetime.datetime.now(datetime.UTC):%Y-%m-%d}:\n")
        print("| | version | parameters | seconds |\n|---|---|--:|--:|")
        for tool in tools():
            try:
                version = metadata.version(tool.packages[0])
                for other in tool.packages[1:]:
                    metadata.version(other)
            except metadata.PackageNotFoundError as missing:
                print(f"| {tool.name} | not measured: {missing.name} is not installed | | |")
            else:
                print(f"| {tool.name} | {version} | {' | '.join(measured(tool, folder))} |")


def measured(tool: Tool, folder: str) -> tuple[str, str]:
    """The number of parameters that a tool prints, and the processor time that it takes."""
    times, said = [], ""
    for _ in range(RUNS if tool.timed else 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = subprocess.run(
            tool.command,
            cwd=folder,
            env=ENVIRONMENT,
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        ).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    found = re.search(r"total params: ([\d,]+)", said, re.IGNORECASE)
    count = f"{int(found[1].replace(',', '')):,}" if found else "?"
    return count, f"{statistics.median(times):.1f}" if tool.timed else ""


if __name__ == "__main__":
    main()
