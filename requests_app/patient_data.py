"""Does a text hold data of a patient? PURE: no database, no clock, no HTTP. It warns and never decides.

The patterns stand in one table, `rules()`, that the page hands to static/js/patient_data.js: browser and server judge by the
same words, and a test compares them. So the patterns are those that Python and JavaScript read alike: ASCII, no names.

A check digit alone would take every eleventh order number for an NHS number, so a number also needs a word that speaks of a
patient, or the way such numbers are written (943 476 5919), and no word that says it is something else (order, lot, phone).
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

NHS_NUMBER, RECORD_NUMBER, BIRTH_DATE, POSTCODE = "nhs_number", "record_number", "birth_date", "postcode"
LONGEST = 5_000  # characters that are read of one text
YEARS_BACK = 3  # a date that long ago is no delivery any more

_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"  # read without regard to case
_DATE = (
    r"(?:(?:19|20)[0-9]{2}-[01]?[0-9]-[0-3]?[0-9]"
    r"|[0-3]?[0-9][/.-][01]?[0-9][/.-](?:19|20)?[0-9]{2}"
    rf"|[0-3]?[0-9](?:st|nd|rd|th)?[ -]{_MONTH}[ ,-]{{1,2}}(?:19|20)?[0-9]{{2}})(?![0-9])"
)
_NO = r"(?:no|num|number|nr|id|ref)?s?"
_ELSE = (
    "po|p/o|order|orders|purchase|requisition|req|asset|tag|serial|s/n|sn|lot|lots|batch|batches|ref|reference|tel|telephone"
    "|phone|ring|rang|call|called|ext|extension|mobile|mob|fax|bleep|pager|invoice|inv|quote|quotation|gtin|ean|barcode|udi|model"
    "|part|item|code|account|acct|ledger|job|ticket|sr|wo|case|contract|delivery|consignment|tracking|catalogue|sku|docket"
    "|requests?|incident|datix|licen[cs]e|batch/lot|lot/batch|p\\.o\\.|number is"
    "|(?:ring|rang|call|called|phone|contact|text|reach)(?: [a-z]{1,8}){1,3}"
)
TABLE: dict[str, tuple[str, str]] = {
    # An organisation that has NHS in its name says nothing about a patient.
    "body": (
        r"nhs (?:supply chain|supply|logistics|blood and transplant|blood|england|trust|foundation trust|property services"
        r"|estates|digital|scotland|wales|improvement|resolution|shared business services|sbs)",
        "gi",
    ),
    "nhs": (
        r"(?<![0-9A-Za-z])([0-9]{3})([ .-]?)([0-9]{3})\2([0-9]{4})(?![0-9A-Za-z]|[.-][0-9])",
        "g",
    ),
    "labelled": (
        rf"(?<![a-z])(?:nhs|chi|h ?& ?c|health and care)[ .]{{0,2}}{_NO}[ .:#=(-]{{0,4}}(?:is |was )?$",
        "i",
    ),
    "elsewise": (
        rf"(?<![a-z])(?:{_ELSE})(?:[ ]{_NO})?[ .:#=(/-]{{0,4}}(?:is |was )?(?:[0-9 .,;&/-]|and |or ){{0,60}}$",
        "i",
    ),
    "after": (r"^[ ]?[(]?(?:tel|phone|ext|mobile|fax|po\b|lot\b|order\b|serial|asset)", "i"),
    "digits": (r"(?:[0-9]{3} |[0-9][.-]|\+)$", ""),
    "patient": (
        r"(?<![a-z])(?:nhs|chi no|chi number|patient|patients|pt|pts|px|mrn|hosp no|hospital no|hospital number|dob|d\.o\.b"
        r"|date of birth|born|mr|mrs|ms|miss|baby|inpatient|outpatient|admitted|discharged)(?![a-z])",
        "i",
    ),
    "record": (
        r"(?<![a-z])(?:mrn|hospital (?:no|num|number)|hosp\.? ?(?:no|num|number)|patient (?:id|no|num|number)"
        r"|pt (?:id|no|num|number)|pas (?:id|no|number)|case ?notes? (?:no|number))[ .:#=(-]{0,4}(?:is |was )?"
        r"[a-z]{0,3}[ -]?[0-9]{5,9}(?![0-9])",
        "i",
    ),
    "born": (
        rf"(?<![a-z])(?:d\.?o\.?b\.?|date of birth|birth ?date|born(?: on)?)[ .:=(-]{{0,4}}(?:is |was )?{_DATE}",
        "i",
    ),
    "named": (
        r"(?<![A-Za-z])(?:(?:Mr|Mrs|Miss|Ms|Mx|MR|MRS|MISS|MS)[. ]{1,2}[A-Z][A-Za-z'-]{0,30}(?: [A-Z][A-Za-z'-]{0,30}){0,2}"
        r"|[A-Z]{2,30}, ?[A-Z][a-z]{1,30})[ ,;:(-]{1,4}(" + _DATE.replace(_MONTH, "[A-Za-z]{3,9}") + ")",
        "g",
    ),
    "date": (r"(?<![0-9/.-])(" + _DATE + ")", "gi"),
    "postcode": (r"(?<![A-Za-z0-9-])[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2}(?![A-Za-z0-9-])", "i"),
}
# What a keyboard or a copied table writes for a space and for a hyphen.
SPACES, HYPHENS = "\t\u00a0\u2007\u2009\u202f", "\u2010\u2011\u2012\u2013\u2014\u2212"


def rules(*, this_year: int, shapes: Sequence[str] = ()) -> dict[str, Any]:
    """Everything that the browser needs to judge as `found` does, as JSON holds it."""
    patterns = {name: list(pattern) for name, pattern in TABLE.items()}
    return {
        "patterns": patterns,
        "shapes": [shape_pattern(shape) for shape in shapes],
        "spaces": SPACES,
        "hyphens": HYPHENS,
        "longest": LONGEST,
        "thisYear": this_year,
        "latestYear": this_year - YEARS_BACK,
    }


def found(text: str, *, this_year: int, shapes: Sequence[str] = ()) -> list[str]:
    """Kinds of patient data in `text`, each once. `shapes`: how record numbers look here, '#' for a digit: "SB#######"."""
    text = _plain(text)
    latest = this_year - YEARS_BACK
    kinds = {
        NHS_NUMBER: _has_nhs_number(text),
        RECORD_NUMBER: bool(_re("record").search(text)) or _has_shape(text, shapes),
        BIRTH_DATE: bool(_re("born").search(text))
        or any(_year(match[1], this_year) <= latest for match in _re("named").finditer(text)),
        POSTCODE: bool(_re("postcode").search(text))
        and any(_year(match[1], this_year) <= latest for match in _re("date").finditer(text)),
    }
    return [kind for kind, there in kinds.items() if there]


def is_nhs_number(digits: str) -> bool:
    """Ten digits whose last one checks the others (modulus 11); one digit ten times is nobody's."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return len(set(digits)) > 1 and (11 - total % 11) % 11 == int(digits[9])


