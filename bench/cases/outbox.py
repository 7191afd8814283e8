"""The outbox: messages claimed, sent to a local mail server and confirmed, beside a bare loop."""

import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage

from flask import Flask
from sqlalchemy import insert, select, update

from bench.options import Options
from bench.stores import STORES
from bench.tables import Table, share
from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.messaging.jobs import send_outbox
from clubcrm.messaging.models import Message, MessageState
from clubcrm.people.models import Channel, ContactKind, ContactPoint, Person, Purpose

MEMBERS, YEARS = 5_000, 1
MESSAGES = 2_000
SENDER = "club@club.example"
BODY = "Dear member,\n\nwe have not seen you for a week. Come by before Sunday.\n\nYour team\n" * 3


@contextmanager
def mail_server() -> Iterator[str]:
    """Give the address of a mail server in a process of its own, which keeps nothing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ("-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{port}")
    server = subprocess.Popen([sys.executable, *words], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as caller:
                if caller.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"smtp://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def bare_loop(url: str, wanted: int) -> float:
    """Return how many plain mails a second one connection takes by the standard library."""
    host, _, port = url.removeprefix("smtp://").partition(":")
    started = time.perf_counter()
    with smtplib.SMTP(host, int(port)) as server:
        for number in range(wanted):
            mail = EmailMessage()
            mail["From"], mail["To"] = SENDER, f"member{number}@x.example"
            mail["Subject"] = "We have missed you"
            mail.set_content(BODY)
            server.send_message(mail)
    return wanted / (time.perf_counter() - started)


def fill(app: Flask, wanted: int) -> int:
    """So many messages wait, each to a member of his own; returns how many could be made."""
    with app.app_context(), unit_of_work() as session:
        moment = clock.now()
        session.execute(
            update(Message)
            .where(Message.state == MessageState.QUEUED)
            .values(state=MessageState.CANCELLED)
        )
        people = session.execute(
            select(ContactPoint.person_id, ContactPoint.value, Person.club_id)
            .join(Person, Person.id == ContactPoint.person_id)
            .where(ContactPoint.kind == ContactKind.EMAIL, ContactPoint.is_primary)
            .order_by(ContactPoint.person_id)
            .limit(wanted)
        ).all()
        rows = [
            {
                "dedupe_key": f"bench:{moment.timestamp()}:{person_id}",
                "club_id": club_id,
                "person_id": person_id,
                "code": "X4",
                "channel": Channel.EMAIL,
                "purpose": Purpose.SERVICE,
                "address": address,
                "language": "en",
                "subject": "We have missed you",
                "body": BODY,
                "next_at": moment,
            }
            for person_id, address, club_id in people
        ]
        session.execute(insert(Message), rows)
        return len(rows)


def empty(app: Flask) -> float:
    """Return the seconds in which the job empties the outbox."""
    with app.app_context():
        started = time.perf_counter()
        done = send_outbox(JobContext("send-outbox", "bench", clock.now()))
        taken = time.perf_counter() - started
    if done.failed:
        raise SystemExit(f"bench: {done.errors[:3]}")
    return taken


def run(options: Options) -> list[Table]:
    """Measure the whole way of a message on each store."""
    table = Table(
        "Outbox: claimed, sent and confirmed, messages a second",
        ("store", "messages", "outbox", "bare smtplib loop", "share"),
        limits="the mail server, and one transaction for every 25 messages",
    )
    for kind in options.stores:
        with (
            mail_server() as url,
            STORES[kind](max(500, int(MEMBERS * options.scale)), YEARS) as store,
        ):
            settings = {"CLUBCRM_SMTP_URL": url, "CLUBCRM_MAIL_FROM": SENDER}
            app = replace(store, environment={**store.environment, **settings}).app()
            speeds, bare = [], []
            for _ in range(options.rounds):
                made = fill(app, int(MESSAGES * options.scale))
                bare.append(bare_loop(url, made))
                speeds.append(made / empty(app))
        best, limit = max(speeds), max(bare)
        table.add(kind, made, best, limit, share(best, limit))
    return [table]
