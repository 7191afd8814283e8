"""Requests to give money back: granted, refused, and some that still wait."""

from datetime import datetime, timedelta

from clubcrm.seed.ground import Ground
from clubcrm.seed.order import Numbered
from clubcrm.seed.sales import Written
from memberships.approvals.models import Approval, ApprovalState
from memberships.approvals.rules import LimitKind
from memberships.billing.orders import Tender

WAITING = 3


class Requests:
    """Writes requests of the desk; the last payments of the history leave some open."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._names = Numbered(ground.order, "approval")
        self._recent: list[tuple[Written, int, datetime]] = []

    def remember(self, written: Written, payment_id: int, at: datetime) -> None:
        """A payment has been taken; it may be one of the last."""
        if written.club_id == self._ground.club_ids[0]:
            self._recent = [*self._recent[-WAITING:], (written, payment_id, at)]

    def granted(self, written: Written, payment_id: int, at: datetime) -> int:
        """A colleague has agreed to the refund; answers the id of the request."""
        return self._write(
            written,
            payment_id,
            at - timedelta(minutes=20),
            reason="The locker was too small",
            state=ApprovalState.APPROVED,
            decided_by=self._ground.actor("manager"),
            decided_at=at,
            decision_reason="Seen it myself",
            result={},
        )

    def close(self) -> None:
        """Of the last payments one is not given back, and the others wait for a decision."""
        for place, (written, payment_id, at) in enumerate(self._recent):
            asked = min(at + timedelta(minutes=30), self._ground.order.moment)
            if place:
                self._write(written, payment_id, asked, reason="Moves to another city")
                continue
            self._write(
                written,
                payment_id,
                asked,
                reason="Changed his mind",
                state=ApprovalState.REFUSED,
                decided_by=self._ground.actor("manager"),
                decided_at=min(asked + timedelta(minutes=9), self._ground.order.moment),
                decision_reason="He has trained for a month",
            )

    def _write(
        self, written: Written, payment_id: int, at: datetime, *, reason: str, **more: object
    ) -> int:
        sink = self._ground.store.sink(Approval)
        amount = written.parts[0][2]
        return sink.add(
            public_id=self._names.public_id(sink.count + 1),
            club_id=written.club_id,
            kind=LimitKind.REFUND.value,
            subject_kind="payment",
            subject_id=str(payment_id),
            amount_minor=amount,
            measure=amount,
            payload={
                "person_id": written.person_id,
                "payment_id": payment_id,
                "amount_minor": amount,
                "tender": Tender.CASH.value,
            },
            reason=reason,
            requested_by=self._ground.actor("desk"),
            requested_at=at,
            **more,
        )
