"""The version of lstmcount."""

__version__ = "0.1.0"
