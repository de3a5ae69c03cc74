"""Make layers from arguments that are written by hand, come from files, or are unknown."""
