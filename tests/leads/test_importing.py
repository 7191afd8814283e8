"""Leads of another system: each row once, with what was known of its course."""

from datetime import timedelta

import pytest

from clubcrm.core.errors import DomainError
from clubcrm.leads.api import LeadRow, LeadStage, LostReason, import_lead
from tests.cast import Cast
from tests.leads.conftest import NOON, SARA

pytestmark = pytest.mark.usefixtures("unit")


def row(cast: Cast, **said: object) -> LeadRow:
    usual: dict[str, object] = {
        "club_id": cast.club,
        "number": "old-7",
        "name": "Rina Das",
        "phone": "01711777001",
        "source": "Fair",
        "arrived_at": NOON - timedelta(days=20),
        "first_attempt_at": NOON - timedelta(days=20) + timedelta(minutes=30),
        "stage": LeadStage.LOST,
        "lost_reason": LostReason.PRICE,
    }
    return LeadRow(**(usual | said))  # type: ignore[arg-type]


def test_an_imported_row_is_a_lead_once_with_its_course(cast) -> None:
    lead, fresh = import_lead(row(cast), by=SARA)
    again, second = import_lead(row(cast), by=SARA)

    assert (fresh, second, again.id) == (True, False, lead.id)
    assert (lead.state, lead.lost_reason) == (LeadStage.LOST, LostReason.PRICE)
    assert (lead.first_attempt_minutes, lead.arrived_at) == (30, NOON - timedelta(days=20))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"number": ""}, "number"),
        ({"stage": LeadStage.WON}, "stage"),
        ({"arrived_at": NOON + timedelta(days=1)}, "arrived_at"),
        ({"phone": "12"}, "phone"),
    ],
)
def test_a_row_that_cannot_be_a_lead_names_its_field(cast, said: dict[str, object], field: str):
    with pytest.raises(DomainError) as refused:
        import_lead(row(cast, **said), by=SARA)

    assert [one.field for one in refused.value.fields] == [field]
