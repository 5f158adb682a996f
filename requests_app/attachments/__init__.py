"""Files that belong to a request: taken in, kept, shown, checked for viruses, removed."""

from requests_app.attachments.adding import (
    FIELD,
    MOST,
    asked,
    attach,
    get_attachment,
    may_add,
    may_remove,
    remove,
    shown,
    take_from,
)

__all__ = [
    "FIELD",
    "MOST",
    "asked",
    "attach",
    "get_attachment",
    "may_add",
    "may_remove",
    "remove",
    "shown",
    "take_from",
]
