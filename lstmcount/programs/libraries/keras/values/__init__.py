"""Layers, models, tensors and weights as values of a program."""
