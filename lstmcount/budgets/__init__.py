"""Budgets: what a model may weigh, by how much it may grow, and whether it does.

A budget (`syntax`) becomes a list of `Limit`s; a `Summary` becomes a `Profile`, plain numbers that
can be kept in a lock file too; `judging` holds one against the other.
"""
