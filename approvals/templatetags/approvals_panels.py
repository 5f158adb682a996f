"""What approvals shows on the pages of others."""

from typing import Any

from django import template

from approvals import batch, card_acts, documents, wording
from approvals.panel import panel
from approvals.preview import preview
from portal.accounts.models import User
from requests_app.models import ServiceRequest
from requests_app.supplies.quoting import Quote

register = template.Library()
register.filter("effect", wording.effect)
register.filter("flag_words", wording.flag_words)
register.filter("must_know", wording.must_know)
register.filter("among", wording.among)
register.filter("done_words", wording.done)
register.filter("in_all", wording.in_all)
register.filter("documents", documents.in_words)
register.filter("fits", batch.fits)
register.filter("acts", card_acts.acts)
register.filter("more_acts", card_acts.more)


@register.inclusion_tag("approvals/_panel.html")
def approvals_panel(request: ServiceRequest, user: User) -> dict[str, Any]:
    """`{% approvals_panel request user %}`: who decides or decided, why, and what they said. At most four queries."""
    return {"panel": panel(request, user), "case": request}


@register.inclusion_tag("approvals/_preview.html")
def decision_preview(draft: ServiceRequest, quoted: Quote | None = None) -> dict[str, Any]:
    """`{% decision_preview draft quote %}`: who will decide once it is sent, and why."""
    return {"preview": preview(draft, quoted), "draft": draft}
