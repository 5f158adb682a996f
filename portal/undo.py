"""How long a person may take a decision back, and so how long what it causes waits before it leaves the portal."""

from datetime import timedelta

UNDO = timedelta(seconds=10)  # an emergency does not wait for that
