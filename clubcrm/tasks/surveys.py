"""Services room: the half-way question, 0 to 10: asked by link, answered once, followed up."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from clubcrm.core import clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.text import clean
from clubcrm.people.api import OpenedLink, link_address, make_link
from clubcrm.tasks.events import SurveyAnswered
from clubcrm.tasks.lists import locked_person
from clubcrm.tasks.models import SurveyAnswer
from clubcrm.tasks.outcomes import HIGHEST, Mood, WorkForm, mood_of
from clubcrm.tasks.services import TaskOrder, open_task

PURPOSE = "survey"
CODE = "J12"
KEPT_FOR = timedelta(days=60)
TALK_WITHIN = timedelta(hours=48)
LOW_KIND, FRIEND_KIND = "survey_low", "referral"
# Jobs speak English, so the English sentence is stored; lists translate it for their reader.
LOW = _l("Call: not happy with the club")
LOW_SENTENCE = _l("Thank them for being frank, ask what went wrong, and say what happens next.")
FRIEND = _l("Has a friend for us")
FRIEND_SENTENCE = _l(
    "Give two guest passes, and ask who the friend is and when they come together."
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a member answered: a score from 0 to 10, and words if he likes."""

    score: int
    words: str = ""


def survey_address(person_id: int, code: str = CODE) -> str:
    """Return the whole address of a page on which the member answers once, for two months."""
    ends = clock.now() + KEPT_FOR
    token = make_link(person_id, PURPOSE, subject_id=code, expires_at=ends, by="system")
    return link_address("survey.show", token)


def answer_of(link_id: int) -> SurveyAnswer | None:
    """Return what was answered by a link, None while nothing was."""
    return db.session.scalars(select(SurveyAnswer).where(SurveyAnswer.link_id == link_id)).first()


def answer_survey(link: OpenedLink, said: Said) -> SurveyAnswer:
    """The answer is kept, and an unhappy member is called within two days.

    Answering twice by one link keeps the first answer.
    """
    person = locked_person(link.person_id)
    known = answer_of(link.link_id)
    if known is not None:
        return known
    if not 0 <= said.score <= HIGHEST:
        raise invalid({"score": _("Choose a number from 0 to 10.")})
    kept = SurveyAnswer(
        club_id=person.club_id,
        person_id=person.id,
        link_id=link.link_id,
        code=link.subject_id,
        score=said.score,
        words=clean(said.words, "words", longest=500, lines=True),
        at=clock.now(),
    )
    db.session.add(kept)
    db.session.flush()
    if mood_of(said.score) is Mood.UNHAPPY:
        _call(kept)
    events.record(
        SurveyAnswered(person.club_id, kept.at, kept.id, person.id, kept.code, kept.score)
    )
    return kept


def offer_friend(answer: SurveyAnswer) -> None:
    """Somebody who speaks well of the club is asked for his friend at the next visit."""
    open_task(
        TaskOrder(
            source=f"survey-friend:{answer.id}",
            club_id=answer.club_id,
            person_id=answer.person_id,
            kind=FRIEND_KIND,
            title=str(FRIEND),
            sentence=str(FRIEND_SENTENCE),
            role="desk",
            at_arrival=True,
            due_at=clock.now(),
            expires_at=clock.now() + KEPT_FOR,
            form=WorkForm.TALK,
            code=answer.code,
        )
    )


def _call(answer: SurveyAnswer) -> None:
    open_task(
        TaskOrder(
            source=f"survey:{answer.id}",
            club_id=answer.club_id,
            person_id=answer.person_id,
            kind=LOW_KIND,
            title=str(LOW),
            sentence=str(LOW_SENTENCE),
            role="manager",
            due_at=answer.at + TALK_WITHIN,
            form=WorkForm.CALL,
            code=answer.code,
            facts={"score": answer.score, "words": answer.words},
        )
    )
