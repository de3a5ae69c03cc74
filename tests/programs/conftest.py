"""The programs are read, not imported."""

collect_ignore_glob = ["programs/*"]
