"""What members have asked, with the answers they got, and the articles the desk answers from."""

from datetime import datetime, timedelta
from typing import NamedTuple

from clubcrm.core.text import fold
from clubcrm.people.models import Channel
from clubcrm.seed.ground import Ground
from clubcrm.seed.lives import Life
from clubcrm.seed.order import public_id
from clubcrm.tasks.models import Task, TaskState
from clubcrm.tickets.call_tables import (
    PhoneCall,
    PhoneDial,
    PhoneEvent,
    PhoneExtension,
)
from clubcrm.tickets.models import (
    Article,
    ArticleText,
    ArticleVersion,
    ArticleWord,
    CannedAnswer,
    Ticket,
    TicketLine,
)
from clubcrm.tickets.rules.cases import LineKind, Priority, TicketOrigin, TicketState
from clubcrm.tickets.rules.finding import weights_of
from clubcrm.tickets.rules.phone import CallDirection, CallState, Disposition, PhoneKind

EVERY_QUESTION = 31
ALLOWED = timedelta(hours=8)
ASKED = (
    ("Towels", "Do I have to bring my own towel?", "No, towels are at the desk, free of charge."),
    ("Freeze in June", "I travel in June. Can I freeze?", "Gladly: tell us the two dates."),
    ("Lost key", "I lost the key of locker 41.", "No worry, come to the desk for a new one."),
    ("Cold shower", "The left shower is cold again.", "Thank you, it was repaired this morning."),
    ("Bring a friend", "May a friend come along on Friday?", "Yes, your guest pass is ready."),
    ("Receipt", "I need a receipt for March.", "It is in your mail now."),
)


class Answered(NamedTuple):
    """An article: whether members read it, and title and words by language."""

    for_members: bool
    texts: dict[str, tuple[str, str]]


ARTICLES = (
    Answered(
        True,
        {
            "en": (
                "How do I freeze my membership?",
                "On your own page choose Take a break and the dates. A freeze begins in two days "
                "at the earliest; the days are added at the end of your term.",
            ),
            "bn": (
                "মেম্বারশিপ কীভাবে স্থগিত করব?",
                "নিজের পাতায় বিরতি নিন বেছে দুটি তারিখ দিন। দিনগুলো মেয়াদের শেষে যোগ হয়।",
            ),
            "ne": (
                "सदस्यता कसरी रोक्ने?",
                "आफ्नो पृष्ठमा विश्राम छान्नुहोस् र दुई मिति दिनुहोस्। ती दिन अवधिको अन्त्यमा थपिन्छन्।",
            ),
            "ru": (
                "Как заморозить абонемент?",
                "На своей странице выберите паузу и две даты. Эти дни прибавятся в конце срока.",
            ),
        },
    ),
    Answered(
        False,
        {
            "en": (
                "A member lost the key of a locker",
                "Open the locker with the master key in front of the member, let them say what is "
                "inside first, and note the number of the locker. A new key stands in the till.",
            )
        },
    ),
    Answered(
        True,
        {
            "en": (
                "May I bring a guest?",
                "Yes. Every plan holds guest passes; invite your guest on your own page, and the "
                "desk knows the name when you come.",
            )
        },
    ),
    Answered(
        False,
        {
            "en": (
                "Somebody feels unwell on the floor",
                "Stay with the person, call 999 from the desk, send a colleague to the door. The "
                "defibrillator hangs beside the stairs. Write down what happened afterwards.",
            )
        },
    ),
    Answered(
        True,
        {
            "en": (
                "When is the club closed?",
                "On public holidays as written on the schedule. Opening times of every day stand "
                "at the foot of the schedule page.",
            )
        },
    ),
)
READY = (
    ("Thank you", "en", "Thank you for telling us, {given_name}. We look into it today."),
    ("Freeze", "en", "Gladly, {given_name}. Tell us the first and the last day of your break."),
    ("ধন্যবাদ", "bn", "ধন্যবাদ {given_name}, আজই দেখছি।"),
)


