"""Deciding as a state machine: hypothesis plays people against the real verbs, and laws are checked after each step.

`town` is the small world of people, `oracle` says by its own rules who may decide what (it never asks the product),
`tables` reads what is stored, `laws` are the invariants, `machine` the moves, `seeded` breaks the product on purpose
to show that each kind of mistake is found.
"""
