"""A mail becomes a ticket once; answers find their thread; programs are never answered."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from flask import Flask

from clubcrm.core.db import db, unit_of_work
from clubcrm.messaging.attachments import file_at
from clubcrm.messaging.channels.smtp import compose
from clubcrm.messaging.handing import letter_of
from clubcrm.messaging.models import Message
from clubcrm.messaging.rules.attached import Attached, LeftOut, judge, shown_name
from clubcrm.messaging.rules.mail_text import text_of_html
from clubcrm.messaging.tracking import ReplyMail
from clubcrm.people.models import Channel
from clubcrm.tickets import queries
from clubcrm.tickets.answering import answer
from clubcrm.tickets.rules.cases import LineKind, TicketOrigin, TicketState
from clubcrm.tickets.services import Opening, close, open_ticket
from tests.cast import Cast, make_member
from tests.tickets.conftest import MIA, Bring, mail, said, sent, tickets

pytestmark = pytest.mark.usefixtures("noon")
PDF = b"%PDF-1.7 a bill"


@pytest.fixture
def mia(app: Flask, cast: Cast) -> int:
    with app.app_context(), unit_of_work():
        return make_member("Mia", "Mail", club=cast.club, email=MIA).id


def reply(app: Flask, number: int, words: str, **how: bool) -> Message:
    """We answer; the message that carries it."""
    with app.app_context(), unit_of_work() as session:
        done = answer(queries.locked(number), words, by="user:4", **how)
        assert done.line.message_id is not None
        message = session.get_one(Message, done.line.message_id)
        session.expunge(message)
        return message


def test_mail_of_a_member_opens_one_ticket_and_is_acknowledged(
    app: Flask, bring: Bring, mia: int
) -> None:
    raw = mail("May I bring a towel?")

    assert [bring(raw), bring(raw)] == ["answer", "none"]

    (ticket,) = tickets(app)
    assert (ticket.origin, ticket.person_id, ticket.subject) == (TicketOrigin.MAIL, mia, "Towels")
    assert said(app, ticket.id) == [(LineKind.ASKED, "May I bring a towel?")]
    (message,) = sent(app)
    assert (message.code, message.address) == ("T1", MIA)
    assert message.subject == f"We have your mail: Towels [#T-{ticket.id}]"
    assert "answers by today 20:00" in message.body


def test_our_answer_continues_the_writers_thread_and_his_answer_continues_ours(
    app: Flask, bring: Bring, mia: int
) -> None:
    bring(mail("May I bring a towel?"))
    ours = reply(app, 1, "Yes, gladly.")

    with app.app_context(), unit_of_work(write=False) as session:
        letter = compose(letter_of(session, session.get_one(Message, ours.id)))
    bring(mail("Thank you!\n> Yes", "2@x.example", In_Reply_To=f"<{ours.public_id}@club.example>"))

    assert (letter["In-Reply-To"], letter["Auto-Submitted"]) == ("<1@x.example>", None)
    assert letter["Subject"] == "Re: Towels [#T-1]"
    assert said(app, 1) == [
        (LineKind.ASKED, "May I bring a towel?"),
        (LineKind.ANSWERED, "Yes, gladly."),
        (LineKind.ASKED, "Thank you!"),
    ]
    (ticket,) = tickets(app)
    assert (ticket.state, ticket.turn) == (TicketState.OPEN, 2)


def test_second_mail_about_the_first_goes_on_with_the_ticket_without_another_receipt(
    app: Flask, bring: Bring, mia: int
) -> None:
    bring(mail("May I bring a towel?"))

    bring(mail("And a robe?", "2@x.example", Subject="Robe", References="<1@x.example>"))

    assert [words for _kind, words in said(app, 1)] == ["May I bring a towel?", "And a robe?"]
    assert [one.code for one in sent(app)] == ["T1"]


def test_number_in_the_subject_opens_a_solved_ticket_again_for_its_writer_alone(
    app: Flask, bring: Bring, mia: int
) -> None:
    bring(mail("May I bring a towel?"))
    reply(app, 1, "Yes.", and_solve=True)

    bring(mail("Let me in on this", "9@y.example", "eve@y.example", Subject="Re: [#T-1]"))
    bring(mail("Which size?", "2@x.example", Subject="[#T-1] Towels"))

    (first,) = tickets(app)
    assert (first.state, first.turn) == (TicketState.OPEN, 2)
    words = [text for _kind, text in said(app, 1)]
    assert "Which size?" in words
    assert "Let me in on this" not in words


def test_address_with_the_number_does_what_the_subject_does(
    app: Flask, bring: Bring, mia: int
) -> None:
    bring(mail("May I bring a towel?"))
    reply(app, 1, "Yes.", and_solve=True)

    bring(mail("Which size?", "2@x.example", To="club+t1@club.example", Subject="Size"))

    assert [one.state for one in tickets(app)] == [TicketState.OPEN]


def test_answer_to_a_closed_ticket_opens_a_new_one_that_names_it(
    app: Flask, bring: Bring, mia: int
) -> None:
    bring(mail("May I bring a towel?"))
    with app.app_context(), unit_of_work():
        close(queries.locked(1), "spam", by="user:4")

    bring(mail("It was a real question", "2@x.example", Subject="Re: Towels [#T-1]"))

    assert [(one.state, one.follows_id) for one in tickets(app)] == [
        (TicketState.CLOSED, None),
        (TicketState.OPEN, 1),
    ]


@pytest.mark.parametrize(
    "heads",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"Return-Path": "<>"},
        {"X-Auto-Response-Suppress": "All"},
        {"From": "Club <club@club.example>"},
        {"From": "club+t1@club.example"},
    ],
)
def test_programs_and_our_own_mails_open_nothing(
    app: Flask, bring: Bring, mia: int, heads: dict[str, str]
) -> None:
    sender = heads.get("From", f"Mia <{MIA}>")
    heads = {name: value for name, value in heads.items() if name != "From"}

    kind = bring(mail("I am away", sender=sender, **heads))

    assert (kind, tickets(app), sent(app)) == ("none", [], [])


def test_person_mail_that_says_it_is_not_automatic_is_read(
    app: Flask, bring: Bring, mia: int
) -> None:
    assert bring(mail("Hello", Auto_Submitted="no")) == "answer"


def test_loop_of_two_programs_ends_after_five_answers_within_the_hour(
    app: Flask, bring: Bring, mia: int
) -> None:
    for number in range(8):
        bring(mail(f"Round {number}", f"{number}@x.example"))
        with app.app_context(), unit_of_work():
            close(queries.locked(number + 1), "done", by="user:4")

    assert len(tickets(app)) == 8
    assert [one.code for one in sent(app)] == ["T1"] * 5


def test_mail_of_a_stranger_waits_in_the_tray_of_leads_and_opens_nothing_here(
    app: Flask, bring: Bring, cast: Cast
) -> None:
    assert bring(mail("Do you have a pool?", sender="Nila Sen <nila@y.example>")) == "answer"

    assert (tickets(app), sent(app)) == ([], [])


def test_unknown_writer_is_kept_as_a_person_when_he_is_answered(
    app: Flask, bring: Bring, cast: Cast
) -> None:
    asked = Opening(
        source="desk:1",
        club_id=cast.club,
        origin=TicketOrigin.DESK,
        words="Do you have a pool?",
        channel=Channel.EMAIL,
        writer_name="Nila Sen",
        writer_address="nila@y.example",
    )
    with app.app_context(), unit_of_work():
        open_ticket(asked, by="user:4")

    before = tickets(app)[0]
    message = reply(app, 1, "Not yet.")

    assert (before.person_id, before.writer_name) == (None, "Nila Sen")
    assert (message.address, message.code) == ("nila@y.example", "T2")
    assert "Dear Nila," in message.body


def test_letter_in_html_is_read_without_what_is_hidden_or_quoted(
    app: Flask, bring: Bring, mia: int
) -> None:
    page = (
        "<html><head><style>p{color:red}</style></head><body><p>Is the&nbsp;sauna <b>open</b>?</p>"
        "<script>alert(1)</script><div class='gmail_quote'>On Monday you wrote"
        "<blockquote>Hi</blockquote></div></body></html>"
    )
    raw = EmailMessage(policy=SMTP)
    raw["From"], raw["Subject"], raw["Message-ID"] = MIA, "Sauna", "<3@x.example>"
    raw.set_content(page, subtype="html")

    bring(raw.as_bytes())

    assert said(app, 1) == [(LineKind.ASKED, "Is the sauna open?")]


def test_files_are_kept_by_what_they_are_and_the_others_are_named(
    app: Flask, bring: Bring, mia: int
) -> None:
    raw = EmailMessage(policy=SMTP)
    raw["From"], raw["Subject"], raw["Message-ID"] = MIA, "Bill", "<4@x.example>"
    raw.set_content("See the bill")
    raw.add_attachment(PDF, maintype="image", subtype="png", filename="../../bill.png")
    raw.add_attachment(b"MZ", maintype="application", subtype="pdf", filename="bill.pdf")

    bring(raw.as_bytes())

    with app.app_context(), unit_of_work(write=False) as session:
        kept, left_out = session.scalars(db.select(ReplyMail)).one().files
        assert file_at(kept["path"]).read_bytes() == PDF
    assert (kept["name"], kept["media_type"]) == ("bill.png", "application/pdf")
    assert left_out == {"name": "bill.pdf", "size": 2, "left_out": "other_kind"}


def test_at_most_five_files_of_three_megabytes_are_kept() -> None:
    files = [Attached(f"{number}.pdf", PDF) for number in range(7)]
    big = Attached("big.pdf", PDF + b"x" * 3 * 1024 * 1024)

    judged = [one.left_out for one in judge([big, *files])]

    assert judged == [LeftOut.TOO_BIG, *[None] * 5, *[LeftOut.TOO_MANY] * 2]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a\\b/../c.pdf", "c.pdf"), ("..", "file"), ('x"\r\n.pdf', "x.pdf"), ("বিল.pdf", "বিল.pdf")],
)
def test_names_of_files_lead_nowhere(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_broken_html_gives_what_can_be_read() -> None:
    assert text_of_html("<p>One<br>two</div><b>three") == "One\ntwo\nthree"
    assert text_of_html("<blockquote>old</blockquote>new &amp; good") == "new & good"
