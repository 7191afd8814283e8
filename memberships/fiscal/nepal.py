"""Services room: Nepal's Central Billing Monitoring System, which hears of every bill.

Bills go to /api/bill, credit notes to /api/billreturn, as JSON; the answer is a bare code. Years
begin on the first of Shrawan in the middle of July and are written 2083.084, days of the Bikram
Sambat 2083.08.06. Value added tax is 13 % and stands apart from what is free of it.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import nepali_datetime

from clubcrm.core import clock
from clubcrm.core.outside import Ask, Outside, OutsideError, Told
from memberships.fiscal.drivers import Content
from memberships.fiscal.rules import Answer, DocumentKind

BASE = "https://cbapi.ird.gov.np"
BILL = "/api/bill"
RETURN = "/api/billreturn"
SHRAWAN = 4
# Later than this a document counts as told afterwards.
REAL_TIME = timedelta(minutes=5)
PAISA = 100
AMOUNTS = (
    "total_sales",
    "taxable_sales_vat",
    "vat",
    "excisable_amount",
    "excise",
    "taxable_sales_hst",
    "hst",
    "amount_for_esf",
    "esf",
    "export_sales",
    "tax_exempted_sales",
)
CODES = frozenset({"100", "101", "102", "103", "104", "105", "200"})


class Cbms:
    """The line to the Inland Revenue Department of Nepal."""

    name = "cbms"
    title = "CBMS"
    currencies = frozenset({"NPR"})

    def __init__(self, login: tuple[str, str], pan: str, base: str = BASE) -> None:
        self._user, self._password = login
        self._pan = pan
        self._base = base

    def year_of(self, day: date) -> str:
        """Return 2083.084 for a day of the year that began in July 2026."""
        first = _first_year(day)
        return f"{first}.{(first + 1) % 1000:03d}"

    def written(self, content: Content) -> dict[str, Any]:
        """Return the fields of a bill or a credit note, amounts in paisa."""
        sums = content.sums
        fields: dict[str, Any] = {
            "seller_pan": self._pan,
            "buyer_pan": content.buyer.tax_number,
            "buyer_name": content.buyer.name,
            "fiscal_year": content.fiscal_year,
            **dict.fromkeys(AMOUNTS, 0),
            "total_sales": sums.total_minor,
            "taxable_sales_vat": sums.taxed_minor,
            "vat": sums.tax_minor,
            "tax_exempted_sales": sums.exempt_minor,
        }
        day = nepali_day(content.issued_on)
        if content.kind is DocumentKind.BILL:
            return {**fields, "invoice_number": content.number, "invoice_date": day}
        return {
            **fields,
            "ref_invoice_number": content.refers_to,
            "credit_note_number": content.number,
            "credit_note_date": day,
            "reason_for_return": content.reason,
        }

    def hand_over(self, kind: DocumentKind, kept: Mapping[str, Any], issued_at: datetime) -> Answer:
        """Return the code of the office; a line that is down tells whether they may have heard."""
        moment = clock.now()
        sent = {
            **kept,
            # Their JSON wants rupees; two decimals survive the way through a float.
            **{name: kept[name] / PAISA for name in AMOUNTS},
            "username": self._user,
            "password": self._password,
            "isrealtime": moment - issued_at <= REAL_TIME,
            "datetimeclient": moment.isoformat(timespec="seconds"),
        }
        path = BILL if kind is DocumentKind.BILL else RETURN
        body = json.dumps(sent, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        try:
            told = Outside(self._base).call(Ask("POST", path, headers=headers, body=body))
        except OutsideError as error:
            return Answer("", error.words[:300], may_have_arrived=error.sent)
        return read_answer(told)


def read_answer(told: Told) -> Answer:
    """Return the code in an answer, written bare, in quotes, or as a message."""
    found: object = told.json()
    if isinstance(found, dict):
        found = found.get("message", found.get("Message", ""))
    code = str(found if found is not None else told.text).strip().strip('"')
    if code in CODES:
        return Answer(code, told.text[:300])
    return Answer("", f"{told.status} {told.text}"[:300], may_have_arrived=True)


def nepali_day(day: date) -> str:
    """Return a day of the Bikram Sambat as the office writes it: 2083.08.06."""
    found = nepali_datetime.date.from_datetime_date(day)
    return f"{found.year}.{found.month:02d}.{found.day:02d}"


def _first_year(day: date) -> int:
    found = nepali_datetime.date.from_datetime_date(day)
    year: int = found.year
    return year if found.month >= SHRAWAN else year - 1
