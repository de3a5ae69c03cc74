"""Keras as a program sees it: layers, tensors and models that record their arguments and calls."""
