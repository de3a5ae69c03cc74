"""Budgets: limits for a model's numbers and their growth, and checks against them.

A budget (`syntax`) becomes a list of `Limit`s; a `Summary` becomes a `Profile`, plain numbers that
can also be stored in a lock file; `judging` compares the two.
"""
