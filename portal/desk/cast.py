"""Who may be picked in the demonstration, and a walk through the portal for each kind of work. Words only."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Part:
    """Somebody of the seed, and what they are there for when nothing waits for them."""

    username: str
    does: str | Promise


@dataclass(frozen=True)
class Step:
    """One thing to try. `to` names the page of `tour.PAGES` that it begins at."""

    to: str
    label: str | Promise
    say: str | Promise


@dataclass(frozen=True)
class Walk:
    """A minute as one person."""

    username: str
    icon: str
    title: str | Promise
    steps: tuple[Step, ...]


CAST: tuple[tuple[str | Promise, tuple[Part, ...]], ...] = (
    (
        _("On the ward"),
        (
            Part("asha.menon", _("Asks for supplies and says what arrived")),
            Part("tom.reid", _("Reports what is broken and calls the porters")),
            Part("grace.hill", _("Leads the ward and follows what is open on it")),
        ),
    ),
    (
        _("Deciding"),
        (
            Part("joy.okoro", _("Agrees to what her ward spends, or says why not")),
            Part("priya.shah", _("Decides from the amount where finance is asked")),
            Part("nadia.rahman", _("Decides what stands in no contract")),
            Part("helen.brandt", _("Decides the large amounts")),
        ),
    ),
    (
        _("Store and buying"),
        (
            Part("sam.doyle", _("Picks what the store has and sends it")),
            Part("mark.evans", _("Buys what was agreed, and settles what differs")),
        ),
    ),
    (
        _("Doing the work"),
        (
            Part("joe.mbeki", _("Takes moves and says how they ended")),
            Part("karim.aziz", _("Repairs what wards report")),
            Part("ivy.chan", _("Mends what IT can, and says what is down")),
            Part("kwame.asante", _("Cleans what wards ask for")),
        ),
    ),
    (
        _("Looking after it"),
        (
            Part("claire.dubois", _("Follows every request of the hospital")),
            Part("amina.yusuf", _("Reads who did what, in every hospital")),
            Part("peter.hansen", _("Is asked when nobody may decide")),
            Part("yuki.tanaka", _("Is told when an order does not get through")),
            Part("alex.morgan", _("Gives people their roles and makes types of request")),
        ),
    ),
    (
        _("In the other hospitals"),
        (
            Part("nora.finch", _("Asks on the rehabilitation ward of Northfield")),
            Part("hannah.ellis", _("Decides for that ward")),
            Part("miriam.koch", _("Asks in Sankt Anna, in euros")),
            Part("petra.vogel", _("Decides for her ward")),
        ),
    ),
)

WALKS = (
    Walk(
        "asha.menon",
        "package",
        _("Ask, as a nurse"),
        (
            Step(
                "toner",
                _("Order two toners"),
                _(
                    "Say that you are fine until the next delivery. The page says what it costs and who will decide, and why. "
                    "What cannot wait goes, while the office is closed, to whoever is on duty."
                ),
            ),
            Step(
                "home",
                _("Reorder the usual gloves"),
                _("Inside the list that was agreed for the ward nobody is asked, and the page says so."),
            ),
            Step(
                "home",
                _("Say what arrived"),
                _("All here closes a request; Something missing keeps the rest open."),
            ),
            Step(
                "requests",
                _("See where everything stands"),
                _("Who has it, until when, and what is late."),
            ),
        ),
    ),
    Walk(
        "tom.reid",
        "wrench",
        _("Report and move, as a nurse"),
        (
            Step(
                "pump",
                _("Scan the label of a pump"),
                _("Its page says what is open on it. Say what is wrong and whether it is safe: three taps."),
            ),
            Step(
                "move",
                _("Send a patient to CT"),
                _("Five questions. Precautions have to be chosen, and stand on every later screen."),
            ),
            Step(
                "kinds",
                _("Ask for something else"),
                _("Cleaning, a loan, a document, a new starter: each goes to the team that does it."),
            ),
        ),
    ),
    Walk(
        "ivy.chan",
        "hand",
        _("Do the work, as IT"),
        (
            Step(
                "work",
                _("Take it, and say how it ended"),
                _("What is due first is on top; two people never take the same."),
            ),
            Step(
                "work",
                _("Wait, ask the ward, pass it on"),
                _(
                    "Every wait has a reason and an end. What is another team's goes there, and the clock goes on."
                ),
            ),
            Step(
                "outages",
                _("Say what is down"),
                _("Wards see it before they report it once more, and say Me too."),
            ),
        ),
    ),
    Walk(
        "joe.mbeki",
        "footprints",
        _("Carry, as a porter with a phone"),
        (
            Step(
                "porter",
                _("Accept, picked up, delivered"),
                _(
                    "One job fills the screen. What to wear stands above the button, and the wristband is one tap."
                ),
            ),
        ),
    ),
    Walk(
        "karim.aziz",
        "wrench",
        _("Repair, as clinical engineering"),
        (
            Step(
                "work",
                _("Make it safe, then mend it"),
                _("Lend another pump, wait for the part, say what it costs. The ward reads each of it."),
            ),
            Step(
                "checks",
                _("Bring a piece back into use"),
                _("Only after its tests; what keeps a patient alive needs a second signature."),
            ),
        ),
    ),
    Walk(
        "claire.dubois",
        "gauge",
        _("See what will be late, as service manager"),
        (
            Step(
                "board",
                _("Open the board"),
                _("What is late, what will be, and whose. Dashed means that nobody has it; each item opens."),
            ),
            Step(
                "exceptions",
                _("Look after what is out of the ordinary"),
                _("Each has an owner and a time; what nobody looks at goes to somebody else."),
            ),
            Step(
                "glass",
                _("Break glass, on duty"),
                _("In an emergency nobody is waited for. Somebody independent reviews each within 72 hours."),
            ),
        ),
    ),
    Walk(
        "alex.morgan",
        "clipboard-list",
        _("Make a type of request"),
        (
            Step(
                "types",
                _("Add “Document request”"),
                _(
                    "Questions, team, who decides, times. It cannot be published while one of them is missing."
                ),
            ),
        ),
    ),
    Walk(
        "joy.okoro",
        "inbox",
        _("Decide, as head of the ward"),
        (
            Step(
                "approvals",
                _("Open the approvals"),
                _("One card holds what the decision needs: who asks, why, what it costs, why you."),
            ),
            Step(
                "approvals",
                _("Agree, or say no"),
                _(
                    "A yes is taken back within ten seconds; a no needs a reason, and the ward reads it. Make the window as "
                    "narrow as a phone."
                ),
            ),
            Step(
                "cover",
                _("Say that you are away"),
                _("What waits goes to who stands in for you, for as long and for as much as you say."),
            ),
            Step(
                "notices",
                _("Read the notices"),
                _("What was told to you; the same goes out by mail where a mail server is set."),
            ),
        ),
    ),
    Walk(
        "nadia.rahman",
        "users-round",
        _("Decide with others, as procurement"),
        (
            Step(
                "approvals",
                _("Decide after the head"),
                _("What stands in no contract is asked here as well. Nobody decides the same request twice."),
            ),
            Step(
                "requests",
                _("Follow a request"),
                _("Its page names every decision, who took it and for which reason they were asked."),
            ),
        ),
    ),
    Walk(
        "sam.doyle",
        "clipboard-list",
        _("Pick and send, in the store"),
        (
            Step(
                "store",
                _("Open the pick list"),
                _("By request, what is due first stands first. Picked, then On its way."),
            ),
            Step(
                "store",
                _("Send a part of it"),
                _(
                    "Tick what you have. What you leave stays on the list, and the ward sees what is still to come."
                ),
            ),
        ),
    ),
    Walk(
        "mark.evans",
        "shopping-cart",
        _("Buy, as a buyer"),
        (
            Step(
                "requests",
                _("Find an order"),
                _("Each supplier gets one order, exactly once; its number leads into Odoo."),
            ),
            Step(
                "home",
                _("Settle what differs"),
                _(
                    "An order that was changed or refused waits here until somebody writes down what was done."
                ),
            ),
        ),
    ),
    Walk(
        "amina.yusuf",
        "shield-check",
        _("Look back, as the auditor"),
        (
            Step(
                "requests",
                _("Open any request"),
                _("What happened names everybody who had a part in it. Nothing of it can be changed."),
            ),
            Step(
                "approvers",
                _("Look at what one person decided"),
                _("Every yes and no of theirs, also in somebody's name, with its reason."),
            ),
            Step(
                "home",
                _("Choose a hospital"),
                _("Each has people, money and hours of its own, and sees nothing of the others."),
            ),
        ),
    ),
)
