"""Run a recurrent layer over time and record the values of its gates at every step."""
