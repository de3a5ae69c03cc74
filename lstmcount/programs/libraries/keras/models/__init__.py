"""Sequential and Functional models: their graphs, and the masks in them."""
