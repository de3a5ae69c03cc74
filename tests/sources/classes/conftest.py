"""Keeps pytest's doctest collection away from what needs Keras to be imported."""

collect_ignore_glob = ["*.py"]
