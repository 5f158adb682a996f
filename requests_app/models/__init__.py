"""The core's tables: what can be asked for, who asked for what, and what became of it."""

from .attachment import Attachment
from .bundle import BundleTask
from .catalogue import CatalogueItem, Category, UsualLine, UsualList, Vendor
from .cost import CostApproval
from .emergency import EmergencyCall
from .equipment import Equipment, EquipmentChange
from .exception import CaseException
from .form import FormVersion
from .it import ItSystem, Outage, OutageReport
from .item import RequestItem
from .keeping import EquipmentCheck, Loan
from .lists import Export, SavedView
from .move import Move
from .receipt import ReceiptDifference
from .repair import Repair
from .request import ServiceRequest
from .search import SearchWord
from .supply import Favourite, ItemStop, ParCount, Recurring, StockOnHand, Substitute
from .talk import Comment, RequestShare
from .trail import NumberCounter, StateChange
from .waiting import TeamPass, Wait, WardQuestion, WorkRecord
from .watcher import Watcher

__all__ = [
    "Attachment",
    "BundleTask",
    "CaseException",
    "CatalogueItem",
    "Category",
    "Comment",
    "CostApproval",
    "EmergencyCall",
    "Equipment",
    "EquipmentChange",
    "EquipmentCheck",
    "Export",
    "Favourite",
    "FormVersion",
    "ItSystem",
    "ItemStop",
    "Loan",
    "Move",
    "NumberCounter",
    "Outage",
    "OutageReport",
    "ParCount",
    "ReceiptDifference",
    "Recurring",
    "Repair",
    "RequestItem",
    "RequestShare",
    "SavedView",
    "SearchWord",
    "ServiceRequest",
    "StateChange",
    "StockOnHand",
    "Substitute",
    "TeamPass",
    "UsualLine",
    "UsualList",
    "Vendor",
    "Wait",
    "WardQuestion",
    "Watcher",
    "WorkRecord",
]
