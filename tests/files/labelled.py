"""2,000 labelled texts as wards write them: half with data of a patient, half full of numbers that are none.

Made from sentences and numbers by chance, with a seed, and not from the patterns of the detector. Every number that is no
patient's passes the check digit of NHS numbers where it has ten digits, so that the check digit alone cannot tell.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

EACH = 1_000


@dataclass(frozen=True)
class Text:
    text: str
    kind: str  # nhs_number, record_number, birth_date, postcode, or '' for none


def checked(chance: random.Random, first: str = "469") -> str:
    """Ten digits whose last one fits, as the first nine leave it."""
    while True:
        digits = chance.choice(first) + "".join(str(chance.randrange(10)) for _ in range(8))
        check = (11 - sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11) % 11
        if check < 10:
            return f"{digits}{check}"


def grouped(digits: str, chance: random.Random) -> str:
    sign = chance.choice([" ", " ", "-", "\u00a0", "\u2011", "."])
    return f"{digits[:3]}{sign}{digits[3:6]}{sign}{digits[6:]}"


PLAIN = [  # a word says what the number is, as it must where it is written without groups
    "NHS number {n}", "nhs no. {n}, bay 3", "NHS: {n}", "NHS No {n} needs the air mattress", "for pt {n} in bed 4",
    "Patient {n}: pump alarms", "patient's pump, NHS {n}", "pt NHS num {n} going to CT", "CHI {n} awaiting transfer",
    "CHI no: {n}", "Mr Jones {n} to X-ray", "admitted yesterday, {n}, needs hoist", "for Mrs Okafor ({n})",
    "mattress for {n} (patient in side room 2)", "NHS#{n}", "please bring notes, NHS-No:{n}", "nhs number is {n}",
    "inpatient {n} discharged today", "Ms Patel {n} bed 12", "{n} is the NHS number", "H&C number {n}", "baby {n} in cot 3",
]  # fmt: skip
GROUPED = [
    "{n}", "pump used on {n}", "for bed 4, {n}", "Please move {n} to ward 5C", "{n} needs a bariatric bed",
    "NHS no {n}", "specimen of {n} to the lab", "The lady in bed 2 ({n}) fell", "pt {n}", "chair for {n}, thanks",
    "monitor alarm\nbed 6\n{n}", "transfer: {n}; walks with frame",
]  # fmt: skip
RECORDS = [
    "MRN {m}",
    "mrn: {m} in bay 2",
    "hospital no {m}",
    "Hospital number: {m}",
    "patient id {m}",
    "pt no {m}, side room",
]
BORN = [
    "DOB {d}", "dob: {d}", "d.o.b. {d}", "date of birth {d}", "born {d}", "Mr John Smith, {d}", "Mrs Ada Byron ({d}) bed 3",
    "Miss Lee {d}", "SMITH, John {d}", "Ms O'Neil; {d} for MRI",
]  # fmt: skip
HOME = ["lives at {p}, {d}", "{d} {p}", "collect from home {p} ({d})"]

NUMBERS = [
    "PO {n}", "PO number {n}", "purchase order {n} is late", "order {n}, please chase", "Order no. {n}", "orders {n} and {n2}",
    "asset {n} beeps", "asset tag {n}", "Asset no {n} on the patient monitor", "serial {n}", "S/N: {n}", "SN {n} (syringe pump)",
    "lot {n} expired", "LOT {n}", "batch {n}", "lots {n}, {n2}", "Batch no: {n}", "ref {n}", "our ref: {n}", "reference {n}",
    "invoice {n}", "Invoice number {n} for the hoist", "quote {n} from Northgate", "GTIN {n}", "barcode {n} will not scan",
    "tracking {n}", "delivery {n} came short", "account {n}", "contract {n}", "job {n} was closed", "ticket {n} reopened",
    "model {n}", "part {n}", "item {n} is stopped", "code {n}", "PO {n} for the patient hoist", "NHS Supply Chain order {n}",
    "NHS Supply Chain {n} not delivered", "UDI {n}", "docket {n}", "catalogue number {n}", "incident {n}", "datix {n}",
]  # fmt: skip
PHONES = [
    "ring {g}", "call me on {g}", "tel {g}", "Tel: {g} ask for Sam", "phone {g} before noon", "mobile {g}", "bleep me, or ring {g}",
    "fax {g}", "contact number is {g}", "ext 4471 or phone {g}", "Mr Doyle in stores, tel {g}", "ring me on {n}",
    "07700 900{k}", "020 7946 0{k}", "0161 496 0{k}", "+44 20 7946 0{k}", "01632 960{k}", "call +44 7700 900{k}",
]  # fmt: skip
ORDINARY = [
    "6 boxes of gloves, size M", "The door of store room 3 sticks", "needs {k} by Friday 12/12/2026", "delivered 03/02/2026, short by 2",
    "calibration due 04/2027", "pump SP-0{k} alarms occlusion", "bought 12/03/2019, out of warranty", "room 4.{k}, light flickers",
    "patient lift squeaks", "patient monitor {k} has no cable", "bed 4 brake broken", "temperature 37.{k} on the fridge log",
    "{n}", "{n} {n2}", "version 10.{k}.3", "IP 10.12.{k}.4", "from 08:00 to 16:30 on 24/11/2026", "Dr Hill wants it on 3 March 2027",
    "Sister Reid asked twice", "SKU {n}", "expires 2027-05-14", "installed 3 Mar 2018", "SO4 2QW shelf, row B", "newborn mattress, 12/03/2026",
    "Mr Evans (buyer) says 14/12/2026", "Mrs Hill in stores knows", "1,000,000 pieces", "4 x 500 ml, 2 x 1000 ml", "GTIN 0501234{n}",
    "the key code was changed on 01/11/2026", "unit {k}: filter change", "ward 7B, patients' television", "NHS England return is due",
    "nurse call in bay {k}", "hospital no smoking sign is missing", "serial AB{n}", "XK-{n}", "{n}-02", "12 {n}",
    "{u}",  # written like an NHS number, and nothing says what it is: one of eleven passes the check digit
]  # fmt: skip


def texts(seed: int = 20261122) -> Iterator[Text]:
    chance = random.Random(seed)
    for number in range(EACH):
        yield _with(chance, number)
    for number in range(EACH):
        yield Text(_filled(chance, (NUMBERS, PHONES, ORDINARY)[number % 3]), "")


def _with(chance: random.Random, number: int) -> Text:
    """Six of ten an NHS number."""
    date = _born(chance)
    match number % 10:
        case 0 | 1 | 2:
            return Text(_wrap(chance, chance.choice(PLAIN).format(n=checked(chance, "123469"))), "nhs_number")
        case 3 | 4 | 5:
            return Text(
                _wrap(chance, chance.choice(GROUPED).format(n=grouped(checked(chance, "469"), chance))),
                "nhs_number",
            )
        case 6 | 7:
            record = f"{chance.choice(['', 'A', 'RX'])}{chance.randrange(10_000, 99_999_999)}"
            return Text(_wrap(chance, chance.choice(RECORDS).format(m=record)), "record_number")
        case 8:
            return Text(_wrap(chance, chance.choice(BORN).format(d=date)), "birth_date")
    place = chance.choice(["SW1A 1AA", "M1 1AE", "B33 8TH", "CR2 6XH", "EC1A 1BB", "n1 9gu"])
    return Text(chance.choice(HOME).format(p=place, d=date), "postcode")


def _wrap(chance: random.Random, text: str) -> str:
    before = chance.choice(
        ["", "", "Hello, ", "Urgent please. ", "2 boxes. ", "see below:\n", "PO 4500012345 is here. "]
    )
    after = chance.choice(["", "", " Thanks", ". Ring 4471.", "\n6 of them", " asap"])
    return before + text + after


def _filled(chance: random.Random, patterns: list[str]) -> str:
    first = checked(chance, "123456789")
    values = {
        "n": first,
        "n2": checked(chance, "123456789"),
        "g": grouped(first, chance),
        "u": grouped(str(chance.randrange(10**9, 10**10)), chance),
        "k": chance.randrange(100, 999),
    }
    return _wrap(chance, chance.choice(patterns).format(**values))


def _born(chance: random.Random) -> str:
    day, month, year = chance.randrange(1, 29), chance.randrange(1, 13), chance.randrange(1925, 2021)
    names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    return chance.choice(
        [
            f"{day:02}/{month:02}/{year}",
            f"{day}.{month}.{year}",
            f"{day:02}-{month:02}-{year}",
            f"{day} {names[month - 1]} {year}",
            f"{year}-{month:02}-{day:02}",
        ]
    )
