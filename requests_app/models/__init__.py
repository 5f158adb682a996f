"""The core's tables: what can be asked for, who asked for what, and what became of it."""

from .attachment import Attachment
from .bundle import BundleTask
from .catalogue import CatalogueItem, Category, UsualLine, UsualList, Vendor
from .emergency import EmergencyCall
from .equipment import Equipment
from .exception import CaseException
from .form import FormVersion
from .it import ItSystem, Outage, OutageReport
from .item import RequestItem
from .move import Move
from .repair import Repair
from .request import ServiceRequest
from .supply import Favourite, ItemStop, ParCount, Recurring, StockOnHand, Substitute
from .trail import NumberCounter, StateChange
from .watcher import Watcher

__all__ = [
    "Attachment",
    "BundleTask",
    "CaseException",
    "CatalogueItem",
    "Category",
    "EmergencyCall",
    "Equipment",
    "Favourite",
    "FormVersion",
    "ItSystem",
    "ItemStop",
    "Move",
    "NumberCounter",
    "Outage",
    "OutageReport",
    "ParCount",
    "Recurring",
    "Repair",
    "RequestItem",
    "ServiceRequest",
    "StateChange",
    "StockOnHand",
    "Substitute",
    "UsualLine",
    "UsualList",
    "Vendor",
    "Watcher",
]
