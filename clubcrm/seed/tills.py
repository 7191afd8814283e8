"""The tills: sales become invoices with gapless numbers, and money comes in for them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clubcrm.core.clubs import ClubSetting
from clubcrm.core.types import JsonObject
from clubcrm.seed.buyers import name_buyers
from clubcrm.seed.ground import Deed, Ground, instant
from clubcrm.seed.order import Numbered
from clubcrm.seed.packages_sold import sales_of_packages, write_package_sales
from clubcrm.seed.requests import Requests
from clubcrm.seed.sales import Fate, Sale, Written, sales_of
from clubcrm.seed.vouchers import VoucherBox
from memberships.billing.models import (
    Allocation,
    Instalment,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    NumberSeries,
    Payment,
    Refund,
    SeriesKind,
    WriteOff,
)
from memberships.billing.numbers import number_text
from memberships.billing.orders import Tender
from memberships.billing.totals import LineTotals, TaxTable, line_totals

TAXES = {"BD": 1_500, "NP": 1_300, "KZ": 1_600, "DE": 1_900}
TENDERS = (Tender.CASH, Tender.CARD_TERMINAL, Tender.BANK_TRANSFER)
SHARES = (50, 35, 15)
AUDITED_DAYS = 45


def ring_up(ground: Ground) -> None:
    """Every sale of every life stands in the store in the order of time, with what was paid."""
    name_buyers(ground)
    sales = [sale for life in ground.lives for sale in sales_of(ground, life)]
    sales += sales_of_packages(ground)
    sales.sort(key=lambda sale: (sale.second, sale.source))
    tills = Tills(ground)
    written = [tills.sell(sale) for sale in sales]
    write_package_sales(ground, written)
    tills.settle(written)
    tills.close()


class Tills:
    """Writes sales of all clubs one after the other and keeps the last numbers."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._chance = ground.order.chance("tills")
        self._names = {
            kind: Numbered(ground.order, kind)
            for kind in ("invoice", "payment", "refund", "voucher", "write_off")
        }
        self._numbers: dict[tuple[int, SeriesKind, int], int] = {}
        self._zones = [ZoneInfo(calendar.town.zone) for calendar in ground.calendars]
        self._taxes = [TaxTable(True, TAXES[one.town.country]) for one in ground.calendars]
        self._vouchers = VoucherBox(ground)
        self._requests = Requests(ground)
        self._decide_rules()

    def sell(self, sale: Sale) -> Written:
        """The sale is invoiced."""
        written = self._invoice(sale)
        self._audit(written)
        return written

    def settle(self, sold: list[Written]) -> None:
        """What has fallen due is paid, credited or given up as its fate wants, day by day."""
        due = [
            (max(due_on, written.day), written.at, number, place)
            for number, written in enumerate(sold)
            for place, (_part, due_on, _amount) in enumerate(written.parts)
            if due_on.toordinal() <= self._ground.today
        ]
        due.sort()
        for _on, _at, number, place in due:
            self._vouchers.foresee(sold[number], place)
        self._vouchers.write()
        for on, _at, number, place in due:
            self._settle(sold[number], place, on)

    def close(self) -> None:
        """The last number of every series is kept, and vouchers past their day have lapsed."""
        self._requests.close()
        self._vouchers.close()
        for (club_id, kind, year), last in sorted(self._numbers.items()):
            self._ground.store.sink(NumberSeries).add(
                club_id=club_id, kind=kind, year=year, last_number=last
            )

    def _settle(self, written: Written, place: int, due_on: date) -> None:
        fate = written.sale.fate
        if fate is Fate.PART_PAID:
            if written.sale.paid_minor:
                self._pay(written, place, written.sale.paid_minor, self._tender())
        elif fate is Fate.GIVEN_UP:
            self._give_up(written, place)
        else:
            self._pay_in_full(written, place, due_on)

    def _pay_in_full(self, written: Written, place: int, on: date) -> None:
        amount = written.parts[place][2]
        if written.sale.fate is Fate.BY_VOUCHER:
            upcoming = self._ground.store.sink(Payment).next_id
            voucher_id = self._vouchers.draw(written, place, upcoming)
            if voucher_id is not None:
                self._pay(written, place, amount, Tender.VOUCHER, voucher_id=voucher_id)
                return
        payment_id = self._pay(written, place, amount, self._tender(), on)
        if written.sale.fate is Fate.TAKEN_BACK:
            self._take_back(written, place, payment_id)
        elif written.sale.fate is Fate.VOUCHER_SOLD:
            self._vouchers.sell(written)
        else:
            self._requests.remember(written, payment_id, written.at + (on - written.day))

    def _decide_rules(self) -> None:
        ground = self._ground
        for place, calendar in enumerate(ground.calendars):
            unit, at = calendar.town.unit_price_minor, ground.order.moment - timedelta(days=400)
            cash = {"prices_include_tax": True, "standard_bp": TAXES[calendar.town.country],
                    "by_kind": {}, "cash_step_minor": 0}  # fmt: skip
            limits = {role: {"refund": unit // 2, "discount": 1_000, "write_off": 0}
                      for role in ("desk", "sales")}  # fmt: skip
            for name, value in (("money", cash), ("role_limits", limits)):
                ground.store.sink(ClubSetting).add(
                    club_id=ground.club_ids[place], name=name, value=value, changed_at=at
                )

    def _next(self, club_id: int, kind: SeriesKind, year: int) -> tuple[int, str]:
        number = self._numbers[club_id, kind, year] = (
            self._numbers.get((club_id, kind, year), 0) + 1
        )
        return number, number_text(club_id, kind, year, number)

    def _invoice(self, sale: Sale) -> Written:
        ground, life = self._ground, self._ground.lives[sale.number]
        at, club_id = instant(sale.second), ground.club_ids[life.town]
        day = at.astimezone(self._zones[life.town]).date()
        totals = line_totals(sale.line, self._taxes[life.town])
        person_id = ground.person_ids[sale.number]
        currency = ground.calendars[life.town].town.currency
        common = (club_id, person_id, currency)
        invoice_id = self._paper(InvoiceKind.INVOICE, common, totals, (day, at), sale.source)
        if sale.source[0] == "period":
            ground.period_invoices[sale.source[1]] = invoice_id
        line_id = self._line(invoice_id, sale, totals)
        parts = tuple(
            (self._part(invoice_id, position, part.on, part.amount_minor, sale), part.on,
             part.amount_minor)
            for position, part in enumerate(sale.due, 1)
        )  # fmt: skip
        return Written(sale, at, day, *common, invoice_id, line_id, totals, parts)

    def _paper(
        self,
        kind: InvoiceKind,
        common: tuple[int, int, str],
        totals: LineTotals,
        when: tuple[date, datetime],
        source: tuple[str, str],
        credits_id: int | None = None,
    ) -> int:
        club_id, person_id, currency = common
        sequence, number = self._next(club_id, SeriesKind(kind.value), when[0].year)
        sink = self._ground.store.sink(Invoice)
        return sink.add(
            public_id=self._names["invoice"].public_id(sink.count + 1),
            club_id=club_id,
            kind=kind,
            year=when[0].year,
            sequence=sequence,
            number=number,
            payer_id=person_id,
            person_id=person_id,
            credits_id=credits_id,
            currency=currency,
            tax_included=True,
            net_minor=totals.net_minor,
            tax_minor=totals.tax_minor,
            total_minor=totals.total_minor,
            source_kind=source[0],
            source_id=source[1],
            issued_on=when[0],
            issued_at=when[1],
            issued_by=self._ground.actor("sales"),
        )

    def _line(
        self, invoice_id: int, sale: Sale, totals: LineTotals, credits_line_id: int | None = None
    ) -> int:
        line = sale.line
        return self._ground.store.sink(InvoiceLine).add(
            invoice_id=invoice_id,
            position=1,
            kind=line.kind,
            text=line.text,
            quantity=1,
            unit_price_minor=totals.total_minor,
            tax_bp=totals.tax_bp,
            net_minor=totals.net_minor,
            tax_minor=totals.tax_minor,
            total_minor=totals.total_minor,
            earned_from=line.earned_from,
            earned_until=line.earned_until,
            contract_id=line.contract_id,
            lot_id=line.lot_id,
            credits_line_id=credits_line_id,
        )

    def _part(
        self, invoice_id: int, position: int, due_on: date, amount_minor: int, sale: Sale
    ) -> int:
        left = 0
        if due_on.toordinal() > self._ground.today:
            left = amount_minor
        elif sale.fate is Fate.PART_PAID:
            left = amount_minor - sale.paid_minor
        return self._ground.store.sink(Instalment).add(
            invoice_id=invoice_id,
            position=position,
            due_on=due_on,
            amount_minor=amount_minor,
            open_minor=left,
        )

    def _tender(self) -> Tender:
        return self._chance.choices(TENDERS, SHARES)[0]

    def _pay(
        self,
        written: Written,
        place: int,
        amount_minor: int,
        tender: Tender,
        on: date | None = None,
        voucher_id: int | None = None,
    ) -> int:
        at = written.at + timedelta(minutes=4)
        day = written.day
        if on is not None and on > written.day:
            at, day = at + (on - written.day), on
        at = min(at, self._ground.order.moment)
        sequence, number = self._next(written.club_id, SeriesKind.RECEIPT, day.year)
        sink = self._ground.store.sink(Payment)
        is_back = written.sale.fate is Fate.TAKEN_BACK
        payment_id = sink.add(
            public_id=self._names["payment"].public_id(sink.count + 1),
            club_id=written.club_id,
            payer_id=written.person_id,
            year=day.year,
            sequence=sequence,
            number=number,
            tender=tender,
            amount_minor=amount_minor,
            free_minor=0,
            refunded_minor=amount_minor if is_back else 0,
            currency=written.currency,
            source_kind="desk",
            source_id=f"till:{sink.count + 1}",
            voucher_id=voucher_id,
            taken_on=day,
            taken_at=at,
            taken_by=self._ground.actor("desk"),
        )
        self._allocate(written, place, amount_minor, at, payment_id=payment_id)
        return payment_id

    def _allocate(
        self, written: Written, place: int, amount_minor: int, at: datetime, **cause: int
    ) -> None:
        self._ground.store.sink(Allocation).add(
            instalment_id=written.parts[place][0],
            amount_minor=amount_minor,
            at=at,
            by=self._ground.actor("desk"),
            **cause,
        )

    def _take_back(self, written: Written, place: int, payment_id: int) -> None:
        at = min(written.at + timedelta(hours=2), self._ground.order.moment)
        amount = written.totals.total_minor
        back = LineTotals(
            -written.totals.net_minor, -written.totals.tax_minor, -amount, written.totals.tax_bp
        )
        common = (written.club_id, written.person_id, written.currency)
        source = ("credit", f"back:{written.invoice_id}")
        note_id = self._paper(
            InvoiceKind.CREDIT_NOTE, common, back, (written.day, at), source, written.invoice_id
        )
        self._line(note_id, written.sale, back, written.line_id)
        self._allocate(written, place, -amount, at, payment_id=payment_id)
        self._allocate(written, place, amount, at, credit_note_id=note_id)
        is_asked = written.sale.number % 100 == 11
        approval_id = self._requests.granted(written, payment_id, at) if is_asked else None
        sink = self._ground.store.sink(Refund)
        sink.add(
            public_id=self._names["refund"].public_id(sink.count + 1),
            club_id=written.club_id,
            payment_id=payment_id,
            amount_minor=amount,
            currency=written.currency,
            tender=Tender.CASH,
            reason="The locker was too small",
            source_id=f"back:{payment_id}",
            approval_id=approval_id,
            refunded_on=written.day,
            at=at,
            by=self._ground.actor("desk"),
        )

    def _give_up(self, written: Written, place: int) -> None:
        at = min(written.at + timedelta(days=60), self._ground.order.moment)
        amount = written.parts[place][2]
        sink = self._ground.store.sink(WriteOff)
        lost_id = sink.add(
            public_id=self._names["write_off"].public_id(sink.count + 1),
            invoice_id=written.invoice_id,
            amount_minor=amount,
            reason="Moved away",
            source_id=f"lost:{written.invoice_id}",
            written_on=at.date(),
            at=at,
            by=self._ground.actor("manager"),
        )
        self._allocate(written, place, amount, at, write_off_id=lost_id)

    def _audit(self, written: Written) -> None:
        if written.day.toordinal() < self._ground.today - AUDITED_DAYS:
            return
        unit = self._ground.unit("invoice", written.invoice_id)
        after: JsonObject = {"total_minor": written.totals.total_minor}
        self._ground.deeds.append(
            Deed(
                written.at,
                self._ground.actor("sales"),
                "invoice.issued",
                "invoice",
                written.invoice_id,
                after,
                unit,
            )
        )
