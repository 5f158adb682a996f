"""Who decides about access to systems, as shipped: the head, then the owner of the system, then the head of IT."""

from dataclasses import replace

from approvals.routing import Rule, StepRule

HEAD = StepRule(
    20, "head", "office", why="The head of the person's own department decides about their access"
)
OWNER = StepRule(30, "it_owner", "office")
IT_HEAD = StepRule(40, "it_head", "office")

RULES = (
    Rule(
        code="access-head",
        why="Access to a system",
        conditions={"services": ["it_access"]},
        steps=(HEAD,),
    ),
    Rule(
        code="access-owner",
        why="More than the standard set, or a system with records of patients",
        conditions={"services": ["it_access"], "any_mark": ["extra", "clinical", "privileged"]},
        steps=(replace(OWNER, why="The owner of the system decides who gets more than the standard set"),),
    ),
    Rule(
        code="access-privileged",
        why="Rights of an administrator",
        conditions={"services": ["it_access"], "any_mark": ["privileged"]},
        steps=(replace(IT_HEAD, why="The head of IT decides who gets the rights of an administrator"),),
    ),
)
