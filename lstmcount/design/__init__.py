"""Design by numbers: sizes of a model as variables, to sweep over or to solve for."""
