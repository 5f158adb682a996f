"""What became true about people and places. Heard as portal/flow.py says."""

from django.dispatch import Signal

membership_granted = Signal()  # membership, by
membership_revoked = Signal()  # membership, by, before (its period as it was)
membership_began = Signal()  # membership, by (the system): granted earlier, in force from now
membership_ended = Signal()  # membership, by (the system): its time is over
duty_taken = Signal()  # held (DutyHolder), former (user or None), by
duty_given_up = Signal()  # held (DutyHolder), by: nobody has it now
grants_repaired = Signal()  # user, by, before, after (guardian's rows and groups, as text)
pass_issued = Signal()  # given (TemporaryPass), by
pass_ended = Signal()  # given (TemporaryPass), by: who ended it, or the system
token_made = Signal()  # token, by
token_revoked = Signal()  # token, by
