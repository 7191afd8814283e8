"""What the club has said: past touchpoints with their messages and tasks, flags, refusals."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random

from clubcrm.journeys.models import (
    CycleVersion,
    Eligibility,
    JourneyVersion,
    Touchpoint,
    TouchRefusal,
    TouchState,
)
from clubcrm.journeys.rules.codes import Code, Performer, Why
from clubcrm.journeys.rules.settings import to_json
from clubcrm.journeys.rules.shipped import default_settings
from clubcrm.messaging.models import Message, MessageState, OutboxHold
from clubcrm.people.models import Channel, DeskFlag, Purpose
from clubcrm.seed.answers import Answers, Reader
from clubcrm.seed.asked import note_call
from clubcrm.seed.ground import Ground, instant
from clubcrm.seed.lives import Life
from clubcrm.seed.order import public_id
from clubcrm.tasks.models import Task, TaskState, TaskWork
from clubcrm.tasks.outcomes import WorkForm

SUBJECTS = {Code.FIRST_VISIT: "Your first visit", Code.SILENCE: "We have not seen you this week"}
BODIES = {
    Code.FIRST_VISIT: "Your membership is ready. Which evening suits you for a first visit?",
    Code.SILENCE: "A week is quickly gone. Come by until Sunday, the coffee is on us.",
}
PRIORITY = {Code.FIRST_VISIT: 65, Code.SILENCE: 70}
VALID_DAYS = {Code.FIRST_VISIT: 10, Code.SILENCE: 7}
SENT_AT_MINUTE = 11 * 60


class Talk:
    """Writes what followed from the silences that the lives show."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._chance = ground.order.chance("talk")
        shipped = to_json(default_settings())
        for club_id in ground.club_ids:
            ground.store.sink(JourneyVersion).add(
                club_id=club_id,
                number=1,
                made_at=ground.order.moment - timedelta(days=400),
                made_by=ground.actor("owner"),
                settings=shipped,
            )
        self._answers = Answers(ground)
        ground.store.sink(OutboxHold).add(
            why="Moved to another server",
            since=ground.order.moment - timedelta(days=90),
            released_at=ground.order.moment - timedelta(days=90) + timedelta(hours=1),
            released_by=ground.actor("owner"),
        )

    def about(self, life: Life) -> None:
        """The touchpoints of the last year of one life stand in the store."""
        chance = self._ground.order.chance("talk", life.number)
        earliest = max(self._ground.calendars[life.town].first, self._ground.today - 365)
        for place, agreement in enumerate(life.agreements):
            days = agreement.visits
            first_wait = (days[0] if days else self._ground.today) - agreement.starts
            due = agreement.starts + 5
            if place == 0 and first_wait > 5 and earliest <= due < self._ground.today - 1:
                self._touch(life, place, Code.FIRST_VISIT, (due, 1), chance)
            self._ground.store.sink(CycleVersion).add(
                person_id=self._ground.person_ids[life.number], cycle_no=place + 1, number=1
            )
            occurrence = 0
            for before, after in pairwise(days):
                due = before + 10
                if after - before > 12 and due >= earliest and occurrence < 3:
                    occurrence += 1
                    self._touch(life, place, Code.SILENCE, (due, occurrence), chance)
        if chance.random() < 0.02:
            self._open_task(life, chance)

    def _touch(
        self, life: Life, place: int, code: Code, when: tuple[int, int], chance: Random
    ) -> None:
        ground, (day, occurrence) = self._ground, when
        at = instant(ground.calendars[life.town].second(day, SENT_AT_MINUTE))
        shared = {
            "club_id": ground.club_ids[life.town],
            "person_id": ground.person_ids[life.number],
            "contract_id": ground.contract_ids[life.number][place],
            "cycle_no": place + 1,
            "code": code.value,
            "occurrence": occurrence,
        }
        refused = self._why_not(life, chance)
        if refused is not None:
            self._refusal(shared, code, (day, refused))
            return
        ground.store.sink(Eligibility).add(
            **shared,
            arm="T",
            share=0.0,  # nobody was held out of these
            eligible_on=date.fromordinal(day),
            eligible_at=at - timedelta(hours=7),
            pre28=self._visits_before(life, day),
            term_days=self._term(life, place),
            version=1,
        )
        bounced = chance.random() < 0.03
        address = ground.mailable[life.number] or ""
        message_id = self._message(shared, code, (at, address), bounced=bounced)
        ground.store.sink(Touchpoint).add(
            **shared,
            public_id=public_id(self._chance),
            performer=Performer.AUTOMATIC,
            priority=PRIORITY[code],
            planned_on=date.fromordinal(day),
            valid_until=date.fromordinal(day + VALID_DAYS[code]),
            state=TouchState.EXPIRED if bounced else TouchState.DELIVERED,
            why="",
            reason={},
            message_id=message_id,
            created_at=at - timedelta(hours=7),
            closed_at=at,
        )

    @staticmethod
    def _visits_before(life: Life, day: int) -> int:
        return sum(day - 28 < one <= day for deal in life.agreements for one in deal.visits)

    @staticmethod
    def _term(life: Life, place: int) -> int:
        deal = life.agreements[place]
        return 365 if deal.ends is None else deal.ends - deal.starts + 1

    def _message(
        self, shared: Mapping[str, object], code: Code, to: tuple[datetime, str], *, bounced: bool
    ) -> int:
        at, address = to
        parts = (shared["person_id"], shared["cycle_no"], code.value, shared["occurrence"])
        message_id = self._ground.store.sink(Message).add(
            public_id=public_id(self._chance),
            dedupe_key=":".join(map(str, ("touch", *parts))),
            club_id=shared["club_id"],
            person_id=shared["person_id"],
            code=code.value,
            channel=Channel.EMAIL,
            purpose=Purpose.MARKETING,
            address=address,
            language="en",
            subject=SUBJECTS[code],
            body=BODIES[code],
            state=MessageState.BOUNCED if bounced else MessageState.SENT,
            attempts=1,
            next_at=at,
            sent_at=at,
            server_words="550 5.1.1 no such user" if bounced else "250 OK",
            created_at=at - timedelta(hours=7),
        )
        if bounced:
            self._answers.bounced(address, at)
        else:
            self._answers.about(message_id, self._reader(shared, address), at)
        return message_id

    @staticmethod
    def _reader(shared: Mapping[str, object], address: str) -> Reader:
        club_id, person_id = shared["club_id"], shared["person_id"]
        assert isinstance(club_id, int)  # noqa: S101 - narrows the type
        assert isinstance(person_id, int)  # noqa: S101 - narrows the type
        return Reader(club_id, person_id, address)

    def _why_not(self, life: Life, chance: Random) -> Why | None:
        if not self._ground.agreeing[life.number]:
            return Why.NO_CONSENT
        if self._ground.mailable[life.number] is None:
            return Why.NO_ADDRESS
        return Why.CAME_TODAY if chance.random() < 0.05 else None

    def _refusal(self, shared: Mapping[str, object], code: Code, when: tuple[int, Why]) -> None:
        day, why = when
        if shared["occurrence"] != 1:
            return
        self._ground.store.sink(TouchRefusal).add(
            person_id=shared["person_id"],
            club_id=shared["club_id"],
            cycle_no=shared["cycle_no"],
            code=code.value,
            why=why.value,
            first_on=date.fromordinal(day),
            last_on=date.fromordinal(day + 2),
        )

    def _open_task(self, life: Life, chance: Random) -> None:
        ground = self._ground
        last = life.agreements[-1]
        if last.ends is not None and last.ends < ground.today:
            return
        created = ground.order.moment - timedelta(days=chance.randrange(4), hours=3)
        task_id = ground.store.sink(Task).add(
            public_id=public_id(self._chance),
            club_id=ground.club_ids[life.town],
            person_id=ground.person_ids[life.number],
            kind="talk",
            title="Ask how training goes",
            sentence="You have been here less often lately: is there anything we can change?",
            role="desk",
            at_arrival=True,
            source=f"history:{life.number}",
            due_at=created + timedelta(days=2),
            created_at=created,
        )
        ground.store.sink(TaskWork).add(
            task_id=task_id,
            form=WorkForm.TALK,
            code=Code.SLUMP.value,
            rank=float(ground.prices[life.town, last.offer]),
            facts={"slump": True},
        )
        ground.store.sink(DeskFlag).add(
            person_id=ground.person_ids[life.number],
            kind="open_task",
            source=f"task:{task_id}",
            text="Ask how training goes",
            set_at=created,
        )

    def close(self) -> None:
        """Tasks done in the last weeks stand in the store, at least one."""
        ground = self._ground
        for number, life in enumerate(ground.lives[:40:4]):
            done = ground.order.moment - timedelta(days=number + 1)
            task_id = ground.store.sink(Task).add(
                public_id=public_id(self._chance),
                club_id=ground.club_ids[life.town],
                person_id=ground.person_ids[life.number],
                kind="call",
                title="Call about the first visit",
                sentence="Shall we fix a day together?",
                role="sales",
                state=TaskState.DONE,
                source=f"history-call:{life.number}",
                due_at=done,
                outcome="Comes on Thursday evening",
                closed_by=ground.actor("sales"),
                closed_at=done,
                created_at=done - timedelta(days=2),
            )
            note_call(ground, task_id, life, done)
