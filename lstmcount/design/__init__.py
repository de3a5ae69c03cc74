"""Design by numbers: the sizes of a model as variables, swept forwards and solved backwards."""
