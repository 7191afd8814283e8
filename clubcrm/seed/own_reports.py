"""Reports that the owner and the manager keep, the mails they had, and the goals of each club."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clubcrm.messaging.letter_tables import LetterState, PostedLetter
from clubcrm.reports.built_jobs import BY, SOURCE
from clubcrm.reports.built_models import BuiltReport, Goal, ReportMailing
from clubcrm.reports.rules.built import Condition, Definition, Op, Rhythm, next_day
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import Numbered

SIX = time(6)
KEPT = (
    (
        "Slipping away",
        "owner",
        Definition(
            "members",
            (
                Condition("member", Op.IS, "yes"),
                Condition("last_visit", Op.LONGER, "14"),
                Condition("ends", Op.NEXT, "60"),
                Condition("frozen", Op.IS, "no"),
                Condition("quiet", Op.IS, "no"),
            ),
            columns=("name", "phone", "plan", "ends", "last_visit"),
            sort="ends",
        ),
    ),
    (
        "Takings by month",
        "owner",
        Definition(
            "payments",
            (Condition("day", Op.LAST, "365"),),
            columns=("day", "name", "amount", "tender"),
            group="day",
            measure="sum:amount",
        ),
    ),
    (
        "What the bar earns on",
        "manager",
        Definition(
            "bar",
            (Condition("day", Op.LAST, "28"),),
            columns=("day", "product", "quantity", "total"),
            group="product",
            measure="sum:margin",
        ),
    ),
)
# Figure, from, to, days since it was set, days until it is due, and whether it is over.
GOALS = (
    ("renewal_rate", 0.52, 0.62, 75, 105, False),
    ("active_use", 0.38, 0.5, 40, 140, False),
    ("went", 14.0, 8.0, 200, -20, True),
)


def keep_reports(ground: Ground) -> None:
    """Each club has reports that are mailed each Monday, and goals on their way."""
    reports = Numbered(ground.order, "built report")
    goals, letters = Numbered(ground.order, "goal"), Numbered(ground.order, "letter")
    for town, club_id in enumerate(ground.club_ids):
        zone = ZoneInfo(ground.calendars[town].town.zone)
        _reports(ground, (club_id, zone), reports, letters)
        _goals(ground, club_id, goals)


def _reports(
    ground: Ground, club: tuple[int, ZoneInfo], reports: Numbered, letters: Numbered
) -> None:
    club_id, zone = club
    last, moment = ground.order.last_day, ground.order.moment
    monday = last - timedelta(days=last.weekday())
    kept, mailed = ground.store.sink(BuiltReport), ground.store.sink(ReportMailing)
    for name, role, definition in KEPT:
        user_id = ground.staff[role]
        report_id = kept.add(
            public_id=reports.public_id(kept.count + 1),
            club_id=club_id,
            owner_id=user_id,
            name=name,
            definition=definition.as_json(),
            is_shared=role == "owner",
            created_at=moment - timedelta(days=60),
            changed_at=moment - timedelta(days=60),
        )
        if definition.group:
            continue
        mailing_id = mailed.add(
            report_id=report_id,
            user_id=user_id,
            rhythm=Rhythm.WEEKLY,
            weekday=0,
            next_on=next_day(Rhythm.WEEKLY, 0, last),
        )
        sent_at = datetime.combine(monday, SIX, zone)
        if sent_at < moment:
            _letter(ground, (club_id, name, mailing_id), (monday, sent_at), letters)


def _letter(
    ground: Ground, what: tuple[int, str, int], when: tuple[date, datetime], letters: Numbered
) -> None:
    club_id, name, mailing_id = what
    monday, sent_at = when
    sink = ground.store.sink(PostedLetter)
    sink.add(
        public_id=letters.public_id(sink.count + 1),
        club_id=club_id,
        state=LetterState.SENT,
        address="owner@demo.example",
        subject=name,
        body=f"{name}\n",
        paper_name=f"{name}-{monday}.xlsx",
        source_kind=SOURCE,
        source_id=f"{mailing_id}:{monday.isoformat()}",
        tries=1,
        next_try_at=sent_at,
        claimed_at=sent_at,
        sent_at=sent_at,
        created_at=sent_at,
        created_by=BY,
    )


def _goals(ground: Ground, club_id: int, goals: Numbered) -> None:
    sink, last = ground.store.sink(Goal), ground.order.last_day
    for figure, start, target, since, until, is_over in GOALS:
        due_on = last + timedelta(days=until)
        sink.add(
            public_id=goals.public_id(sink.count + 1),
            club_id=club_id,
            figure=figure,
            start=start,
            target=target,
            begun_on=last - timedelta(days=since),
            due_on=due_on,
            owner_id=ground.staff["owner" if figure == "went" else "manager"],
            why="Every member whose contract ends is spoken to twice before"
            if figure == "renewal_rate"
            else "",
            is_open=not is_over,
            closed_on=due_on if is_over else None,
            reached=True if is_over else None,
            created_at=ground.order.moment - timedelta(days=since),
            created_by=ground.actor("owner"),
        )