def shape_pattern(shape: str) -> str:
    """How a record number looks, as a pattern: '#' is a digit, everything else stands for itself."""
    inner = "".join("[0-9]" if sign == "#" else re.escape(sign) for sign in shape)
    return f"(?<![A-Za-z0-9]){inner}(?![A-Za-z0-9])"


def _has_nhs_number(text: str) -> bool:
    text = _re("body").sub("", text)
    return any(_is_a_patients(text, match) for match in _re("nhs").finditer(text))


def _is_a_patients(text: str, match: re.Match[str]) -> bool:
    if not is_nhs_number(match[1] + match[3] + match[4]):
        return False
    before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 30]
    if _re("labelled").search(before):
        return True
    if _re("elsewise").search(before) or _re("after").search(after) or _re("digits").search(before):
        return False
    return bool(match[2]) or bool(_re("patient").search(before) or _re("patient").search(after))


def _has_shape(text: str, shapes: Iterable[str]) -> bool:
    return any(re.search(shape_pattern(shape), text, re.ASCII | re.IGNORECASE) for shape in shapes)


def _plain(text: str) -> str:
    """One kind of space and one kind of hyphen; runs of spaces as one."""
    signs = {ord(sign): " " for sign in SPACES} | {ord(sign): "-" for sign in HYPHENS}
    return re.sub(" {2,}", " ", text[:LONGEST].translate(signs))


def _year(date: str, this_year: int) -> int:
    """The year of a date as it was typed."""
    parts = re.findall("[0-9]+", date)
    last = parts[0] if len(parts[0]) == 4 else parts[-1]
    if len(last) == 4:
        return int(last)
    century = this_year - this_year % 100
    return century + int(last) if int(last) <= this_year % 100 else century - 100 + int(last)


@lru_cache(maxsize=32)
def _re(name: str) -> re.Pattern[str]:
    pattern, flags = TABLE[name]
    return re.compile(pattern, re.ASCII | (re.IGNORECASE if "i" in flags else 0))
