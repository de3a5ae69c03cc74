"""Imports of libraries and of the program's own modules."""
