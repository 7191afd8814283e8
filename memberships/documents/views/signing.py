"""Views room: what a form of signing sends, for contracts and waivers alike."""

from dataclasses import dataclass

import segno
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


@dataclass(frozen=True, slots=True)
class Code:
    """A QR picture: how many squares wide, and the path that fills the dark ones."""

    width: int
    path: str


def drawn_code(address: str) -> Code:
    """Return an address as a QR picture that a page or a paper draws."""
    rows = [bytes(row) for row in segno.make(address, error="m").matrix_iter(border=2)]
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, one in enumerate(row) if one)
    return Code(len(rows), "".join(dark))
