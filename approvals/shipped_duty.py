"""Outside office hours, as shipped: whoever is on duty decides what cannot wait, up to their limit, in place of those who sleep.

Technical steps of a flag stay. From 25,000 on it goes the usual way; in office hours an emergency does too, and whoever is on
duty is asked when nobody decided it in time (`escalation`). What can wait, waits: nobody is woken for it.
"""

from approvals.routing import Rule, StepRule

REPLACED = ("head", "finance", "procurement", "director", "executive", "team_lead")
WITHIN = "2h"  # by the clock on the wall; an emergency has its own time


def _duty(role: str, start: str, end: str, why: str) -> Rule:
    return Rule(
        code=f"duty-{role.replace('_', '-')}",
        why=why,
        conditions={"out_of_hours": True, "cannot_wait": True, "amount_from": start, "amount_to": end},
        steps=(StepRule(20, role, "always", within=WITHIN),),
        replaces=REPLACED,
    )


RULES = (
    _duty(
        "site_manager", "0", "1000", "Out of hours the site manager decides what cannot wait, under {1000}"
    ),
    _duty(
        "manager_on_call",
        "1000",
        "5000",
        "Out of hours the manager on call decides what cannot wait, under {5000}",
    ),
    _duty(
        "exec_on_call",
        "5000",
        "25000",
        "Out of hours the executive on call decides what cannot wait, under {25000}",
    ),
)
