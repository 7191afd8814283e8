"""Views: the table of roles and rights."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from clubcrm.accounts import roles as given
from clubcrm.accounts import second_factor
from clubcrm.accounts.forms import role_words
from clubcrm.accounts.models import Role
from clubcrm.accounts.permissions import CHANGE_ROLES
from clubcrm.accounts.queries import rights_table
from clubcrm.accounts.views.blueprints import settings
from clubcrm.core.web import require


@settings.get("/roles")
@require(CHANGE_ROLES)
def roles() -> ResponseReturnValue:
    rights = [(name, str(words)) for name, words in current_app.extensions["club_rights"].items()]
    names = [(role.value, role_words(role)) for role in Role]
    held = {role.value: rights for role, rights in rights_table().items()}
    return render_template(
        "clubcrm/settings/roles.html",
        rights=rights,
        roles=names,
        held=held,
        second_factor=second_factor.is_required(),
    )


@settings.post("/roles/<name>")
@require(CHANGE_ROLES)
def role_save(name: str) -> ResponseReturnValue:
    try:
        role = Role(name)
    except ValueError as error:
        raise NotFound from error
    if given.set_rights(role, frozenset(request.form.getlist("rights"))):
        flash(_("Saved: it holds from now on, for everybody signed in."), "success")
    else:
        flash(_("Nothing changed."), "success")
    return redirect(url_for("settings.roles", _anchor=role.value), 303)


@settings.post("/second-factor-rule")
@require(CHANGE_ROLES)
def factor_rule() -> ResponseReturnValue:
    second_factor.set_required(bool(request.form.get("required")))
    flash(_("Saved."), "success")
    return redirect(url_for("settings.roles"), 303)
