"""Files that pytest must not import."""

collect_ignore = ["make_keras2_functions.py"]  # needs TensorFlow
