"""Layers and models whose classes the program defines, followed as Keras builds and trains them."""
