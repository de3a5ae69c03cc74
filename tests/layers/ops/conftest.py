"""What pytest leaves alone here."""

collect_ignore = ["make_keras2_functions.py"]  # needs TensorFlow
