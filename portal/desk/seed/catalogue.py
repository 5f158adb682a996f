"""What can be asked for: the category, suppliers, catalogue lines, and the usual lists of the wards."""

from decimal import Decimal

from portal.accounts.models import Hospital
from portal.desk.seed.tables import Row, rows_of, table
from portal.facts import verb
from requests_app.models import CatalogueItem, Category, Substitute, UsualLine, UsualList, Vendor
from requests_app.states import Kind

SUPPLIES = {
    "name": "Supplies",
    "kind": Kind.SUPPLY,
    "hint": "From the store, or bought for you",
    "icon": "package",
    "position": 1,
}


@verb
def sow_catalogue(*, hospital: Hospital, only: set[str] | None = None) -> int:
    """Make what is missing of the category, the suppliers and the catalogue; count it. `only` names item codes."""
    made = int(Category.objects.get_or_create(code="supply", defaults=SUPPLIES)[1])
    vendors = {vendor.code: vendor for vendor in Vendor.objects.all()}
    for row in table("vendors"):
        if row["code"] not in vendors:
            vendors[row["code"]] = _vendor(row)
            made += 1
    items = {item.code: item for item in CatalogueItem.objects.filter(hospital=hospital)}
    new = [
        row
        for row in table("catalogue")
        if row["code"] not in items and (only is None or row["code"] in only)
    ]
    for row in new:
        items[row["code"]] = _item(hospital, row, vendors[row["vendor"]])
    stops = {row["code"]: row for row in table("stops")}
    for row in new:
        if row["code"] in stops:
            item, stop = items[row["code"]], stops[row["code"]]
            item.stopped_reason = stop["stopped_reason"]
            item.save(update_fields=["stopped_reason"])
    _substitutes(items, {row["code"] for row in new})
    return made + len(new)


def _substitutes(items: dict[str, CatalogueItem], new: set[str]) -> None:
    """What may be had in place of the new items; what is changed in the catalogue later is left alone."""
    Substitute.objects.bulk_create(
        Substitute(item=items[row["item"]], other=items[row["other"]], kind=row["kind"], note=row["note"])
        for row in table("substitutes")
        if row["item"] in new and row["other"] in items
    )


@verb
def sow_usual_lists(*, hospital: Hospital) -> int:
    """Make the usual lists that a ward does not have yet, of items that are in the catalogue; count them."""
    departments = {one.code: one for one in hospital.departments.all()}
    items = {item.code: item for item in CatalogueItem.objects.filter(hospital=hospital)}
    known = set(
        UsualList.objects.filter(department__hospital=hospital).values_list("department__code", "name")
    )
    lists: dict[tuple[str, str], list[Row]] = {}
    for row in rows_of("usual_lists", hospital.code):
        lists.setdefault((row["department"], row["list"]), []).append(row)
    made = 0
    for position, ((department, name), rows) in enumerate(lists.items()):
        lines = [row for row in rows if row["item"] in items]
        if department not in departments or (department, name) in known or not lines:
            continue
        usual = UsualList.objects.create(
            department=departments[department], name=name, position=position, counted_on=lines[0]["counted"]
        )
        for place, row in enumerate(lines):
            UsualLine.objects.create(
                usual_list=usual, item=items[row["item"]], quantity=int(row["par"]), position=place
            )
        made += 1
    return made


def _vendor(row: Row) -> Vendor:
    return Vendor.objects.create(
        code=row["code"],
        name=row["name"],
        on_contract=row["on_contract"] == "yes",
        minimum_order=Decimal(row["minimum_order"]),
        carriage=Decimal(row["carriage"]),
    )


def _item(hospital: Hospital, row: Row, vendor: Vendor) -> CatalogueItem:
    """One line at the price of the hospital's currency, found also by what it is called in its language."""
    language = hospital.language.partition("-")[0]
    same = ("code", "name", "group", "order_unit", "order_unit_plural", "contains_unit", "source", "barcode")
    return CatalogueItem.objects.create(
        hospital=hospital,
        vendor=vendor,
        synonyms=", ".join(filter(None, (row["also_called"], row.get(f"also_called_{language}")))),
        contains_quantity=int(row["contains_quantity"]),
        price=Decimal(row["price" if hospital.currency == "GBP" else f"price_{hospital.currency.lower()}"]),
        lead_days=int(row["lead"]),
        usual_max=int(row["usual_max"]),
        flags=row["flags"].split(),
        **{key: row[key] for key in same},
    )
