"""Views room: a recurring fee charged now, under /api/v1."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields

from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, require
from memberships.dunning.charging import try_charge
from memberships.dunning.models import RecurringCharge
from memberships.dunning.queries import charge_for_invoice
from memberships.permissions import WORK_DEBTORS

dunning_api = ApiBlueprint(
    "dunning_api", __name__, url_prefix="/api/v1", description="Recurring fees"
)


class ChargeTold(InputSchema):
    """Where the fee stands after the try."""

    state = fields.String(metadata={"description": "paid, failing or asking"})
    attempts = fields.Integer()
    why = fields.String()
    next_try_on = fields.Date(allow_none=True)


@dunning_api.post("/invoices/<invoice_id>/charge")
@dunning_api.doc(summary="Charge the kept card for the recurring fee of this invoice now")
@require(WORK_DEBTORS, own_units=True)
@dunning_api.response(200, ChargeTold)
def post_charge(invoice_id: str) -> dict[str, Any]:
    with unit_of_work(write=False):
        actor = current_actor()
        found = charge_for_invoice(actor.scope, invoice_id)
        if found is None:
            raise not_found(_("There is no recurring fee with this invoice."))
        charge_id = found.id
        today = clock.today(db.session.get_one(Club, found.club_id).zone)
    try_charge(charge_id, today, by=actor.ref)
    with unit_of_work(write=False):
        charge = db.session.get_one(RecurringCharge, charge_id)
        return {
            "state": charge.state.value,
            "attempts": charge.attempts,
            "why": charge.why,
            "next_try_on": charge.next_try_on,
        }
