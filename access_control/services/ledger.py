"""The ledger of scans: a line per device and key; a second telling finds the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from access_control.adapters.scan import Scan
from access_control.models import AccessEvent, EventStatus
from access_control.queries.doors import Door
from access_control.queries.entry import Sighting
from access_control.rules.codes import Code, CredentialKind, Severity
from access_control.rules.decide import EntryDecision
from access_control.rules.facts import inputs_of
from clubcrm.core.db import db, live_connection
from clubcrm.core.keys import take_keys
from clubcrm.core.prepared import Prepared
from clubcrm.core.types import new_public_id

_event = cast(Table, AccessEvent.__table__)
_WRITTEN = tuple(column.name for column in _event.c if column.name != "id")


def _add(make: Any) -> Prepared:
    fresh = make(_event).on_conflict_do_nothing(index_elements=["device_id", "event_key"])
    return Prepared(fresh.returning(_event.c.id), *_WRITTEN)


_ADD = {"sqlite": _add(sqlite_insert), "postgresql": _add(pg_insert)}
_ADD_MANY = Prepared(insert(_event), "id", *_WRITTEN)
_KEPT = Prepared(
    select(_event.c.id).where(
        _event.c.device_id == bindparam("device_id"), _event.c.event_key == bindparam("event_key")
    )
)


@dataclass(frozen=True, slots=True)
class Line:
    """What is written of a scan beside its decision."""

    door: Door
    scan: Scan
    kind: CredentialKind
    value: str
    at: datetime
    received: datetime
    status: EventStatus
    offline: bool = False
    by: str = ""
    by_reason: str = ""
    lets_in_event_id: int | None = None


@dataclass(frozen=True, slots=True)
class KeptKey:
    """What stands in the ledger under an event key."""

    status: EventStatus
    decision: Severity
    code: Code


def add_line(line: Line, sighting: Sighting, decision: EntryDecision) -> tuple[int | None, str]:
    """The scan stands in the ledger; returns its id and public id, no id when it stood already."""
    connection = live_connection()
    public_id = new_public_id()
    values = line_values(line, sighting, decision)
    values["public_id"] = public_id
    row = _ADD[connection.dialect.name].first(connection, values)
    return (None if row is None else int(row[0])), public_id


def add_lines(values: Sequence[dict[str, Any]]) -> list[int]:
    """These scans stand in the ledger in their order; returns their ids.

    Raises IntegrityError when one of them stood already.
    """
    ids = take_keys(AccessEvent, len(values))
    rows = [
        {"id": event_id, "public_id": new_public_id(), **each}
        for event_id, each in zip(ids, values, strict=True)
    ]
    _ADD_MANY.run_many(live_connection(), rows)
    return ids


def kept_line(device_id: int, event_key: str) -> int:
    """Return the id of the line that an earlier telling of the same event has left."""
    asked = {"device_id": device_id, "event_key": event_key}
    found = _KEPT.first(live_connection(), asked)
    assert found is not None  # noqa: S101 - the caller was told so by the store
    return int(found.id)


def keys_kept(device_id: int, keys: list[str]) -> dict[str, KeptKey]:
    """Return which of these event keys of a device stand in the ledger, and their decisions."""
    found = db.session.execute(
        select(_event.c.event_key, _event.c.status, _event.c.decision, _event.c.code).where(
            _event.c.device_id == device_id, _event.c.event_key.in_(keys)
        )
    )
    return {row.event_key: KeptKey(row.status, row.decision, row.code) for row in found}


def line_values(line: Line, sighting: Sighting, decision: EntryDecision) -> dict[str, Any]:
    """Return what is written of a scan, all but its ids."""
    holder = sighting.holder
    inputs = inputs_of(sighting.facts)
    if line.offline:
        inputs["offline"] = True
    return {
        "club_id": line.door.club_id,
        "device_id": line.door.device_id,
        "event_key": line.scan.event_key,
        "zone": line.door.zone,
        "credential_kind": line.kind,
        "credential_value": line.value,
        "credential_id": holder.credential_id if holder else None,
        "person_id": holder.person_id if holder else None,
        "contract_id": decision.contract_id,
        "at": line.at,
        "device_time": line.scan.device_text[:40],
        "received_at": line.received,
        "direction": sighting.facts.direction,
        "status": line.status,
        "decision": decision.verdict,
        "code": decision.code,
        "notes": [note.code.value for note in decision.notes],
        "rule_version": decision.rule_version,
        "inputs": inputs,
        "raw": line.scan.raw,
        "by": line.by,
        "by_reason": line.by_reason,
        "lets_in_event_id": line.lets_in_event_id,
    }
