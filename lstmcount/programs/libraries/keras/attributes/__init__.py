"""Attributes and methods of layers and models."""
