"""Frames and series of pandas that a program makes of known data, as far as shapes are decidable.

What is read from files is not known, and neither are methods and functions that are not listed.
"""
