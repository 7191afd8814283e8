"""The inbox: raw bodies before anybody reads them, and the lines that nobody could read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from access_control.models import Device, InboxBody, RejectedLine
from clubcrm.core.db import db

LONGEST_RAW = 4000
# Beside the cursors of its tables stands the offset in minutes that a terminal was told last.
OFFSET = "OFFSET_MINUTES"


@dataclass(frozen=True, slots=True)
class Letter:
    """A raw body with what is known of how it came."""

    serial: str
    path: str
    query: str
    headers: dict[str, str]
    address: str
    body: bytes
    received: datetime


def keep_letter(letter: Letter) -> int:
    """The raw body is in the inbox; returns its id."""
    return int(
        db.session.execute(
            insert(InboxBody)
            .values(
                device_serial=letter.serial[:80],
                path=letter.path[:200],
                query=letter.query[:1000],
                headers=letter.headers,
                address=letter.address[:64],
                body=letter.body,
                received_at=letter.received,
            )
            .returning(InboxBody.id)
        ).scalar_one()
    )


def reject_lines(
    device_id: int | None, inbox_id: int | None, lines: Sequence[tuple[str, str]], moment: datetime
) -> None:
    """Each unreadable line stands on the devices page with its reason."""
    if lines:
        db.session.execute(
            insert(RejectedLine),
            [
                {
                    "device_id": device_id,
                    "inbox_id": inbox_id,
                    "raw": raw.replace("\0", "")[:LONGEST_RAW],
                    "reason": reason[:300],
                    "at": moment,
                }
                for raw, reason in lines
            ],
        )


def keep_stamp(device_id: int, table: str, stamp: str) -> None:
    """The device's cursor for a table is the stamp it sent last."""
    stamps = db.session.execute(select(Device.stamps).where(Device.id == device_id)).scalar_one()
    if stamp and stamps.get(table) != stamp:
        db.session.execute(
            update(Device)
            .where(Device.id == device_id)
            .values(stamps={**stamps, table: stamp[:40]})
        )


def keep_profile(device_id: int, **told: object) -> None:
    """What the device says of itself stands in its row: push version, firmware, counts, options."""
    if told:
        db.session.execute(update(Device).where(Device.id == device_id).values(**told))
