"""Print the names that only registries look up, one a line, so that vulture counts them as used:
layers and operations with their arguments, and the builders of architectures.
"""

from __future__ import annotations

from lstmcount.layers import registry
from lstmcount.layers.ops import classes as operations
from lstmcount.programs.libraries.keras.architectures import applications


def main() -> None:
    classes = [registry.find(name) for name in registry.class_names()]
    classes += [operations.find(name) for name in operations.class_names()]
    names = {application.builder.partition(".")[2] for application in applications().values()}
    for cls in filter(None, classes):
        names |= {cls.__name__, *cls.__struct_fields__}
    print(*sorted(names), sep="\n")


if __name__ == "__main__":
    main()
