"""The core's tables: what can be asked for, who asked for what, and what became of it."""

from .catalogue import CatalogueItem, Category, UsualLine, UsualList, Vendor
from .equipment import Equipment
from .exception import CaseException
from .item import RequestItem
from .request import ServiceRequest
from .trail import NumberCounter, StateChange

__all__ = [
    "CaseException",
    "CatalogueItem",
    "Category",
    "Equipment",
    "NumberCounter",
    "RequestItem",
    "ServiceRequest",
    "StateChange",
    "UsualLine",
    "UsualList",
    "Vendor",
]
