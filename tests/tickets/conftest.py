"""A club whose mails come in and go out, and a noon at which nobody sleeps."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.config import Settings
from clubcrm.core.db import unit_of_work
from clubcrm.core.events import dispatch_pending
from clubcrm.core.jobs import JobContext
from clubcrm.messaging.models import Message
from clubcrm.messaging.reports import take_mail
from clubcrm.tickets.models import Ticket, TicketLine
from clubcrm.tickets.rules.cases import LineKind
from tests.cast import Cast
from tests.conftest import settings_for

NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)  # 12:00 in Dhaka
MIA = "mia@x.example"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Return the settings of a club that people know by its address."""
    return settings_for(
        database_url,
        tmp_path / "var",
        CLUBCRM_MAIL_FROM="Dhanmondi <club@club.example>",
        CLUBCRM_SMTP_URL="smtp://127.0.0.1:9",
        CLUBCRM_PUBLIC_URL="https://club.example",
    )


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    """Stand at noon in Dhaka on an ordinary Friday."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def mail(words: str, ref: str = "1@x.example", sender: str = f"Mia <{MIA}>", **heads: str) -> bytes:
    """Return a raw mail; further headers by name, with lines for hyphens."""
    named = {"Subject": "Towels", "To": "club@club.example"} | {
        name.replace("_", "-"): value for name, value in heads.items()
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return (
        f"From: {sender}\r\nMessage-ID: <{ref}>\r\n{head}"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n"
    ).encode()


Bring = Callable[[bytes], str]


@pytest.fixture
def bring(app: Flask, cast: Cast) -> Bring:
    """Return a function that takes a raw mail in and lets what follows happen."""

    def take(raw: bytes) -> str:
        with app.app_context():
            with unit_of_work():
                found = take_mail(raw)
            dispatch_pending()
        return found

    return take


def tickets(app: Flask) -> list[Ticket]:
    """Return all tickets in order of their numbers."""
    with app.app_context(), unit_of_work(write=False) as session:
        found = list(session.scalars(select(Ticket).order_by(Ticket.id)))
        session.expunge_all()
        return found


def said(app: Flask, number: int) -> list[tuple[LineKind, str]]:
    """Return what stands on a ticket."""
    with app.app_context(), unit_of_work(write=False) as session:
        lines = session.scalars(
            select(TicketLine).where(TicketLine.ticket_id == number).order_by(TicketLine.id)
        )
        return [(one.kind, one.words) for one in lines]


def sent(app: Flask) -> list[Message]:
    """Return the messages that wait to be sent, in their order."""
    with app.app_context(), unit_of_work(write=False) as session:
        found = list(session.scalars(select(Message).order_by(Message.id)))
        session.expunge_all()
        return found


def context(name: str = "watch-tickets", ahead: timedelta = timedelta()) -> JobContext:
    """Return the frame in which a job runs now."""
    return JobContext(name, "test", clock.now() + ahead)
