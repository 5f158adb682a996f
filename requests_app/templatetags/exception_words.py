"""Exceptions in words, for templates."""

from typing import TYPE_CHECKING

from django import template

from requests_app import exception_owners

if TYPE_CHECKING:
    from django.utils.functional import Promise

register = template.Library()


@register.filter
def owner_words(code: str) -> "str | Promise":
    """`exception.owner_role|owner_words`: the name of the role or duty. No query."""
    return exception_owners.in_words(code)
