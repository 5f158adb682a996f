"""Budgets that cannot be overspent: what a request asks of them, the ledger, and what people are shown.

What a request holds of a budget follows from where the request stands (`due`); whenever that changes, the ledger gets the
difference (`ledger.settle`). So a request counts once, however many orders and rounds it has.
"""
