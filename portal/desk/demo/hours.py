"""When people of a hospital work: the calendars of its services, and days counted back from the end of the play."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.accounts.models import Hospital
from sla import calendars
from sla.business_time import Calendar
from sla.models import BusinessCalendar, Clock
from sla.policies import WALL_CLOCK

HOUR = 3600.0
DAY_BEGINS, DAY_ENDS = time(7, 15), time(20, 45)


class Hours:
    """Working time of every hospital, as it was when the play began."""

    def __init__(self) -> None:
        self._known = {
            (found.hospital_id, found.code): calendars.compiled(found, found.hospital.time_zone)
            for found in BusinessCalendar.objects.select_related("hospital")
        }

    def _calendar(self, hospital: Hospital, code: str) -> Calendar:
        return self._known.get((hospital.pk, code)) or self._known[hospital.pk, "office"]

    def after(self, hospital: Hospital, code: str, moment: datetime, hours: float) -> datetime:
        """When so many working hours of the calendar `code` have passed since `moment`; 'wall' counts every hour."""
        if code == "wall":
            return moment + timedelta(hours=hours)
        return self._calendar(hospital, code).add(moment, max(hours * HOUR, 60))

    def before(self, hospital: Hospital, code: str, moment: datetime, hours: float) -> datetime:
        """The moment from which so many working hours pass until `moment`."""
        return self._calendar(hospital, code).subtract(moment, max(hours * HOUR, 60))

    def share(self, clock: Clock, zone: str, share: float) -> datetime:
        """When this share of a clock's time is over: 1 is the moment when it is due."""
        kept: BusinessCalendar | None = clock.calendar
        calendar = calendars.compiled(kept, zone) if kept else WALL_CLOCK
        return calendar.add(clock.started_at, max(clock.target_seconds * share, 60))

    def in_daytime(self, hospital: Hospital, moment: datetime) -> datetime:
        """`moment`, or the next morning where it falls into the night of the hospital."""
        local = moment.astimezone(ZoneInfo(hospital.time_zone))
        if local.time() < DAY_BEGINS:
            return local.replace(hour=7, minute=15 + local.minute // 2)
        if local.time() > DAY_ENDS:
            return local.replace(hour=7, minute=15 + local.minute // 2) + timedelta(days=1)
        return moment

    def workday(self, hospital: Hospital, until: datetime, back: int) -> datetime:
        """Midnight at the hospital, `back` working days before the day of `until` (0: the last one that began before it)."""
        office = self._calendar(hospital, "office")
        midnight = until.astimezone(ZoneInfo(hospital.time_zone)).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        while True:
            noon = midnight.replace(hour=12)
            if office.is_open(noon) and noon <= until:
                if back == 0:
                    return midnight
                back -= 1
            midnight -= timedelta(days=1)


def on(midnight: datetime, wall_time: str) -> datetime:
    """The moment of a day at which clocks there show `wall_time` ("02:40")."""
    hour, minute = wall_time.split(":")
    return midnight.replace(hour=int(hour), minute=int(minute))
