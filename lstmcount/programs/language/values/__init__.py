"""What values of a program do: elements, operators, and what is unknown about them."""
