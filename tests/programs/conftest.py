"""Keep pytest from importing the programs: lstmcount reads them."""

collect_ignore_glob = ["programs/*"]
