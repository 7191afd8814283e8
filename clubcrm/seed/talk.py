"""What the club has said: past touchpoints with their messages and tasks, flags, refusals."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from operator import itemgetter
from random import Random

from clubcrm.journeys.models import (
    CycleVersion,
    Eligibility,
    JourneyVersion,
    Touchpoint,
    TouchRefusal,
    TouchState,
)
from clubcrm.journeys.rules.codes import Code, Why
from clubcrm.journeys.rules.settings import to_json
from clubcrm.messaging.models import Message, MessageState, OutboxHold
from clubcrm.people.models import Channel, DeskFlag, Purpose
from clubcrm.seed.answers import Answers, Reader
from clubcrm.seed.asked import note_call
from clubcrm.seed.ground import Ground, Touch, instant
from clubcrm.seed.lives import Life
from clubcrm.seed.order import public_id
from clubcrm.seed.touches import TALKS, performer_of, settings_of_trial, share_of
from clubcrm.tasks.models import Task, TaskAttempt, TaskState, TaskWork
from clubcrm.tasks.outcomes import AttemptOutcome, WorkForm

SUBJECTS = {
    Code.FIRST_VISIT: "Your first visit",
    Code.SILENCE: "We have not seen you this week",
    Code.INVITATION: "A trial class that might suit you",
    Code.HALF_WAY: "Half-way: what you have done so far",
}
BODIES = {
    Code.FIRST_VISIT: "Your membership is ready. Which evening suits you for a first visit?",
    Code.SILENCE: "A week is quickly gone. Come by until Sunday, the coffee is on us.",
    Code.INVITATION: "There is a class you have not tried yet. Shall we keep you a place?",
    Code.HALF_WAY: "Half of your term is over. Here is what you did, and one question to you.",
}
SENT_AT_MINUTE, TALK_EVERY = 11 * 60, 25


class Talk:
    """Writes what followed from the silences that the lives show."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._chance = ground.order.chance("talk")
        self._settings = settings_of_trial()
        self._cycles = ground.store.sink(CycleVersion)
        kept = to_json(self._settings)
        for club_id in ground.club_ids:
            ground.store.sink(JourneyVersion).add(
                club_id=club_id,
                number=1,
                made_at=ground.order.moment - timedelta(days=400),
                made_by=ground.actor("owner"),
                settings=kept,
            )
        self._answers = Answers(ground)
        ground.store.sink(OutboxHold).add(
            why="Moved to another server",
            since=ground.order.moment - timedelta(days=90),
            released_at=ground.order.moment - timedelta(days=90) + timedelta(hours=1),
            released_by=ground.actor("owner"),
        )

    def about(self, life: Life) -> None:
        """The cycles of one life stand in the store, and what is asked of it now."""
        cycles, person_id = self._cycles, self._ground.person_ids[life.number]
        for place in range(len(life.agreements)):
            cycles.add(person_id=person_id, cycle_no=place + 1, number=1)
        if life.number % TALK_EVERY == 3:
            self._open_task(life, self._chance)

    def _told(self, life: Life) -> Iterable[Touch]:
        return self._ground.touches.get(life.number, ())

    def _touch(self, life: Life, touch: Touch) -> None:
        ground, code = self._ground, touch.code
        at = instant(ground.calendars[life.town].second(touch.day, SENT_AT_MINUTE))
        shared = {
            "club_id": ground.club_ids[life.town],
            "person_id": ground.person_ids[life.number],
            "contract_id": ground.contract_ids[life.number][touch.place],
            "cycle_no": touch.place + 1,
            "code": code.value,
            "occurrence": touch.occurrence,
        }
        if touch.refused is not None:
            self._refusal(shared, code, (touch.day, touch.refused))
            return
        ground.store.sink(Eligibility).add(
            **shared,
            arm="H" if touch.held_out else "T",
            is_control=touch.is_control,
            share=share_of(code),
            eligible_on=date.fromordinal(touch.day),
            eligible_at=at - timedelta(hours=7),
            pre28=touch.before,
            term_days=self._term(life, touch.place),
            version=1,
        )
        if touch.held_out:
            self._left_alone(touch, shared, at)
        else:
            self._spoken(life, touch, shared, at)

    def _left_alone(self, touch: Touch, shared: Mapping[str, object], at: datetime) -> None:
        """The touchpoint stands on the map, and nobody hears of it."""
        why = Why.CONTROL if touch.is_control else Why.HELD_OUT
        self._ground.store.sink(Touchpoint).add(
            **shared, **self._planned(touch, at), arm="H", state=TouchState.HELD_OUT, why=why.value
        )

    def _planned(self, touch: Touch, at: datetime) -> dict[str, object]:
        """Return what a touchpoint holds in either arm."""
        rule = self._settings.codes[touch.code]
        return {
            "public_id": public_id(self._chance),
            "performer": performer_of(touch.code),
            "priority": rule.priority,
            "planned_on": date.fromordinal(touch.day),
            "valid_until": date.fromordinal(touch.day + rule.valid_days),
            "reason": {},
            "created_at": at - timedelta(hours=7),
        }

    def _spoken(self, life: Life, touch: Touch, shared: Mapping[str, object], at: datetime) -> None:
        """The touchpoint was planned, and done or not."""
        ground = self._ground
        means: dict[str, int] = {}
        if touch.code not in TALKS:
            to = (at, ground.mailable[life.number] or "")
            bounced = not touch.reached
            means["message_id"] = self._message(shared, touch.code, to, bounced=bounced)
        elif touch.reached:
            means["task_id"] = self._talk(life, touch, at)
        ground.store.sink(Touchpoint).add(
            **shared,
            **self._planned(touch, at),
            state=TouchState.DELIVERED if touch.reached else TouchState.EXPIRED,
            why="",
            closed_at=at,
            **means,
        )

    def _talk(self, life: Life, touch: Touch, at: datetime) -> int:
        """The desk has talked with the member at his arrival; answers the task."""
        ground, closer = self._ground, self._ground.actor("desk")
        club_id, person_id = ground.club_ids[life.town], ground.person_ids[life.number]
        task_id = ground.store.sink(Task).add(
            public_id=public_id(self._chance),
            club_id=club_id,
            person_id=person_id,
            kind="talk",
            title="Two weeks in",
            sentence="Two weeks in: which weekday and hour suit best?",
            role="desk",
            at_arrival=True,
            state=TaskState.DONE,
            source=f"history-{touch.code.value}:{life.number}:{touch.place}",
            due_at=at + timedelta(days=10),
            outcome="Fixed two evenings a week",
            closed_by=closer,
            closed_at=at,
            created_at=at - timedelta(hours=7),
        )
        ground.store.sink(TaskWork).add(
            task_id=task_id, form=WorkForm.TALK, code=touch.code.value, rank=0.0, facts={}
        )
        ground.store.sink(TaskAttempt).add(
            task_id=task_id,
            club_id=club_id,
            person_id=person_id,
            outcome=AttemptOutcome.REACHED,
            note="",
            by=closer,
            at=at,
        )
        return task_id

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

    def _refusal(self, shared: Mapping[str, object], code: Code, when: tuple[int, Why]) -> None:
        day, why = when
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
        """What was said stands in the store, day by day, and tasks done in the last weeks."""
        ground = self._ground
        said = [(one.day, life, one) for life in ground.lives for one in self._told(life)]
        for _day, life, touch in sorted(said, key=itemgetter(0)):
            self._touch(life, touch)
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
