"""Vouchers of the tills: sold, used, and what they still hold."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from clubcrm.seed.ground import Ground
from clubcrm.seed.order import Numbered
from clubcrm.seed.sales import Fate, Written
from memberships.billing.models import Voucher, VoucherEntry, VoucherKind, VoucherMove

HALF_YEAR = timedelta(days=182)
NIGHT = time(1, 10)


class VoucherBox:
    """The vouchers of all clubs.

    A voucher's row says what is left in the end, and payments name the row: so all uses are
    foreseen first, in the order of time, then the rows are written, then what happened to them.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._names = Numbered(ground.order, "voucher")
        self._vouchers: dict[int, dict[str, Any]] = {}
        self._sold: dict[int, int] = {}
        self._drawn: dict[tuple[int, int], int] = {}
        self._over: dict[int, tuple[date, int]] = {}

    def foresee(self, written: Written, place: int) -> None:
        """It is known which voucher this part of a sale sells, or is paid with."""
        if written.sale.fate is Fate.VOUCHER_SOLD:
            self._foresee_sale(written)
        elif written.sale.fate is Fate.BY_VOUCHER:
            amount = written.parts[place][2]
            for voucher_id, kept in self._vouchers.items():
                is_good = kept["valid_until"] is None or kept["valid_until"] >= written.day
                is_ours = kept["club_id"] == written.club_id
                if is_ours and is_good and kept["remaining_minor"] >= amount:
                    kept["remaining_minor"] -= amount
                    self._drawn[written.invoice_id, place] = voucher_id
                    return

    def write(self) -> None:
        """Every voucher stands in the store with what it holds in the end."""
        today = self._ground.order.last_day
        for voucher_id, kept in self._vouchers.items():
            until, left = kept["valid_until"], kept["remaining_minor"]
            if until is not None and until < today and left:
                self._over[voucher_id] = until + timedelta(days=1), left
                kept["remaining_minor"] = 0
            self._ground.store.sink(Voucher).add(id=voucher_id, **kept)

    def sell(self, written: Written) -> None:
        """A voucher over the total of the sale is in somebody's hands."""
        voucher_id, amount = self._sold[written.invoice_id], written.totals.total_minor
        self._move(voucher_id, VoucherMove.ISSUE, amount, ("voucher", voucher_id), written.at)

    def close(self) -> None:
        """What was left after the last day has lapsed in the night that followed."""
        for voucher_id, (day, left) in self._over.items():
            at = datetime.combine(day, NIGHT, UTC)
            source = ("lapse", f"{voucher_id}:{day.isoformat()}")
            self._move(voucher_id, VoucherMove.EXPIRE, -left, source, at, by="system")

    def draw(self, written: Written, place: int, payment_id: int) -> int | None:
        """Use the voucher that was foreseen for this part; answers which, if there is one."""
        voucher_id = self._drawn.get((written.invoice_id, place))
        if voucher_id is not None:
            source, amount = ("payment", payment_id), written.parts[place][2]
            self._move(voucher_id, VoucherMove.USE, -amount, source, written.at)
        return voucher_id

    def _foresee_sale(self, written: Written) -> None:
        if written.invoice_id in self._sold:
            return
        voucher_id = self._ground.store.sink(Voucher).reserve()
        amount = written.totals.total_minor
        self._sold[written.invoice_id] = voucher_id
        self._vouchers[voucher_id] = {
            "public_id": self._names.public_id(voucher_id),
            "club_id": written.club_id,
            "kind": VoucherKind.VOUCHER,
            "code": self._names.public_id(10_000_000 + voucher_id)[:10].upper(),
            "invoice_id": written.invoice_id,
            "amount_minor": amount,
            "remaining_minor": amount,
            "currency": written.currency,
            # Every second one is good for half a year.
            "valid_until": written.day + HALF_YEAR if len(self._sold) % 2 else None,
            "issued_at": written.at,
            "issued_by": self._ground.actor("desk"),
        }

    def _move(
        self,
        voucher_id: int,
        kind: VoucherMove,
        delta_minor: int,
        source: tuple[str, int | str],
        at: datetime,
        by: str = "",
    ) -> None:
        self._ground.store.sink(VoucherEntry).add(
            voucher_id=voucher_id,
            kind=kind,
            delta_minor=delta_minor,
            source_kind=source[0],
            source_id=str(source[1]),
            at=at,
            by=by or self._ground.actor("desk"),
        )
