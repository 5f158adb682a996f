"""What can be found, what it means and what to do about it. The codes are stable: others may watch for them."""

from dataclasses import dataclass

SET_RIGHT = (
    "No verb leaves this behind: find out who wrote past them (scripts, SQL, a restored table). The audit events and the "
    "state changes say what is true; set the row to it."
)
KEEP_RECORD = (
    "The record cannot be mended without forging it. Keep the database and its log, take the missing rows from a backup, "
    "and tell whoever answers for the record."
)
ASK_PEOPLE = "Hold what was ordered because of it, tell the policy owner, and have the request decided anew."
LOOK_IN_ODOO = (
    "Look in Odoo for orders with the number of the request before anything is sent again; the external ids of the "
    "message name what belongs to it."
)
GRANTS = "Run manage.py repair_grants."
CLOCKS = "Set the clock to what its events and the request say; the lists follow when it is next started or stopped."


@dataclass(frozen=True)
class Meaning:
    means: str
    do: str


CODES: dict[str, Meaning] = {
    "request.state": Meaning("The state is not the one that the last state change led to.", SET_RIGHT),
    "request.trail": Meaning(
        "The state changes are no way that a request can go, or its times do not add up.", KEEP_RECORD
    ),
    "request.stamps": Meaning("Sent, agreed, taken, all here or closed: not when it happened.", SET_RIGHT),
    "request.number": Meaning(
        "A sent request without a proper number, or a draft that has one.",
        "Give it a number of the sequence, the one of its first audit event if there is one.",
    ),
    "request.amount": Meaning("The amount is not that of its lines with carriage.", SET_RIGHT),
    "request.priority": Meaning("The priority does not follow from what the ward answered.", SET_RIGHT),
    "request.place": Meaning("Request, ward and items are not of one hospital.", SET_RIGHT),
    "request.shown_due": Meaning(
        "Lists show another due time than the clock that matters now.",
        "Set due_at and warn_at to that clock's.",
    ),
    "request.held_by": Meaning(
        "Lists name nobody for what somebody has, or somebody for what is over.", "Set held_by."
    ),
    "request.draft": Meaning("A draft has what only a sent request can have.", SET_RIGHT),
    "line.state": Meaning("The state of a line does not fit the request's.", SET_RIGHT),
    "line.way": Meaning("A store line is on a supplier's way, or a bought one on the store's.", SET_RIGHT),
    "line.quantity": Meaning(
        "What was agreed, came in and arrived cannot be so in this state of the line.", SET_RIGHT
    ),
    "line.amount": Meaning("The amount is not quantity times price.", SET_RIGHT),
    "line.team": Meaning(
        "Nobody serves this line, and nobody was told.", "Set the team of the line to one of its hospital."
    ),
    "line.ordered": Meaning("A line stands as ordered, and no order knows it.", LOOK_IN_ODOO),
    "approval.running": Meaning(
        "A sent request that nobody is deciding, one that is decided twice, or a decision about what is over.",
        ASK_PEOPLE,
    ),
    "approval.outcome": Meaning("The request went another way than its approval.", ASK_PEOPLE),
    "approval.steps": Meaning("The steps do not add up to what the approval says.", SET_RIGHT),
    "approval.routing": Meaning(
        "Nobody can decide, and no exception tells its owner.",
        "Open an exception needs_routing for the policy owner.",
    ),
    "decision.count": Meaning("A step was closed with other decisions than it needed.", ASK_PEOPLE),
    "decision.four_eyes": Meaning("Somebody decided about their own request.", ASK_PEOPLE),
    "decision.same_person": Meaning("One person took two decisions on one request.", ASK_PEOPLE),
    "decision.authority": Meaning("Whoever decided did not hold the role that was asked, then.", ASK_PEOPLE),
    "decision.content": Meaning("What was decided is not what the request says now.", ASK_PEOPLE),
    "decision.round": Meaning("A decision of a round that its step has not come to.", ASK_PEOPLE),
    "decision.undone": Meaning(
        "A decision was taken back by somebody else, too late, or without asking the step again.", ASK_PEOPLE
    ),
    "decision.carried": Meaning(
        "A step passes for agreed in an earlier round, and it was not agreed there.", ASK_PEOPLE
    ),
    "decision.lent": Meaning("Somebody decided by a right that nobody had lent to them then.", ASK_PEOPLE),
    "glass.use": Meaning(
        "The glass was broken without its approval, its exception or an independent review.",
        "Tell the service manager, open an exception policy_deviation, and have it reviewed.",
    ),
    "decision.received": Meaning("Who decided it also confirmed what arrived.", ASK_PEOPLE),
    "inbox.open": Meaning(
        "A decision stands in an inbox where it is over, or in none where it is asked.",
        "Set approvals_stepapprover.open to what the step says.",
    ),
    "inbox.asked": Meaning("Somebody was asked about their own request.", ASK_PEOPLE),
    "clock.astray": Meaning("A clock runs where nothing is timed, or is about something else.", CLOCKS),
    "clock.missing": Meaning("Something is promised, and no clock runs.", CLOCKS),
    "clock.twice": Meaning("Two clocks time the same.", CLOCKS),
    "clock.events": Meaning("The clock and the list of what happened to it differ.", CLOCKS),
    "clock.times": Meaning("Start, warning, due and next look cannot be so.", CLOCKS),
    "clock.outcome": Meaning("In time, late or no longer needed: not what its times say.", CLOCKS),
    "outbox.missing": Meaning(
        "An agreed line is to be bought, and no order was promised, nor its buyer told.",
        "Run manage.py link_odoo; if it stays, tell the buyer.",
    ),
    "outbox.unreleased": Meaning("An order was promised for what nobody agreed to.", LOOK_IN_ODOO),
    "outbox.content": Meaning("The order says something else than the lines that were agreed.", LOOK_IN_ODOO),
    "outbox.twice": Meaning("Two orders are promised for one line.", LOOK_IN_ODOO),
    "outbox.result": Meaning("Sent or not: the message and its references differ.", LOOK_IN_ODOO),
    "outbox.attempts": Meaning("The tries that were counted are not those on record.", LOOK_IN_ODOO),
    "outbox.refused": Meaning(
        "Odoo refused an order, and nobody was told.",
        "Look at the message in the admin; manage.py dispatch --again sends it once more.",
    ),
    "maintenance.missing": Meaning(
        "A repair was agreed, and no maintenance request was promised to Odoo.",
        "Tell its team; promise it in manage.py shell: maintenance_outbox.enqueue_maintenance.",
    ),
    "maintenance.content": Meaning("The maintenance request is not of this repair.", LOOK_IN_ODOO),
    "reference.link": Meaning(
        "A record of Odoo belongs to another message, order or line than its external id says.", LOOK_IN_ODOO
    ),
    "reference.closed": Meaning(
        "Odoo is no longer asked about an order that is still awaited.",
        "Set closed_at of the reference to null: the next look takes in what is new.",
    ),
    "reference.drift": Meaning(
        "An order was changed or lost, and its buyer was never told.", "Tell the buyer; settle it in Odoo."
    ),
    "exception.over": Meaning(
        "An exception is open although its cause is gone, or closed by nobody.",
        "Close it (manage.py shell, casework.close_exception).",
    ),
    "work.row": Meaning(
        "A repair or a move without its row, or such a row beside something else.",
        "Take the row from a backup; the answers of the request say what stood in it.",
    ),
    "work.private": Meaning(
        "A transfer after death stands on lists, or something else is hidden.",
        "Set private of the request to what its move says, and tell the data protection officer who could see it.",
    ),
    "bundle.task": Meaning("A task without its bundle, or of something that is none.", SET_RIGHT),
    "bundle.state": Meaning(
        "A bundle has ended before its tasks, or goes on after the last of them.", SET_RIGHT
    ),
    "call.over": Meaning(
        "People are told of an emergency that somebody has, or that is none.", "Set ended_at of the call."
    ),
    "record.moves": Meaning("State changes and audit events do not tell the same moves.", KEEP_RECORD),
    "record.sending": Meaning("The event of sending names another number or other lines.", KEEP_RECORD),
    "record.decisions": Meaning("Decisions and audit events do not match.", KEEP_RECORD),
    "record.lines": Meaning("A line is not where its last audit event left it.", SET_RIGHT),
    "record.quantities": Meaning(
        "What came in or arrived is not what the audit events add up to.", SET_RIGHT
    ),
    "record.exceptions": Meaning("Exceptions and audit events do not match.", KEEP_RECORD),
    "record.clocks": Meaning("Warnings and breaches and audit events do not match.", KEEP_RECORD),
    "record.deliveries": Meaning("Sent messages and audit events do not match.", KEEP_RECORD),
    "record.subjects": Meaning(
        "An audit event is about something that is not this request's, or of no request.", KEEP_RECORD
    ),
    "record.unreadable": Meaning(
        "A value is none that the portal writes: the check that is named stopped there and may have missed more.",
        "Find the value in the rows of the request that this check reads, take it from a backup, and run the check again.",
    ),
    "record.kept": Meaning(
        "The database no longer refuses that the record is rewritten.",
        "Find out who took the trigger off, compare with a backup, and put it back (portal/audit/triggers.py).",
    ),
    "numbers.sequence": Meaning(
        "A number is above the sequence, or two requests share one: the next sending may fail.",
        "Set the sequence requests_app_number (SQLite: the row of requests_app_numbercounter) to the highest number.",
    ),
    "rights.rows": Meaning("Permission rows or groups do not agree with the memberships.", GRANTS),
    "rights.record": Meaning("Somebody holds a role that was never given on record.", KEEP_RECORD),
    "notice.person": Meaning("Somebody was told about a request that is not theirs.", SET_RIGHT),
    "notice.over": Meaning(
        "Somebody is still asked to decide what is decided.", "Set read_at of the notice."
    ),
    "equipment.state": Meaning("The state of a piece is not the one that its history ends with.", SET_RIGHT),
    "equipment.unchecked": Meaning(
        "A piece was out of use and is used without a check.",
        "Take it out of use until a technician has tested it, then find out who wrote past the verbs.",
    ),
    "equipment.loan": Meaning("A piece is lent and not on loan, or on loan and not lent.", SET_RIGHT),
    "cost.decision": Meaning("A cost stands as decided, and its request says something else.", SET_RIGHT),
    "cost.amount": Meaning("Another amount was decided than the one that was asked for.", ASK_PEOPLE),
    "budget.sums": Meaning(
        "The sums of a budget's period are not what its entries add up to.",
        "The entries are the record. See that the trigger approvals_budgetentry_summed stands, then set the sums of the period.",
    ),
    "budget.holding": Meaning(
        "A request holds something else of a budget than follows from where it stands.",
        "Settle it (manage.py shell, approvals.budgets.ledger.settle); what happened past the verbs is in the record.",
    ),
    "rows.links": Meaning(
        "A row points at one that does not exist.", "Restore what was deleted from a backup."
    ),
}
