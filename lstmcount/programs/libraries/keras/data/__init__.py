"""Data sets that models are trained on, for the shapes of their elements."""
