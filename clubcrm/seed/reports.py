"""What the reports read of the grown history, and figures of the time before the introduction."""

from collections.abc import Iterator
from contextlib import contextmanager

from clubcrm.core.clubs import ClubSetting
from clubcrm.core.db import Unit
from clubcrm.core.errors import DomainError
from clubcrm.core.months import month_after, month_of, months_between
from clubcrm.reports.costs import USUAL_MARGIN_BP
from clubcrm.reports.effect_tables import ContactCost
from clubcrm.reports.findings import tell_night
from clubcrm.reports.forecasting import follow_all_lives, foresee
from clubcrm.reports.introduction import INTRODUCED_ON
from clubcrm.reports.leaving import learn_all
from clubcrm.reports.models import BaselineFigure
from clubcrm.reports.outcomes import follow
from clubcrm.reports.rolling_up import roll_up
from clubcrm.seed.ground import Ground

SHARE_BEFORE = 3  # the first third of the history lies before the introduction


def note_introduction(ground: Ground, unit: Unit) -> None:
    """Each club has its day of introduction, and figures of the months before it."""
    for town in range(len(ground.club_ids)):
        _note_baseline(ground, unit, town)


def tell_ends(ground: Ground, unit: Unit) -> None:
    """Paid ends and spells of today stand in the store."""
    for club_id in ground.club_ids:
        roll_up(unit, club_id, ground.order.last_day, ground.order.moment)


def foretell(ground: Ground, unit: Unit) -> None:
    """Forecasts and survival curves of today stand in the store."""
    last, moment = ground.order.last_day, ground.order.moment
    with _without_statistics():
        foresee(unit, dict.fromkeys(ground.club_ids, last), 0, moment)
        follow_all_lives(unit, dict.fromkeys(ground.club_ids, last), moment)


def learn(ground: Ground, unit: Unit) -> None:
    """Each club's model of who leaves stands in the store."""
    with _without_statistics():
        learn_all(unit, ground.club_ids, ground.order.last_day, ground.order.moment)


def tell_findings(ground: Ground, unit: Unit) -> None:
    """What each touchpoint does stands in the store, of every club and of all together."""
    owners: list[tuple[int | None, tuple[int, ...]]] = []
    for town, club_id in enumerate(ground.club_ids):
        follow(unit, club_id, ground.order.last_day)
        owners.append((club_id, (club_id,)))
        wage = ground.prices[town, "year"] // 120
        with unit() as session:
            session.add(
                ContactCost(
                    club_id=club_id,
                    wage_minor=wage,
                    margin_bp=USUAL_MARGIN_BP,
                    changed_at=ground.order.moment,
                    changed_by=ground.actor("owner"),
                )
            )
    if len(owners) > 1:
        owners.append((None, tuple(ground.club_ids)))
    with _without_statistics():
        tell_night(unit, owners, ground.order.last_day, ground.order.moment)


@contextmanager
def _without_statistics() -> Iterator[None]:
    """Where the libraries of statistics are missing the club grows all the same."""
    try:
        yield
    except DomainError as refusal:
        if refusal.code != "ANALYTICS_MISSING":
            raise


def _note_baseline(ground: Ground, unit: Unit, town: int) -> None:
    club_id = ground.club_ids[town]
    first, last, moment = ground.order.first_day, ground.order.last_day, ground.order.moment
    introduced = month_of(first + (last - first) // SHARE_BEFORE)
    chance, by = ground.order.chance("baseline", town), ground.actor("owner")
    with unit() as session:
        session.add(
            ClubSetting(
                club_id=club_id,
                name=INTRODUCED_ON,
                value=introduced.isoformat(),
                changed_at=moment,
            )
        )
        for month in months_between(first, month_after(introduced, -1)):
            leads = chance.randrange(20, 60)
            session.add(
                BaselineFigure(
                    club_id=club_id,
                    month=month,
                    leads=leads,
                    contracts=round(leads * chance.uniform(0.16, 0.26)),
                    minutes=chance.randrange(40, 400),
                    noted_by=by,
                    noted_at=moment,
                )
            )
