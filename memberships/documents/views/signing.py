"""Views room: what a form of signing sends, for contracts and waivers alike."""

from flask import request
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, invalid
from memberships.documents.services import Signer
from memberships.documents.views.files import origin_of_request

Faults = dict[str, list[str]]


def signed_by_form(*, as_guardian: bool) -> tuple[tuple[str, str], Signer]:
    """Return which words were seen, and who signs; raises INVALID_INPUT without agreement."""
    if not request.form.get("agreed"):
        raise invalid({"agreed": _("Tick that the text is read and agreed to.")})
    seen = (request.form.get("language", ""), request.form.get("seen", ""))
    signer = Signer(
        request.form.get("signed_name", ""),
        request.form.get("drawn", ""),
        origin_of_request(),
        as_guardian,
    )
    return seen, signer


def faults_of(error: DomainError) -> Faults:
    """Return what the form has to show; what concerns no field stands at its head."""
    if error.fields:
        return {one.field: [one.message] for one in error.fields}
    return {"signed_name": [error.text]} if error.code == "TEXT_CHANGED" else {"": [error.text]}
