"""The rows of the seed's CSV files."""

import csv
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]


@cache
def table(name: str) -> tuple[Row, ...]:
    """All rows of <name>.csv, by column."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def rows_of(name: str, hospital: str) -> list[Row]:
    """The rows of <name>.csv that belong to the hospital with this code."""
    return [row for row in table(name) if row["hospital"] == hospital]
