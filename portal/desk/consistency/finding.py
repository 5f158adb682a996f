"""One thing that does not agree."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`code` is one of `codes.CODES`; `subject` is 'kind:id', as on audit events; `sentence` says what is wrong there."""

    code: str
    subject: str
    sentence: str
