"""What people also call the shipped types of request. One table, pure; types that a hospital adds are found by name and hint."""

from django.utils.translation import gettext_lazy as _

ALSO_CALLED = {
    "supply": _("order, stock, consumables, store, buy, purchase"),
    "repair": _("broken, fault, defect, fix, mend, maintenance, biomed, estates"),
    "it": _("computer, printer, password, login, telephone, software"),
    "transport": _("porter, portering, transfer, transport, wheelchair, trolley, sample, specimen"),
    "clean": _("cleaning, spill, housekeeping, domestic, deep clean"),
    "loan": _("borrow, hire, equipment library, lend"),
    "give_back": _("return, hand back, collect"),
    "linen_waste": _("laundry, bins, sharps, rubbish, sheets"),
    "access": _("account, permission, password, system access, new starter"),
    "room_turnover": _("bed turnover, discharge clean, room ready"),
}
