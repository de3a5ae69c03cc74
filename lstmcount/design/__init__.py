"""Design by numbers: the sizes of a model as variables, asked forwards and backwards."""
