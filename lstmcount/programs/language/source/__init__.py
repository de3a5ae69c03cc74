"""The text of a program: its syntax tree, places, and the words of its nodes."""
