"""Print the names that only registries look up, one a line, so that vulture counts them as used:
layers and operations with their arguments, and the builders of architectures.
"""

from __future__ import annotations

from lstmcount import layers
from lstmcount.layers import ops
from lstmcount.programs.libraries.keras.architectures import applications


def main() -> None:
    classes = [layers.find(name) for name in layers.class_names()]
    classes += [ops.find(name) for name in ops.class_names()]
    names = {application.builder.partition(".")[2] for application in applications().values()}
    for cls in filter(None, classes):
        names |= {cls.__name__, *cls.__struct_fields__}
    print(*sorted(names), sep="\n")


if __name__ == "__main__":
    main()
