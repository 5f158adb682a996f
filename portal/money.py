"""Amounts in words of the reader's language."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import pgettext

SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "CHF": "CHF\N{NO-BREAK SPACE}"}


def in_base(amount: Decimal, rate: Decimal) -> Decimal:
    """What limits and bands look at: `amount` in the base currency, rounded half up to the cent."""
    return (amount * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)


def in_words(amount: Decimal | int, currency: str, *, whole: bool = False) -> str:
    """186.4 and "GBP" -> "£186.40": rounded half up to the cent, grouped and placed as the language wants.

    `whole`: "£1,000" for an amount without cents, as limits are spoken of.
    """
    rounded = Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)  # number_format would cut, not round
    places = 0 if whole and rounded == rounded.to_integral_value() else 2
    number = number_format(rounded, decimal_pos=places, use_l10n=True, force_grouping=True)
    return pgettext("money: symbol before or after the number", "%(symbol)s%(number)s") % {
        "symbol": SYMBOLS.get(currency, f"{currency}\N{NO-BREAK SPACE}"),
        "number": number,
    }
