"""Any source as a spec, as Keras's own JSON, or as Python code."""
