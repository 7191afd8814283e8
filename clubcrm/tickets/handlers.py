"""What becomes a ticket: mails, messages, questions, complaints, unhappy answers; what ends one."""

from flask_babel import lazy_gettext as _l

from clubcrm.core import clock
from clubcrm.messaging.events import AnswerReceived
from clubcrm.messaging.rules.answers import AnswerKind
from clubcrm.messaging.tracking import Reply, ReplyMail
from clubcrm.people.models import Channel
from clubcrm.tasks.events import ComplaintNoted, SurveyAnswered, TaskClosed, TaskReopened
from clubcrm.tasks.models import TaskState
from clubcrm.tasks.outcomes import Mood, mood_of
from clubcrm.tickets import queries, threading
from clubcrm.tickets.answering import acknowledge
from clubcrm.tickets.rules.cases import UNSETTLED, TicketOrigin, TicketState, priority_of
from clubcrm.tickets.rules.threads import plain_subject
from clubcrm.tickets.services import (
    Opening,
    Said,
    Work,
    add_answer,
    close,
    go_on,
    note,
    open_ticket,
    resume,
    solve,
)
from memberships.events import MemberAsked, QuestionSettled, UnitQuestioned

MEMBER, SYSTEM = "member", "system"
# Deliveries speak English, so the English sentence is stored; lists translate it for their reader.
ANSWERED = _l("A member has answered a message")
QUESTION = _l("A member questions a used visit")
ASKED = _l("A member has asked something on his page")
UNHAPPY = _l("Not happy with the club")
COMPLAINT = _l("Complaint")


def on_answer_received(fact: AnswerReceived) -> None:
    """What a member wrote goes on with his ticket or opens one; a refusal has acted by itself."""
    reply = threading.reply_with(fact.reply_id)
    if fact.kind != AnswerKind.ANSWER or reply is None:
        return
    mail = threading.mail_of(reply.id)
    known = threading.belongs_to(reply, mail, clock.now())
    cause = f"reply:{reply.id}"
    by = f"person:{reply.person_id}" if reply.person_id else queries.STRANGER
    if known is not None:
        go_on(known, reply.text, Said(cause, reply.id, reply.received_at), by=by)
        return
    if reply.person_id is None:
        # Somebody whom nobody knows may want to join: he waits in the tray of leads.
        return
    ticket = open_ticket(_opening(reply, mail, cause), by=by)
    # Who answers a letter of ours knows that we read; who writes by himself wants to know.
    if mail is not None and not mail.key:
        acknowledge(ticket)


def on_member_asked(fact: MemberAsked) -> None:
    """The desk has a question of a member to answer."""
    at = fact.happened_at
    open_ticket(
        Opening(
            source=f"asked:{fact.person_id}:{at.isoformat()}",
            club_id=fact.club_id or queries.first_club(),
            origin=TicketOrigin.OWN_PAGE,
            words=fact.words,
            person_id=fact.person_id,
            work=Work("member_question", title=str(ASKED)),
            at=at,
        ),
        by=f"person:{fact.person_id}",
    )


def on_unit_questioned(fact: UnitQuestioned) -> None:
    """The desk has to look at a visit that a member questions."""
    words, _answer = queries.question_words(fact.question_id)
    source = f"question:{fact.question_id}"
    open_ticket(
        Opening(
            source=source,
            club_id=fact.club_id or queries.first_club(),
            origin=TicketOrigin.LEDGER,
            words=words or str(QUESTION),
            subject=str(QUESTION),
            person_id=fact.person_id,
            work=Work("unit_question", source, str(QUESTION)),
            at=fact.happened_at,
        ),
        by=f"person:{fact.person_id}",
    )


def on_question_settled(fact: QuestionSettled) -> None:
    """What the member was told on the page of questions settles his ticket too."""
    ticket = queries.by_source(f"question:{fact.question_id}")
    if ticket is None or ticket.state not in UNSETTLED:
        return
    _words, answer = queries.question_words(fact.question_id)
    cause = f"settled:{fact.question_id}"
    add_answer(ticket, answer, Said(cause, at=fact.happened_at), by=SYSTEM)
    solve(ticket, by=SYSTEM)


def on_complaint_noted(fact: ComplaintNoted) -> None:
    """A complaint is a ticket of the manager, with the time he has been given already."""
    task = queries.task_with(fact.task_id)
    open_ticket(
        Opening(
            source=f"task:{task.id}",
            club_id=task.club_id,
            origin=TicketOrigin.COMPLAINT,
            words=task.sentence,
            subject=str(COMPLAINT),
            person_id=fact.person_id,
            role=task.role,
            task_id=task.id,
            task_due_at=task.due_at,
            at=fact.happened_at,
        ),
        by=SYSTEM,
    )


def on_survey_answered(fact: SurveyAnswered) -> None:
    """Who is unhappy has a ticket beside the call that was promised him."""
    if mood_of(fact.score) is not Mood.UNHAPPY:
        return
    score, words = queries.survey_words(fact.answer_id)
    source = f"survey:{fact.answer_id}"
    task = queries.task_by_source(source)
    said = f"{score}/10. {words}".strip()
    open_ticket(
        Opening(
            source=source,
            club_id=fact.club_id or queries.first_club(),
            origin=TicketOrigin.SURVEY,
            words=said,
            subject=str(UNHAPPY),
            person_id=fact.person_id,
            priority=priority_of(TicketOrigin.SURVEY, score),
            role="manager",
            task_id=task.id if task else None,
            task_due_at=task.due_at if task else None,
            at=fact.happened_at,
        ),
        by=f"person:{fact.person_id}",
    )


def on_task_closed(fact: TaskClosed) -> None:
    """What was done on a list of tasks settles the ticket that the task stood for."""
    ticket = queries.by_task(fact.task_id)
    if ticket is None or ticket.state is not TicketState.OPEN:
        return
    task = queries.task_with(fact.task_id)
    if task.state is TaskState.OPEN:
        # Closed by mistake and taken back before this was heard.
        return
    if fact.outcome == TaskState.DONE:
        solve(ticket, task.outcome, by=task.closed_by)
    elif fact.outcome == TaskState.NOT_NOW:
        close(ticket, task.outcome, by=task.closed_by)
    else:
        note(ticket, f"{task.title}: {fact.outcome}", by=SYSTEM)


def on_task_reopened(fact: TaskReopened) -> None:
    """A ticket that was settled by a slip on a list of tasks waits for us again, as before."""
    ticket = queries.by_task(fact.task_id)
    if ticket is None or queries.task_with(fact.task_id).state is not TaskState.OPEN:
        return
    resume(ticket, by=SYSTEM)


def _opening(reply: Reply, mail: ReplyMail | None, cause: str) -> Opening:
    is_mail = reply.channel is Channel.EMAIL
    subject = plain_subject(mail.subject) if mail else ""
    return Opening(
        source=cause,
        club_id=reply.club_id,
        origin=TicketOrigin.MAIL if is_mail else TicketOrigin.MESSAGE,
        words=reply.text,
        subject=subject,
        person_id=reply.person_id,
        channel=reply.channel,
        writer_name=mail.sender_name if mail else "",
        writer_address=reply.address,
        work=Work("answer", f"answer:{reply.id}", str(ANSWERED)),
        reply_id=reply.id,
        follows_id=threading.closed_before(reply, mail),
        at=reply.received_at,
    )
