"""Queries room: the quiet hours a club has chosen."""

from datetime import time

from clubcrm.core.clubs import club_setting
from clubcrm.messaging.rules.quiet import QuietHours

SETTING = "messages.quiet_hours"


def quiet_hours_of(club_id: int) -> QuietHours:
    """Return the club's quiet hours, from nine in the evening to nine in the morning by default."""
    value = club_setting(club_id, SETTING, None)
    if value is None:
        return QuietHours()
    return QuietHours(time.fromisoformat(value["begin"]), time.fromisoformat(value["end"]))
