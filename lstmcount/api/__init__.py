"""The functions of the package, one file each; the commands print what they return."""
