"""Who works where in the demonstration, by the roles that the seed gave them."""

from collections import defaultdict

from portal.accounts.models import Department, Hospital, Membership, User
from portal.clock import now


class Staff:
    """People by name and by place, each list in the order of the seed."""

    def __init__(self) -> None:
        self.people: dict[str, User] = {}
        self.wards: dict[str, dict[str, Department]] = defaultdict(dict)  # hospital code -> code -> ward
        self.nurses: dict[int, list[User]] = defaultdict(list)  # of a ward: they file and receive
        self.heads: dict[int, list[User]] = defaultdict(list)
        self.roaming: dict[int, list[User]] = defaultdict(list)  # work on any ward of a hospital
        self.members: dict[int, list[User]] = defaultdict(list)  # of a team
        self.deciders: dict[tuple[str, str], list[User]] = defaultdict(list)  # (hospital code or '', role)
        self.hospitals = {one.code: one for one in Hospital.objects.order_by("pk")}
        for ward in Department.objects.filter(active=True).select_related("hospital").order_by("pk"):
            self.wards[ward.hospital.code][ward.code] = ward
        held = Membership.objects.current(now()).select_related("user", "hospital")
        for membership in held.order_by("pk"):
            self.add(membership)

    def add(self, membership: Membership) -> None:
        """Take in what somebody may do and where."""
        user, role = membership.user, membership.role
        self.people[user.username] = user
        if membership.department_id:
            place = self.heads if role == "head" else self.nurses
            place[membership.department_id].append(user)
        elif membership.team_id:
            if role != "buyer":
                self.members[membership.team_id].append(user)
        elif role == "requester" and membership.hospital_id:
            self.roaming[membership.hospital_id].append(user)
        else:
            hospital = membership.hospital
            self.deciders[hospital.code if hospital else "", role].append(user)

    def filers(self, ward: Department) -> list[User]:
        """Who asks for this ward: its own people, else those who work anywhere in the hospital, else its head."""
        return self.nurses[ward.pk] or self.roaming[ward.hospital_id] or self.heads[ward.pk]

    def receivers(self, ward: Department) -> list[User]:
        """Who may say what arrived there, besides whoever asked."""
        return [*self.nurses[ward.pk], *self.roaming[ward.hospital_id], *self.heads[ward.pk]]

    def holders(self, hospital: str, role: str) -> list[User]:
        """Who holds a role at a hospital, or everywhere."""
        return self.deciders[hospital, role] or self.deciders["", role]
