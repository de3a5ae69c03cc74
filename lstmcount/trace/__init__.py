"""A recurrent layer unrolled over time: every gate at every step, with its values."""