class Inquiries:
    """Writes tickets of the last weeks, most of them answered, a few still waiting."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._chance = ground.order.chance("inquiries")
        self._written = 0
        self._house()
        self._ring()

    def about(self, life: Life) -> None:
        """Now and then a member asks something on the own page."""
        if life.number % EVERY_QUESTION != 3:
            return
        ground, turn = self._ground, life.number // EVERY_QUESTION
        waits = turn % 6 == 0
        moment = ground.order.moment
        at = moment - (
            timedelta(hours=1 + turn % 12)
            if waits
            else timedelta(days=1 + turn % 45, hours=turn % 9)
        )
        subject, words, answer = ASKED[turn % len(ASKED)]
        answered = None if waits else at + timedelta(minutes=12 + 37 * (turn % 17))
        number = self._ticket(life, (subject, at, answered), turn)
        who = f"person:{ground.person_ids[life.number]}"
        self._line(number, LineKind.ASKED, words, (who, at))
        if answered is not None:
            self._line(number, LineKind.ANSWERED, answer, (ground.actor("desk"), answered))

    def _ticket(self, life: Life, what: tuple[str, datetime, datetime | None], turn: int) -> int:
        ground, (subject, at, answered) = self._ground, what
        club_id, person_id = ground.club_ids[life.town], ground.person_ids[life.number]
        desk = ground.actor("desk")
        self._written += 1
        task_id = self._task((club_id, person_id), subject, at, answered)
        return ground.store.sink(Ticket).add(
            public_id=public_id(self._chance),
            club_id=club_id,
            person_id=person_id,
            origin=TicketOrigin.OWN_PAGE,
            source=f"history:{life.number}",
            channel=Channel.EMAIL if turn % 2 else None,
            subject=subject,
            state=TicketState.OPEN if answered is None else TicketState.SOLVED,
            priority=Priority.HIGH if turn % 5 == 4 else Priority.NORMAL,
            task_id=task_id,
            opened_at=at,
            first_due_at=at + ALLOWED,
            asked_at=at,
            due_at=at + ALLOWED,
            first_answer_at=answered,
            first_answer_minutes=int((answered - at).total_seconds() // 60) if answered else None,
            first_answer_by=desk if answered else "",
            solved_at=answered,
            solved_by=desk if answered else "",
            changed_at=answered or at,
        )

    def _task(
        self, whose: tuple[int, int], subject: str, at: datetime, answered: datetime | None
    ) -> int:
        return self._ground.store.sink(Task).add(
            public_id=public_id(self._chance),
            club_id=whose[0],
            person_id=whose[1],
            kind="member_question",
            title="A member has asked something on his page",
            sentence=subject,
            role="desk",
            state=TaskState.OPEN if answered is None else TaskState.DONE,
            source=f"ticket-history:{self._written}",
            due_at=at + ALLOWED,
            outcome="answered" if answered else "",
            closed_by=self._ground.actor("desk") if answered else "",
            closed_at=answered,
            created_at=at,
        )

    def _line(self, number: int, kind: LineKind, words: str, said: tuple[str, datetime]) -> None:
        self._ground.store.sink(TicketLine).add(
            public_id=public_id(self._chance),
            ticket_id=number,
            kind=kind,
            words=words,
            by=said[0],
            at=said[1],
        )

    def _ring(self) -> None:
        """The desk has a telephone; a call was answered, one was missed, one number was dialled."""
        ground, store = self._ground, self._ground.store
        club_id, desk = ground.club_ids[0], ground.staff["desk"]
        store.sink(PhoneExtension).add(club_id=club_id, extension="101", user_id=desk)
        at = ground.order.moment - timedelta(hours=5)
        for number, answered in (("+8801712000101", True), ("+8801712000102", False)):
            ref = f"history-{number}"
            call = {"provider": "pbx", "call_ref": ref, "direction": CallDirection.IN}
            for kind in (PhoneKind.BEGIN, PhoneKind.ANSWER, PhoneKind.END):
                if answered or kind is not PhoneKind.ANSWER:
                    store.sink(PhoneEvent).add(
                        **call,
                        key=f"{ref}:{kind.value}",
                        kind=kind,
                        at=at,
                        number=number,
                        said={},
                        received_at=at,
                    )
            store.sink(PhoneCall).add(
                **call,
                public_id=public_id(self._chance),
                club_id=club_id,
                number=number,
                extension="101" if answered else "",
                user_id=desk if answered else None,
                ringing=[],
                state=CallState.ENDED,
                disposition=Disposition.ANSWERED if answered else Disposition.MISSED,
                started_at=at,
                answered_at=at if answered else None,
                ended_at=at + timedelta(minutes=3),
            )
        store.sink(PhoneDial).add(
            club_id=club_id,
            extension="101",
            number="+8801712000102",
            asked_by=ground.actor("desk"),
            asked_at=at,
            taken_at=at,
        )

    def _house(self) -> None:
        store, by = self._ground.store, self._ground.actor("manager")
        at = self._ground.order.moment - timedelta(days=60)
        for title, language, words in READY:
            store.sink(CannedAnswer).add(
                public_id=public_id(self._chance),
                title=title,
                language=language,
                words=words,
                changed_at=at,
            )
        for one in ARTICLES:
            article_id = store.sink(Article).add(
                public_id=public_id(self._chance),
                for_members=one.for_members,
                created_by=by,
                created_at=at,
            )
            for language, (title, words) in one.texts.items():
                self._say(article_id, language, (title, words), at)

    def _say(self, article_id: int, language: str, text: tuple[str, str], at: datetime) -> None:
        store, (title, words) = self._ground.store, text
        version_id = store.sink(ArticleVersion).add(
            article_id=article_id,
            language=language,
            version=1,
            title=title,
            words=words,
            by=self._ground.actor("manager"),
            at=at,
        )
        store.sink(ArticleText).add(
            article_id=article_id,
            language=language,
            version_id=version_id,
            search_text=fold(f"{title} {words}"),
        )
        for word, weight in weights_of(title, words).items():
            store.sink(ArticleWord).add(
                article_id=article_id, language=language, word=word, weight=weight
            )
