"""Vouchers of the tills: sold, used, and what they still hold."""

from datetime import datetime
from typing import Any

from clubcrm.seed.ground import Ground
from clubcrm.seed.order import Numbered
from clubcrm.seed.sales import Written
from memberships.billing.models import Voucher, VoucherEntry, VoucherKind, VoucherMove


class VoucherBox:
    """Keeps the vouchers of all clubs until every use of them is known."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._names = Numbered(ground.order, "voucher")
        self._vouchers: dict[int, dict[str, Any]] = {}

    def sell(self, written: Written) -> None:
        """A voucher over the total of the sale is in somebody's hands."""
        sink = self._ground.store.sink(Voucher)
        voucher_id, amount = sink.reserve(), written.totals.total_minor
        self._vouchers[voucher_id] = {
            "public_id": self._names.public_id(voucher_id),
            "club_id": written.club_id,
            "kind": VoucherKind.VOUCHER,
            "code": self._names.public_id(10_000_000 + voucher_id)[:10].upper(),
            "invoice_id": written.invoice_id,
            "amount_minor": amount,
            "remaining_minor": amount,
            "currency": written.currency,
            "issued_at": written.at,
            "issued_by": self._ground.actor("desk"),
        }
        self._move(voucher_id, VoucherMove.ISSUE, amount, ("voucher", voucher_id), written.at)

    def draw(self, club_id: int, amount_minor: int, payment_id: int, at: datetime) -> int | None:
        """Use a voucher of the club that holds so much; answers which, if there is one."""
        for voucher_id, kept in self._vouchers.items():
            if kept["club_id"] == club_id and kept["remaining_minor"] >= amount_minor:
                kept["remaining_minor"] -= amount_minor
                source = ("payment", payment_id)
                self._move(voucher_id, VoucherMove.USE, -amount_minor, source, at)
                return voucher_id
        return None

    def close(self) -> None:
        """Every voucher stands in the store with what it still holds."""
        for voucher_id, kept in self._vouchers.items():
            self._ground.store.sink(Voucher).add(id=voucher_id, **kept)

    def _move(
        self,
        voucher_id: int,
        kind: VoucherMove,
        delta_minor: int,
        source: tuple[str, int],
        at: datetime,
    ) -> None:
        self._ground.store.sink(VoucherEntry).add(
            voucher_id=voucher_id,
            kind=kind,
            delta_minor=delta_minor,
            source_kind=source[0],
            source_id=str(source[1]),
            at=at,
            by=self._ground.actor("desk"),
        )
