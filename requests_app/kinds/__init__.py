"""The kinds of request: which questions each asks, what its answers have to be, and which facts follow from them.

Supplies have lines and are the matter of `submission` and `quoting`; every other kind is a `Kind` of this package.
"""

from requests_app.kinds.access import AccessKind
from requests_app.kinds.base import Facts, Kind
from requests_app.kinds.bundle import BundleKind
from requests_app.kinds.cost import CostKind
from requests_app.kinds.form import FormKind
from requests_app.kinds.it import ItKind
from requests_app.kinds.repair import RepairKind
from requests_app.kinds.transport import TransportKind
from requests_app.models import Category, ServiceRequest
from requests_app.states import Kind as Code

__all__ = ["KINDS", "Facts", "Kind", "kind_of"]

KINDS: dict[str, Kind] = {
    Code.REPAIR: RepairKind(),
    Code.IT: ItKind(),
    Code.ACCESS: AccessKind(),
    Code.TRANSPORT: TransportKind(),
    Code.FORM: FormKind(),
    Code.BUNDLE: BundleKind(),
    Code.COST: CostKind(),
}


def kind_of(of: ServiceRequest | Category) -> Kind:
    """The kind of a request that is not for supplies. Raises KeyError for supplies."""
    return KINDS[of.kind if isinstance(of, Category) else of.category.kind]
