"""Amounts in words of the reader's language."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import pgettext

SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "CHF": "CHF\N{NO-BREAK SPACE}"}


def in_words(amount: Decimal | int, currency: str) -> str:
    """186.4 and "GBP" -> "£186.40": rounded half up to the cent, grouped and placed as the language wants."""
    rounded = Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)  # number_format would cut, not round
    number = number_format(rounded, decimal_pos=2, use_l10n=True, force_grouping=True)
    return pgettext("money: symbol before or after the number", "%(symbol)s%(number)s") % {
        "symbol": SYMBOLS.get(currency, f"{currency}\N{NO-BREAK SPACE}"),
        "number": number,
    }
