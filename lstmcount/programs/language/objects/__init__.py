"""The program's own functions, classes, objects and exceptions."""
