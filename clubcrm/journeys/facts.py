"""Services room: the nightly facts of all members of a club, one set-based statement per step.

Members whose clock was stopped by a freeze lately are put right one by one by the same pure rules.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from sqlalchemy import (
    Integer,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from clubcrm.journeys import risk
from clubcrm.journeys.calendar import refresh_calendar
from clubcrm.journeys.cycles import refresh_cycles
from clubcrm.journeys.models import CycleVersion, MemberFacts
from clubcrm.journeys.one_member import refresh_frozen
from clubcrm.journeys.queries import Slice, slices_of, zone_of
from clubcrm.journeys.rules.rhythm import Windows
from clubcrm.journeys.versions import SHIPPED, Led, current_version, led_of

Unit = Callable[[], AbstractContextManager[Session]]
SLICE = 2000


def refresh_all(unit: Unit, club_id: int, day: date) -> int:
    """The facts of a club's members are those at the end of the day; returns how many there are.

    Written slice by slice, each in its own short unit of work, so that no turnstile has to wait.
    """
    with unit() as session:
        led = led_of(session, club_id)
        windows = refresh_calendar(session, club_id, day, led[-1].rhythm)
        parts = slices_of(session, club_id, SLICE)
    members = 0
    for part in parts:
        with unit() as session:
            members += refresh_slice(session, part, day, windows, led)
    return members


def refresh_facts(session: Session, club_id: int, day: date) -> int:
    """The same for a whole club at once, within the caller's unit of work."""
    led = led_of(session, club_id)
    windows = refresh_calendar(session, club_id, day, led[-1].rhythm)
    return refresh_slice(session, Slice(club_id), day, windows, led)


def refresh_slice(
    session: Session, part: Slice, day: date, windows: Windows, led: Sequence[Led]
) -> int:
    """The facts of the members of a slice are those at the end of the day; returns how many.

    Each running cycle is judged by the numbers of its own version.
    """
    refresh_cycles(session, part, day)
    _keep_versions(session, part, day)
    zone = zone_of(session, part.club_id)
    for one in led:
        risk.judge(session, part, day, windows, one)
        refresh_frozen(session, part, zone, day, one)
        risk.mark_stages(session, part, day, one)
    session.expire_all()
    mine = part.holds(MemberFacts.person_id, MemberFacts.club_id)
    return session.scalar(select(func.count()).select_from(MemberFacts).where(mine)) or 0


def _keep_versions(session: Session, part: Slice, day: date) -> None:
    """A cycle that has begun goes by the version of its first night until it ends."""
    version = current_version(part.club_id, session)
    number = version.number if version else SHIPPED
    dialect = session.get_bind().dialect.name
    make: Any = sqlite_insert if dialect == "sqlite" else pg_insert
    fresh = select(MemberFacts.person_id, MemberFacts.cycle_no, literal(number, Integer())).where(
        part.holds(MemberFacts.person_id, MemberFacts.club_id),
        or_(MemberFacts.ends_on.is_(None), MemberFacts.ends_on >= day),
        ~exists().where(
            CycleVersion.person_id == MemberFacts.person_id,
            CycleVersion.cycle_no == MemberFacts.cycle_no,
        ),
    )
    statement = make(CycleVersion).from_select(["person_id", "cycle_no", "number"], fresh)
    session.execute(statement.on_conflict_do_nothing())
