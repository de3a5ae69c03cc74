"""Print a circle of imports between modules of the package, where there is one, and exit with 1.

lint-imports compares the modules of a room with each other; this also sees a package's
`__init__.py` that one of the package's own modules imports.
"""

from __future__ import annotations

import sys
from graphlib import CycleError, TopologicalSorter

from grimp import build_graph


def main() -> None:
    graph = build_graph("lstmcount", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        sys.exit(" imports ".join(reversed(error.args[1])))


if __name__ == "__main__":
    main()
