"""Views room: from a call, or the task to call back, to the question or lead it is of."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import not_found
from clubcrm.core.policy import current_actor
from clubcrm.core.web import require
from clubcrm.leads.permissions import SEE_LEADS
from clubcrm.leads.queries.callers import Asked, asked_by_call, asked_by_task
from clubcrm.leads.views.blueprint import leads
from clubcrm.tasks.queries import task_for


@leads.get("/of-call/<call_id>")
@require(SEE_LEADS)
def of_call(call_id: str) -> ResponseReturnValue:
    """The question of a stranger's call, or the lead it became."""
    return _to(asked_by_call(call_id))


@leads.get("/of-missed/<task_id>")
@require(SEE_LEADS)
def of_missed(task_id: str) -> ResponseReturnValue:
    """The question of whoever is to be called back."""
    task = task_for(current_actor().scope, task_id)
    return _to(asked_by_task(task.id) if task else None)


def _to(asked: Asked | None) -> ResponseReturnValue:
    if asked is None or not current_actor().scope.covers(asked.club_id):
        raise not_found(_("This call has brought no question to the tray."))
    if asked.lead_id:
        return redirect(url_for("leads.show", public_id=asked.lead_id))
    return redirect(url_for("leads.look", inquiry_id=asked.inquiry_id))
