"""Use a model's sizes as variables: sweep over their values, or solve for them."""
