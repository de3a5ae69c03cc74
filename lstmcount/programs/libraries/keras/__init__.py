"""Keras as a program sees it: layers, tensors and models that only remember what was asked."""
