"""Python's own types, and their methods."""
