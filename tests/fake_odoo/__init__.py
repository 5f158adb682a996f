"""A stand-in for an Odoo server: speaks JSON-RPC as version 17 or 19 and keeps its records in a folder.

It answers what real servers answered to the same questions (tests/transcripts); it is no Odoo and knows no more
than the portal asks. Standard library only. `python -m tests.fake_odoo --help` starts it by itself.
"""
