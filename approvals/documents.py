"""What a policy wants attached before somebody agrees.

Files have no kind: whoever decides opens them. What is checked is that there are as many files as documents are named,
each of them checked for viruses where a scanner is set.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import ApprovalStep
from portal.errors import WrongState
from requests_app.models import Attachment, ServiceRequest

CODE = "documents_missing"
NAMES = {
    "quotation": gettext_lazy("1 quotation"),
    "quotations": gettext_lazy("3 quotations in one file"),
    "tender": gettext_lazy("the tender"),
    "business_case": gettext_lazy("the business case"),
    "safety_sheet": gettext_lazy("the safety data sheet"),
    "risk_assessment": gettext_lazy("the risk assessment"),
    "impact_assessment": gettext_lazy("the data protection assessment"),
    "licence": gettext_lazy("the licence"),
    "need_form": gettext_lazy("the equipment need form"),
}


def in_words(codes: Iterable[str]) -> str:
    """ "1 quotation, the safety data sheet"; '' for none. A code that is not known is said as it is."""
    return ", ".join(str(NAMES.get(code, code.replace("_", " "))) for code in codes)


def missing(step: ApprovalStep, request: ServiceRequest) -> str:
    """What has to be attached before somebody agrees to `step`, as a sentence, or ''. One query, none for most steps."""
    if not step.documents:
        return ""
    files = Attachment.objects.filter(request=request, removed_at=None).exclude(path="")
    if sum(one.is_there for one in files) >= len(step.documents):
        return ""
    return _("First attach to the request: %(documents)s.") % {"documents": in_words(step.documents)}


def check(step: ApprovalStep, request: ServiceRequest) -> None:
    """Raises WrongState (`documents_missing`) while something has to be attached first."""
    if lacking := missing(step, request):
        raise WrongState(lacking, code=CODE)
