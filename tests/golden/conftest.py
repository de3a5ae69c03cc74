"""Keeps pytest's doctest collection away from the generator, which needs Keras to be imported."""

collect_ignore_glob = ["*.py", "cases/*.py"]
