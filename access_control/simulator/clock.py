"""The terminal's own clock: set from the server's Date header plus the ordered time zone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

TOLERANCE = timedelta(seconds=2)


class DeviceClock:
    """Wall time as the terminal shows it; a skew makes it wrong on purpose."""

    def __init__(self, now: Callable[[], datetime], skew: timedelta = timedelta()) -> None:
        self._now = now
        self._skew = skew
        self._behind_server = timedelta()
        self.zone_minutes = 0

    def now(self) -> datetime:
        """The true instant, for waiting and pausing."""
        return self._now()

    def set_from(self, date_header: str | None) -> None:
        """The clock follows the server's Date header when it is more than two seconds off."""
        if not date_header:
            return
        try:
            told = parsedate_to_datetime(date_header)
        except ValueError:
            return
        difference = told - self._now()
        if abs(difference - self._behind_server) > TOLERANCE:
            self._behind_server = difference

    def wall(self) -> datetime:
        """Local date and time on the display, without a zone."""
        shown = self._now() + self._behind_server + self._skew
        return (shown + timedelta(minutes=self.zone_minutes)).replace(tzinfo=None)

    def wall_text(self) -> str:
        """Local date and time as it is written into a punch."""
        return self.wall().strftime("%Y-%m-%d %H:%M:%S")
