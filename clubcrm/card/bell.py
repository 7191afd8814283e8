"""Views room: the bell of the top line."""

from dataclasses import dataclass

from flask import current_app, render_template, url_for
from flask_babel import ngettext

from access_control.permissions import SEE_GATE
from clubcrm.accounts.api import left_for
from clubcrm.card.desk import desk
from clubcrm.card.queries.alerts import Waiting, waiting_for
from clubcrm.core.finding import steps_of
from clubcrm.core.policy import Actor, current_actor, signed_in
from clubcrm.messaging.permissions import SEE_OUTBOX
from clubcrm.tasks.permissions import SEE_TASKS


@dataclass(frozen=True, slots=True)
class Ring:
    """One thing that waits, with the page where it is settled."""

    icon: str
    text: str
    href: str
    count: int


@desk.get("/alerts")
@signed_in("everybody hears of the work that waits for the own role")
def alerts() -> str:
    """What waits for the person, as the menu under the bell."""
    actor = current_actor()
    rings = rings_for(actor, waiting_for(actor.scope, actor.role, actor.id))
    steps = [place.endpoint for _day, place in steps_of(actor)]
    left = left_for(actor.id, steps)
    if left:
        text = ngettext(
            "%(num)s step of your first week is left",
            "%(num)s steps of your first week are left",
            left,
        )
        rings.append(Ring("compass", text, url_for("guide.week"), left))
    return render_template("clubcrm/desk/_alerts.html", rings=rings)


def rings_for(actor: Actor, waiting: Waiting) -> list[Ring]:
    """Return what waits, of those pages that the person may open."""
    lines = (
        (
            "tasks.my_day",
            SEE_TASKS,
            "checks",
            waiting.tasks,
            ngettext("%(num)s task is due", "%(num)s tasks are due", waiting.tasks),
        ),
        (
            "gate.devices",
            SEE_GATE,
            "plug-connected-x",
            waiting.silent_devices,
            ngettext(
                "%(num)s terminal is silent", "%(num)s terminals are silent", waiting.silent_devices
            ),
        ),
        (
            "gate.devices",
            SEE_GATE,
            "router",
            waiting.unclaimed_devices,
            ngettext(
                "%(num)s terminal waits to be claimed",
                "%(num)s terminals wait to be claimed",
                waiting.unclaimed_devices,
            ),
        ),
        (
            "messages.outbox",
            SEE_OUTBOX,
            "mail-off",
            waiting.messages,
            ngettext(
                "%(num)s message needs a look", "%(num)s messages need a look", waiting.messages
            ),
        ),
    )
    return [
        Ring(icon, text, url_for(page), count)
        for page, right, icon, count, text in lines
        if count and page in current_app.view_functions and actor.may(right)
    ]
