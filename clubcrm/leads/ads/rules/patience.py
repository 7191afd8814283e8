"""Rules: when an answer that could not be fetched is asked for again."""

from datetime import datetime, timedelta

# Two days in all: a page's rights or its token are mended within a working day or two.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)


def next_try(tries: int, moment: datetime) -> datetime | None:
    """Return when to ask again after so many tries; None when a person has to look."""
    return moment + WAITS[tries - 1] if 0 < tries <= len(WAITS) else None
