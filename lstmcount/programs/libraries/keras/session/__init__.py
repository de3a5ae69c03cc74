"""The Keras session of a run: its version and settings, and the layers that it creates."""
