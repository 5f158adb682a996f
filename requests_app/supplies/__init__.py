"""Supplies: lines with prices and suppliers, from the draft to what arrives on the ward."""
