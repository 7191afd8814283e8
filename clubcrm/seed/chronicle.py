"""The house's memory: the audit chain of all deeds, recent events with deliveries, an import."""

from datetime import UTC, datetime, timedelta

from flask import current_app

from clubcrm.accounts.export_tables import ExportArchive, ExportState
from clubcrm.core import audit
from clubcrm.core.audit import AuditLine
from clubcrm.core.events import Delivery, DeliveryState, Event
from clubcrm.people.models import ImportBatch, ImportRow
from clubcrm.seed.ground import Deed, Ground
from clubcrm.seed.order import hexadecimal, public_id

RECENT_SIGNINGS = 60


def write_audit(ground: Ground) -> None:
    """Every deed has its line in the chain, in order of time."""
    sink = ground.store.sink(AuditLine)
    key = str(current_app.config["SECRET_KEY"])
    previous = audit.GENESIS
    for deed in sorted(ground.deeds, key=_in_order):
        at, subject_id = deed.at.astimezone(UTC), str(deed.subject_id)
        told: list[object] = [
            at.isoformat(),
            deed.actor,
            deed.action,
            deed.subject_kind,
            subject_id,
        ]
        told += [deed.before, deed.after, deed.unit, previous]
        line_hash = audit.hash_told(told, key)
        sink.add(
            at=at,
            actor=deed.actor,
            action=deed.action,
            subject_kind=deed.subject_kind,
            subject_id=subject_id,
            before=deed.before,
            after=deed.after,
            unit_id=deed.unit,
            previous_hash=previous,
            line_hash=line_hash,
        )
        previous = line_hash


def _in_order(deed: Deed) -> tuple[datetime, str, str, str]:
    return deed.at, deed.subject_kind, str(deed.subject_id).rjust(12), deed.action


def write_events(ground: Ground) -> None:
    """The signings of the last days stand as events that were delivered long ago."""
    signings = [deed for deed in ground.deeds if deed.action == "contract.signed"]
    for deed in sorted(signings, key=_in_order)[-RECENT_SIGNINGS:]:
        after = deed.after or {}
        event_id = ground.store.sink(Event).add(
            kind="ContractSigned",
            club_id=ground.club_ids[0],
            happened_at=deed.at,
            recorded_at=deed.at,
            payload={
                "club_id": ground.club_ids[0],
                "happened_at": deed.at.isoformat(),
                "contract_id": deed.subject_id,
                "person_id": after["person_id"],
                "plan_kind": "term",
                "starts_on": after["starts_on"],
                "ends_on": after["ends_on"],
            },
            unit_id=deed.unit,
        )
        ground.store.sink(Delivery).add(
            event_id=event_id,
            handler="seed.history",
            state=DeliveryState.DONE,
            attempts=1,
            next_at=deed.at,
        )


def write_archive(ground: Ground) -> None:
    """The owner took everything along once; that archive has been let go."""
    made = ground.order.moment - timedelta(days=45)
    ground.store.sink(ExportArchive).add(
        public_id=public_id(ground.order.chance("export")),
        state=ExportState.GONE,
        asked_by=ground.actor("manager"),
        asked_at=made,
        told_at=made,
        finished_at=made + timedelta(minutes=2),
        expires_at=made + timedelta(days=1),
        steps_done=1,
        steps=1,
        rows=len(ground.person_ids) * 90,
        files=12,
        size_bytes=len(ground.person_ids) * 9000,
        handed_out=1,
        failure="",
    )


def write_import(ground: Ground) -> None:
    """One import of people stands in the history, with a row that was refused."""
    began = ground.order.moment - timedelta(days=300)
    batch_id = ground.store.sink(ImportBatch).add(
        kind="people",
        file_name="members-before.csv",
        file_sha256=hexadecimal(ground.order.chance("import"), 64),
        club_id=ground.club_ids[0],
        mapping={
            "columns": {"given_name": "First name", "phone": "Mobile"},
            "order": None,
            "source": "import",
            "head": ["First name", "Mobile"],
        },
        counts={"new": 1, "bad_phone": 1},
        next_row=3,
        started_at=began,
        finished_at=began + timedelta(seconds=4),
        by=ground.actor("manager"),
    )
    ground.store.sink(ImportRow).add(
        batch_id=batch_id,
        number=3,
        category="bad_phone",
        field="phone",
        reason="This is not a phone number.",
        cells={"First name": "Rina", "Mobile": "12"},
    )
