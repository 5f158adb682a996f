"""The named stories of the demonstration, in the order in which they are best read, and what is not told yet."""

from portal.desk.demo import told_deciding, told_supply, told_trouble, told_work
from portal.desk.demo.story import Story

STORIES: tuple[Story, ...] = (
    *told_supply.STORIES,
    *told_work.STORIES,
    *told_deciding.STORIES,
    *told_trouble.STORIES,
)

# Situations of the design's list that the portal cannot show before more of it is built.
NOT_YET: dict[int, str] = {
    1: "A porter cannot say “not ready” yet: a patient job that was not ready twice.",
    4: "Work cannot wait for parts yet: a pump out of use with a loan.",
    6: "Work cannot be passed to another team yet: a repair passed from IT to estates.",
    25: "Invoices are not read from Odoo: one that does not match.",
}


def story(code: str) -> Story:
    """The story with this code. Raises KeyError."""
    return {one.code: one for one in STORIES}[code]
