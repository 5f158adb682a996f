"""Do state, decisions, clocks, lines, outbox, references, rights and the record agree? Reads, and changes nothing.

`find()` goes through every request with all that belongs to it, a slice at a time, and judges each by what the verbs
promise. `codes.CODES` says what each finding means and what to do about it.
"""

from .examination import Report, examine, find
from .finding import Finding

__all__ = ["Finding", "Report", "examine", "find"]
