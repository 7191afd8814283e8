"""Who asked for the clubs in the last year: those who joined, as many who did not, and the open."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from clubcrm.core.states import StateChange
from clubcrm.leads.models import (
    Inquiry,
    Lead,
    LeadAttempt,
    LeadSeller,
    LeadSource,
    LeadTask,
    LeadTouch,
)
from clubcrm.leads.rules.scores import ScoreFacts, score_of
from clubcrm.leads.rules.stages import (
    ArrivalChannel,
    ContactOutcome,
    ContactWay,
    DeclineReason,
    InquiryState,
    LeadStage,
    LostReason,
    TouchOrder,
)
from clubcrm.leads.rules.steps import STEP_OF, StepKind
from clubcrm.leads.words import STEPS
from clubcrm.seed.askers import write_asker
from clubcrm.seed.ground import Ground, instant
from clubcrm.seed.lead_ways import (
    BY_MEMBERS,
    CAMPAIGNS,
    JOIN_MORE,
    MOST,
    OPEN_STAGES,
    PATH_TO,
    REASONS,
    SOURCES,
    STILL_OPEN,
    WISHES,
    YEAR,
    draw_one,
    english,
    is_paid,
    open_minutes,
    time_of,
)
from clubcrm.seed.lives import Life
from clubcrm.seed.order import public_id
from clubcrm.tasks.models import Task


def write_leads(ground: Ground) -> None:
    """A year of leads stands in the store, as many lost or open as won."""
    _Leads(ground).write()


class _Leads:
    """Draws each lead's way and writes its rows."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._chance = ground.order.chance("leads")
        self._by = ground.actor("sales")
        self._seller = ground.staff["sales"]
        self._sources: dict[int, list[int]] = {}
        self._towns: dict[int, list[int]] = {}

    def write(self) -> None:
        """Sources and sellers first, then everybody who asked."""
        ground = self._ground
        for town, club_id in enumerate(ground.club_ids):
            self._sources[town] = [
                ground.store.sink(LeadSource).add(
                    public_id=public_id(self._chance),
                    club_id=club_id,
                    name=name,
                    spend_channel=channel,
                    is_active=True,
                )
                for name, channel, _weight, _way in SOURCES
            ]
            ground.store.sink(LeadSeller).add(
                club_id=club_id,
                user_id=self._seller,
                takes=True,
                languages=[],
                source_ids=[],
                turn=1,
            )
        joined = [life for life in ground.lives if life.joined > ground.today - YEAR]
        every = max(1, 2 * len(joined) // MOST)
        for life in joined[::every]:
            self._towns.setdefault(life.town, []).append(life.number)
            self._won(life)
            self._not_won(life)
        for town in range(len(ground.club_ids)):
            self._tray(town)

    def _won(self, life: Life) -> None:
        chance, ground = self._chance, self._ground
        deal = life.agreements[0]
        day = max(ground.calendars[life.town].first, deal.signed - chance.choice((1, 2, 3, 5, 9)))
        kind = self._kind(chance, joins=True)
        path = [LeadStage.CONTACTED, LeadStage.BOOKED, LeadStage.ATTENDED, LeadStage.WON]
        if chance.random() < 0.3:
            path.remove(LeadStage.BOOKED)
        last = self._at(life.town, deal.signed, 18 * 60)
        values: dict[str, object] = {
            "person_id": ground.person_ids[life.number],
            "value_minor": ground.prices[life.town, deal.offer],
            "contract_id": ground.contract_ids[life.number][0],
        }
        self._write(life.town, day, (kind, path, last), values)

    def _not_won(self, life: Life) -> None:
        chance, ground = self._chance, self._ground
        day = max(ground.calendars[life.town].first, life.joined - chance.randrange(0, 20))
        day = min(day, ground.today)
        kind = self._kind(chance, joins=False)
        person_id = write_asker(ground, life, self._at(life.town, day, 9 * 60), chance)
        offer = life.agreements[0].offer
        price = ground.prices[life.town, offer]
        values: dict[str, object] = {"person_id": person_id, "value_minor": price}
        if ground.today - day <= STILL_OPEN and chance.random() < 0.75:
            stage = draw_one(chance, OPEN_STAGES)
            self._write(life.town, day, (kind, list(PATH_TO[stage]), None), values)
            return
        reached = chance.random() < 0.7
        path = [LeadStage.CONTACTED] if reached else []
        if reached and chance.random() < 0.4:
            path.append(LeadStage.BOOKED)
            path.append(LeadStage.ATTENDED if chance.random() < 0.55 else LeadStage.NO_SHOW)
        reason = draw_one(chance, REASONS) if reached else LostReason.NEVER_REACHED
        values["lost_reason"] = reason
        self._write(life.town, day, (kind, [*path, LeadStage.LOST], None), values)

    def _kind(self, chance: Random, *, joins: bool) -> int:
        weights = [
            weight * (JOIN_MORE.get(name, 1.0) if joins else 1.0)
            for name, _channel, weight, _way in SOURCES
        ]
        return chance.choices(range(len(SOURCES)), weights)[0]

    def _write(
        self,
        town: int,
        day: int,
        way: tuple[int, list[LeadStage], datetime | None],
        values: dict[str, object],
    ) -> None:
        ground, chance, (kind, path, last) = self._ground, self._chance, way
        channel, stage = SOURCES[kind][3], path[-1] if path else LeadStage.NEW
        arrived = self._at(town, day, 9 * 60 + chance.randrange(9 * 60))
        times = self._times(arrived, path, last)
        campaign = chance.choice(CAMPAIGNS) if is_paid(channel) and chance.random() < 0.6 else ""
        shared = {"club_id": ground.club_ids[town], "channel": channel, "arrived_at": arrived}
        course = self._course(arrived, path, times)
        tries = self._tries(path) if path else 0
        lead_id = ground.store.sink(Lead).add(
            **shared,
            **values,
            **course,
            public_id=public_id(chance),
            state=stage,
            source_id=self._sources[town][kind],
            campaign=campaign,
            host_id=self._host(town) if channel in BY_MEMBERS else None,
            owner_id=None if stage is LeadStage.NEW and chance.random() < 0.1 else self._seller,
            interest=chance.choice(WISHES),
            currency=ground.calendars[town].town.currency,
            answer_by=arrived + timedelta(minutes=15),
            later_on=self._soon() if stage is LeadStage.LATER else None,
            attempts=tries,
            score=self._score(shared, stage, course, tries),
            created_by=self._by,
            changed_at=times[-1] if times else arrived,
        )
        self._asked(lead_id, values, (kind, campaign), shared)
        self._moves(lead_id, path, times)
        self._attempts(lead_id, shared, course, tries)
        if stage in STEP_OF:
            self._step(lead_id, values, (stage, town))

    def _course(
        self, arrived: datetime, path: list[LeadStage], times: list[datetime]
    ) -> dict[str, object]:
        """The moments of a lead, from the first try to a contract."""
        chance, moment = self._chance, self._ground.order.moment
        if not path:
            return {}
        minutes = min(110, max(1, round(chance.lognormvariate(2.7, 0.9))))
        tried = min(arrived + timedelta(minutes=minutes), moment)
        attended = time_of(LeadStage.ATTENDED, path, times)
        booked = time_of(LeadStage.BOOKED, path, times)
        answered = time_of(LeadStage.CONTACTED, path, times) or attended
        reached = max(answered, tried) if answered else None
        comes = None
        if booked is not None:
            ahead = path[-1] is LeadStage.BOOKED
            late = moment + timedelta(hours=chance.randrange(20, 70))
            comes = late if ahead else attended or min(booked + timedelta(days=1), moment)
        return {
            "first_attempt_at": tried,
            "first_attempt_by": self._seller,
            "first_attempt_minutes": minutes,
            "reached_at": reached,
            "reached_minutes": open_minutes(arrived, reached) if reached else None,
            "booked_at": booked,
            "trial_at": comes,
            "attended_at": attended,
            "won_at": time_of(LeadStage.WON, path, times),
            "lost_at": time_of(LeadStage.LOST, path, times),
            "last_attempt_at": max(tried, reached or tried),
        }

    def _score(
        self,
        shared: dict[str, Any],
        stage: LeadStage,
        course: dict[str, Any],
        tries: int,
    ) -> int:
        moment, reached = self._ground.order.moment, course.get("reached_at")
        quiet = course.get("last_attempt_at") or shared["arrived_at"]
        facts = ScoreFacts(
            channel=shared["channel"],
            stage=stage,
            days_old=(moment - shared["arrived_at"]).days,
            days_quiet=(moment - quiet).days,
            has_host=shared["channel"] in BY_MEMBERS,
            has_wish=True,
            ways=2,
            reached=reached is not None,
            booked=course.get("booked_at") is not None,
            attended=course.get("attended_at") is not None,
            unanswered=0 if reached else tries,
        )
        return score_of(facts).points

    def _asked(
        self,
        lead_id: int,
        values: dict[str, object],
        told: tuple[int, str],
        shared: dict[str, object],
    ) -> None:
        chance, (kind, campaign) = self._chance, told
        inquiry_id = self._ground.store.sink(Inquiry).add(
            **shared,
            public_id=public_id(chance),
            state=InquiryState.ACCEPTED,
            message="What does a month cost?" if chance.random() < 0.3 else "",
            person_id=values["person_id"],
            lead_id=lead_id,
            decided_at=shared["arrived_at"],
            decided_by="system",
        )
        if not campaign:
            return
        for touch in TouchOrder:
            self._ground.store.sink(LeadTouch).add(
                inquiry_id=inquiry_id,
                touch=touch,
                at=shared["arrived_at"],
                utm_source=SOURCES[kind][0].lower(),
                utm_medium="paid",
                utm_campaign=campaign,
            )

    def _times(
        self, arrived: datetime, path: list[LeadStage], last: datetime | None
    ) -> list[datetime]:
        """When each stage was reached, evenly on the way to a last time, never after the seed's."""
        ends = min(self._ground.order.moment, last or arrived + timedelta(days=2 * len(path)))
        span = max(ends - arrived, timedelta(minutes=len(path)))
        count = len(path)
        return [
            min(arrived + span * ((place + 1) / count), self._ground.order.moment)
            for place in range(count)
        ]

    def _moves(self, lead_id: int, path: list[LeadStage], times: list[datetime]) -> None:
        was = LeadStage.NEW
        for stage, at in zip(path, times, strict=True):
            self._ground.store.sink(StateChange).add(
                table_name=Lead.__tablename__,
                row_id=lead_id,
                from_state=was.value,
                to_state=stage.value,
                by=self._by,
                why="",
                at=at,
            )
            was = stage

    def _tries(self, path: list[LeadStage]) -> int:
        return 5 if path[0] is LeadStage.UNREACHABLE else 1 + self._chance.choice((0, 0, 1, 1, 2))

    def _attempts(
        self, lead_id: int, shared: dict[str, Any], course: dict[str, Any], count: int
    ) -> None:
        """Tries without an answer first; the last one reached whoever was reached."""
        for place in range(count):
            is_last = place == count - 1 and course["reached_at"] is not None
            first = course["first_attempt_at"] + timedelta(seconds=20 * place)
            self._ground.store.sink(LeadAttempt).add(
                lead_id=lead_id,
                club_id=shared["club_id"],
                way=ContactWay.CALL,
                outcome=ContactOutcome.REACHED if is_last else ContactOutcome.NO_ANSWER,
                reached=is_last,
                note="",
                user_id=self._seller,
                by=self._by,
                at=max(first, course["reached_at"]) if is_last else first,
            )

    def _step(self, lead_id: int, values: dict[str, object], where: tuple[LeadStage, int]) -> None:
        """Most open leads have a next step; the few that have none are what the board is for."""
        chance, (stage, town) = self._chance, where
        if chance.random() < 0.06:
            return
        kind: StepKind = STEP_OF[stage].kind
        due = self._ground.order.moment + timedelta(hours=chance.randrange(-30, 96))
        task_id = self._ground.store.sink(Task).add(
            public_id=public_id(chance),
            club_id=self._ground.club_ids[town],
            person_id=values["person_id"],
            kind=kind.value,
            title=english(STEPS[kind]),
            sentence="",
            role="sales",
            assigned_to=self._seller,
            at_arrival=kind is StepKind.TRIAL,
            source=f"lead:{lead_id}:{kind.value}:1",
            due_at=due,
            created_at=min(due, self._ground.order.moment),
        )
        self._ground.store.sink(LeadTask).add(task_id=task_id, lead_id=lead_id)

    def _tray(self, town: int) -> None:
        """A few things wait for a look, and a few were declined."""
        ground, chance = self._ground, self._chance
        told = (
            (InquiryState.WAITING, "same_contact", None, "Is my daughter old enough?"),
            (InquiryState.WAITING, "", None, "Do you have a sauna?"),
            (InquiryState.DECLINED, "", DeclineReason.SUPPLIER, "We sell towels."),
            (InquiryState.SPAM, "robot", None, "Earn money from home"),
        )
        for place, (state, why, reason, message) in enumerate(told):
            decided = state is not InquiryState.WAITING
            at = ground.order.moment - timedelta(hours=3 + 7 * place)
            ground.store.sink(Inquiry).add(
                public_id=public_id(chance),
                club_id=ground.club_ids[town],
                state=state,
                channel=ArrivalChannel.EMAIL if place == 1 else ArrivalChannel.FORM,
                name=ground.names[place] if place < len(ground.names) else "Guest",
                email=f"guest{town}{place}@mail.example",
                message=message,
                suspicion=why,
                arrived_at=at,
                decided_at=at + timedelta(hours=1) if decided else None,
                decided_by=self._by if decided else "",
                decline_reason=reason,
            )

    def _host(self, town: int) -> int | None:
        known = self._towns.get(town, [])
        return self._ground.person_ids[self._chance.choice(known)] if known else None

    def _soon(self) -> date:
        return self._ground.order.last_day + timedelta(days=self._chance.randrange(10, 90))

    def _at(self, town: int, day: int, minute: int) -> datetime:
        second = self._ground.calendars[town].second(day, minute)
        return min(instant(second), self._ground.order.moment)
