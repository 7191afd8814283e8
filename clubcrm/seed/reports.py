"""What the reports read of the grown history, and figures of the time before the introduction."""

from clubcrm.core.clubs import ClubSetting
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.months import month_after, month_of, months_between
from clubcrm.reports.costs import USUAL_MARGIN_BP
from clubcrm.reports.effect_tables import ContactCost
from clubcrm.reports.findings import tell_night
from clubcrm.reports.forecasting import foresee
from clubcrm.reports.introduction import INTRODUCED_ON
from clubcrm.reports.leaving import learn_leaving
from clubcrm.reports.models import BaselineFigure
from clubcrm.reports.outcomes import follow
from clubcrm.reports.rolling_up import roll_up
from clubcrm.seed.ground import Ground

SHARE_BEFORE = 3  # the first third of the history lies before the introduction


def tell_reports(ground: Ground) -> None:
    """Paid ends, spells and the forecast of today stand in the store, as after a night's work."""
    last, moment = ground.order.last_day, ground.order.moment
    for town, club_id in enumerate(ground.club_ids):
        _note_baseline(ground, town, club_id)
        roll_up(unit_of_work, club_id, last, moment)
    try:
        foresee(unit_of_work, dict.fromkeys(ground.club_ids, last), 0, moment)
        for club_id in ground.club_ids:
            learn_leaving(unit_of_work, club_id, last, moment)
        _tell_findings(ground)
    except DomainError as refusal:
        # Without the libraries of statistics the club grows all the same.
        if refusal.code != "ANALYTICS_MISSING":
            raise


def _tell_findings(ground: Ground) -> None:
    """What each touchpoint does stands in the store, of every club and of all together."""
    owners: list[tuple[int | None, tuple[int, ...]]] = []
    for town, club_id in enumerate(ground.club_ids):
        follow(unit_of_work, club_id, ground.order.last_day)
        owners.append((club_id, (club_id,)))
        wage = ground.prices[town, "year"] // 120
        with unit_of_work():
            db.session.add(
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
    tell_night(unit_of_work, owners, ground.order.last_day, ground.order.moment)


def _note_baseline(ground: Ground, town: int, club_id: int) -> None:
    first, last, moment = ground.order.first_day, ground.order.last_day, ground.order.moment
    introduced = month_of(first + (last - first) // SHARE_BEFORE)
    chance, by = ground.order.chance("baseline", town), ground.actor("owner")
    with unit_of_work():
        db.session.add(
            ClubSetting(
                club_id=club_id,
                name=INTRODUCED_ON,
                value=introduced.isoformat(),
                changed_at=moment,
            )
        )
        for month in months_between(first, month_after(introduced, -1)):
            leads = chance.randrange(20, 60)
            db.session.add(
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
    db.session.remove()
