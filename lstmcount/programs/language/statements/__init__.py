"""Statements, expressions and calls, as Python executes them."""
