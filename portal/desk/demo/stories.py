"""The named stories of the demonstration, in the order in which they are best read, and what is not told yet."""

from portal.desk.demo import told_deciding, told_glass, told_serving, told_supply, told_trouble, told_work
from portal.desk.demo.story import Story

STORIES: tuple[Story, ...] = (
    *told_supply.STORIES,
    *told_work.STORIES,
    *told_serving.STORIES,
    *told_deciding.STORIES,
    *told_glass.STORIES,
    *told_trouble.STORIES,
)

# Situations of the design's list that the portal cannot show before more of it is built.
NOT_YET: dict[int, str] = {
    25: "Invoices are not read from Odoo: one that does not match.",
}


def story(code: str) -> Story:
    """The story with this code. Raises KeyError."""
    return {one.code: one for one in STORIES}[code]
