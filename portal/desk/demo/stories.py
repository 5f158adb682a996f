"""The named stories of the demonstration, in the order in which they are best read, and what is not told yet."""

from portal.desk.demo import told_deciding, told_supply, told_trouble
from portal.desk.demo.story import Story

STORIES: tuple[Story, ...] = (*told_supply.STORIES, *told_deciding.STORIES, *told_trouble.STORIES)

# Situations of the design's list that the portal cannot show before more of it is built.
NOT_YET: dict[int, str] = {
    1: "There are no transport jobs: a patient job that was not ready twice.",
    2: "There are no transport jobs: a planned move whose clock starts before it.",
    3: "There are no transport jobs: a return journey released by imaging.",
    4: "There are no repairs: a pump out of use with a loan, waiting for parts.",
    5: "There are no repairs: the same pump reported three times.",
    6: "There are no repairs: one passed from IT to estates.",
    21: "There are no parent requests: a new starter with one task late.",
    23: "There are no transport jobs: a sample refused because it was not labelled.",
    24: "There are no transport jobs: a transfer after death, absent from every board.",
    25: "Invoices are not read from Odoo: one that does not match.",
}


def story(code: str) -> Story:
    """The story with this code. Raises KeyError."""
    return {one.code: one for one in STORIES}[code]
