"""Writes docs/pictures.md and the pictures that it shows, with lstmcount itself.

python docs/gallery.py
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from lstmcount.cli.commands import cli

ROOT = Path(__file__).resolve().parent.parent

HEAD = """\
# Pictures

`lstmcount plot SOURCE -o FILE` draws a model. The suffix decides what is written: `.svg` (valid
XML, with text that can be selected and read aloud), `.png` and `.pdf` (through matplotlib:
`pip install 'lstmcount[pictures]'`), `.dot` for Graphviz, `.mmd` and `.md` for Mermaid, which
GitHub draws in a README or in a comment.

<!-- Written by docs/gallery.py; change that. -->
"""

# file, what it shows, the command
PICTURES = [
    (
        "action_recognition",
        "Layers are boxes: class, name, output shape, parameters. The colour shows the kind of "
        "layer, as the last line lists, and is stronger the larger its share of all parameters. "
        "Recurrent layers have a loop, the model's outputs a thick border. `--direction` is TB, "
        "BT, LR or RL.",
        "configs/action_recognition.yaml --direction LR",
    ),
    (
        "seq2seq",
        "A layer that is called twice has a box for each call; the second is dashed and has no "
        "parameters of its own. `--show` chooses from shapes, params and macs.",
        "configs/seq2seq.yaml --show shapes,params,macs",
    ),
    (
        "transformer",
        "Repeated blocks are drawn once, on a stack: × 6. `--no-fold` draws them all.",
        "docs/gallery/transformer.json --direction LR",
    ),
    (
        "nested",
        "Models inside the model are clusters; `--depth 0` draws each as one box.",
        "docs/gallery/nested.yaml --theme dark",
    ),
    (
        "unrolled",
        "`--unroll N` draws a recurrent layer over its first N time steps and the last one.",
        "configs/action_recognition.yaml --unroll 3 --layer lstm",
    ),
    (
        "both_directions",
        "For a Bidirectional layer, both directions.",
        "configs/bidirectional_tagger.yaml --unroll 2",
    ),
    (
        "lstm_cell",
        "`--cell` draws the gates, with the equations and matrices that `explain` prints.",
        "configs/lstm_cell.yaml --cell",
    ),
    (
        "gru_cell",
        "A GRU; a tooltip shows where each matrix is in Keras's variable.",
        "configs/stacked_gru.yaml --cell --layer gru_2 --theme dark",
    ),
]


def write(folder: Path) -> None:
    """The page and its pictures, into a folder like docs/."""
    (folder / "gallery").mkdir(exist_ok=True)
    page = [HEAD]
    for name, text, arguments in PICTURES:
        file = f"gallery/{name}.svg"
        words = [
            str(ROOT / word) if (ROOT / word).is_file() else word for word in shlex.split(arguments)
        ]
        cli.main(["plot", *words, "-o", str(folder / file)], standalone_mode=False)
        page.append(f"{text}\n")
        page.append(f"```console\n$ lstmcount plot {arguments} -o {name}.svg\n```\n")
        page.append(f"![{name.replace('_', ' ')}]({file})\n")
    (folder / "pictures.md").write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs")
