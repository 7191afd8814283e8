"""Views room: the notice that a contract goes on by itself: the year, and when which fee comes."""

from datetime import timedelta

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import not_found
from clubcrm.core.policy import member_link
from memberships.contracts import history, offers, selling
from memberships.contracts.catalogue import plan_version
from memberships.contracts.fees import fee_period
from memberships.contracts.links import NOTICE_PURPOSE
from memberships.contracts.rules import ContractState
from memberships.portal.views.frame import OWN, linked, page_of, portal, year_of_member


@portal.get("/going-on/<token>")
@member_link(OWN)
def notice(token: str) -> ResponseReturnValue:
    """The member's year, and when which fee comes next; nothing has to be done."""
    member, subject = linked(NOTICE_PURPOSE, token)
    rows = history.contracts_of(member.person_id)
    row = next((one for one in rows if one.public_id == subject), None)
    if row is None:
        raise not_found(_("There is no such contract."))
    today, contract = clock.today(member.zone), offers.contract_of(row.contract_id)
    plan = plan_version(contract.plan_version_id)
    return page_of(
        member,
        "notice",
        row=row,
        year=year_of_member(member, today),
        fee_on=fee_period(contract, today).until_on + timedelta(days=1),
        fee_minor=selling.with_tax(plan, [contract.price_minor])[0],
        runs=row.state is ContractState.SIGNED and (row.ends_on is None or row.ends_on >= today),
    )
