"""Keep pytest's doctest collection away from modules that import Keras."""

collect_ignore_glob = ["*.py"]
