"""The two blueprints of these views, and what their pages have in common."""

from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clubcrm.accounts.forms import Choices, PageForm
from clubcrm.accounts.sessions import Browser
from clubcrm.core.errors import DomainError
from clubcrm.core.shell import my_clubs

accounts = Blueprint("accounts", __name__)
settings = Blueprint("settings", __name__, url_prefix="/settings")


def browser() -> Browser:
    """Return where this request comes from."""
    return Browser(request.remote_addr or "", request.headers.get("User-Agent", ""))


def club_choices() -> Choices:
    """Return the clubs the person may see, as choices."""
    return [(club.public_id, club.name) for club in my_clubs()]


def full_address(endpoint: str, **values: Any) -> str:
    """Return the whole address of a page, under the club's public address where one is set."""
    public: str = current_app.extensions["club_settings"].public_url
    return (public or request.host_url.rstrip("/")) + url_for(endpoint, **values)


def refused(
    template: str, form: PageForm, error: DomainError | None = None, **more: Any
) -> ResponseReturnValue:
    """Return the page with what was typed and, beside the fields, what is wrong."""
    text = form.accept(error) if error is not None else ""
    page = render_template(template, form=form, refusal=text, **more)
    headers = {"Retry-After": str(error.retry_after)} if error and error.retry_after else {}
    return page, error.status if error is not None else 400, headers
