"""Pages of labelled equipment: what a scan opens, finding a piece, labels to print, and the tag DO NOT USE."""

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_safe

from portal.accounts.models import Department
from portal.accounts.place import current_department, person, standing
from portal.errors import NotFound
from portal.web import asks_by_itself, door
from requests_app import access
from requests_app.equipment import equipment_finding, equipment_page, labels
from requests_app.models import Equipment, Repair

MOST_LABELS = 240  # ten sheets


@login_required
@require_safe
@door
def equipment(request: HttpRequest, tag: str) -> HttpResponse:
    """What a label opens. The number is given once in a hospital: who works at several chooses."""
    here = standing(request)
    found = equipment_finding.labelled(here.hospitals, tag.strip("/"))
    if wanted := request.GET.get("hospital"):
        found = [one for one in found if one.hospital.code == wanted]
    if not found:
        raise NotFound
    if len(found) > 1:
        return render(request, "requests_app/equipment_which.html", {"pieces": found, "tag": found[0].tag})
    context = equipment_page.one_piece(person(request), found[0], here)
    return render(request, "requests_app/equipment.html", context)


@login_required
@require_safe
@door
def equipment_list(request: HttpRequest) -> HttpResponse:
    """Pieces by words, ward and room; the room's own label leads here too."""
    context = equipment_page.listed(
        person(request), standing(request), request.GET, current_department(request)
    )
    return render(request, "requests_app/equipment_list.html", context)


@asks_by_itself
@require_GET
@door
def equipment_find(request: HttpRequest) -> HttpResponse:
    """What somebody may mean who types into a field for a piece (named q, or as a question of a form)."""
    words = next((str(text) for key, text in request.GET.items() if key == "q" or key.startswith("q-")), "")
    here = standing(request).here
    pieces = equipment_finding.suggested(here, words[:80]) if here else []
    return render(request, "requests_app/_equipment_options.html", {"pieces": pieces})


@login_required
@require_safe
@door
def label_sheet(request: HttpRequest) -> HttpResponse:
    """Labels on A4: of a ward, of its rooms, of one room or of one piece."""
    user, asked = person(request), request.GET
    wards = list(equipment_finding.wards_to_label(user))
    pieces, ward = equipment_finding.to_label(user), None
    if asked.get("tag"):
        pieces = pieces.filter(tag__iexact=asked["tag"])
    elif asked.get("place"):
        pieces = pieces.filter(location__code=asked["place"])
    else:
        ward = _ward(wards, asked.get("department", ""), current_department(request))
        pieces = pieces.filter(department=ward)
    rooms = ward is not None and asked.get("of") == "rooms"
    rows = _room_labels(request, ward) if ward and rooms else _labels(request, pieces)
    context = {
        "wards": wards,
        "ward": ward,
        "rooms": rooms,
        "sheets": labels.sheets(rows),
        "count": len(rows),
    }
    return render(request, "requests_app/labels.html", context)


def _ward(wards: list[Department], wanted: str, today: Department | None) -> Department:
    """The wanted ward, else that of today, else the first. Raises NotFound for one whose labels are not the person's."""
    if wanted:
        found = next((one for one in wards if str(one.pk) == wanted), None)
    else:
        found = next((one for one in wards if today and one.pk == today.pk), next(iter(wards), None))
    if found is None:
        raise NotFound
    return found


def _labels(request: HttpRequest, pieces: QuerySet[Equipment]) -> list[labels.Label]:
    return [
        labels.of_piece(one, _address(request, reverse("requests:equipment", args=[one.tag])))
        for one in pieces[:MOST_LABELS]
    ]


def _room_labels(request: HttpRequest, ward: Department) -> list[labels.Label]:
    there = reverse("requests:equipment-list")
    rooms = ward.locations.filter(active=True).select_related("hospital").order_by("name")
    return [
        labels.of_room(one, _address(request, f"{there}?{urlencode({'place': one.code})}"))
        for one in rooms[:MOST_LABELS]
    ]


def _address(request: HttpRequest, path: str) -> str:
    return request.build_absolute_uri(path)


@login_required
@require_safe
@door
def repair_tag(request: HttpRequest, public_id: str) -> HttpResponse:
    """DO NOT USE: on the screen to copy by hand, and to print."""
    case = access.get_request(person(request), public_id)
    repair = Repair.objects.select_related("equipment__hospital").filter(request=case).first()
    if repair is None or not repair.out_of_use:
        raise NotFound
    context = equipment_page.tag_of(case, repair)
    context["square"] = labels.square(
        _address(request, reverse("requests:equipment", args=[context["piece"].tag]))
    )
    return render(request, "requests_app/repair_tag.html", context)
