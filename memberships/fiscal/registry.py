"""Services room: which offices are set up here, and which of them a club tells of its bills.

Credentials come from the settings of the process alone and never stand in the store.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _

from clubcrm.core import audit, clock
from clubcrm.core.clubs import club_setting, set_club_setting
from clubcrm.core.errors import invalid
from clubcrm.core.types import JsonObject
from memberships.fiscal.drivers import Driver, Office
from memberships.fiscal.nepal import BASE, Cbms

SETTING = "fiscal"


def _cbms(keys: Mapping[str, str]) -> Driver:
    login = (keys["CLUBCRM_CBMS_USER"], keys["CLUBCRM_CBMS_PASSWORD"])
    return Cbms(login, keys["CLUBCRM_CBMS_PAN"], keys.get("CLUBCRM_CBMS_URL", BASE))


OFFICES: tuple[Office, ...] = (
    Office(
        "cbms",
        "CBMS",
        ("CLUBCRM_CBMS_USER", "CLUBCRM_CBMS_PASSWORD", "CLUBCRM_CBMS_PAN"),
        Cbms.currencies,
        _cbms,
    ),
)


def fiscal_keys() -> Mapping[str, str]:
    """Return the settings of this process that offices are made of."""
    keys: Mapping[str, str] = current_app.extensions["club_settings"].gateways
    return keys


def driver_named(name: str) -> Driver | None:
    """Return an office that is set up here, None when it is unknown or its settings are missing."""
    keys = fiscal_keys()
    for office in OFFICES:
        if office.name == name and not office.missing(keys):
            return office.make(keys)
    return None


@dataclass(frozen=True, slots=True)
class Choice:
    """The office a club tells of its bills, "" for none, and the instant since when."""

    driver: str = ""
    since: datetime | None = None


def chosen(club_id: int) -> Choice:
    """Return what the club has chosen."""
    stored = club_setting(club_id, SETTING, None) or {}
    since = stored.get("since")
    return Choice(str(stored.get("driver", "")), datetime.fromisoformat(since) if since else None)


def is_any_set_up() -> bool:
    """Tell whether this process can speak to any office at all."""
    keys = fiscal_keys()
    return any(not office.missing(keys) for office in OFFICES)


def choose(club_id: int, currency: str, name: str, *, by: str) -> None:
    """Bills from now on are told to this office; raises INVALID_INPUT naming the field."""
    if name:
        office = next((one for one in OFFICES if one.name == name), None)
        if office is None:
            raise invalid({"driver": _("This cannot be.")})
        if currency not in office.currencies:
            text = _("%(office)s takes no bills in this currency.", office=office.title)
            raise invalid({"driver": text})
        missing = office.missing(fiscal_keys())
        if missing:
            text = _("Settings are missing: %(names)s", names=", ".join(missing))
            raise invalid({"driver": text})
    before = chosen(club_id)
    if before.driver == name:
        return
    since = clock.now().isoformat() if name else None
    set_club_setting(club_id, SETTING, {"driver": name, "since": since})
    change: tuple[JsonObject, JsonObject] = ({"driver": before.driver}, {"driver": name})
    audit.note("fiscal.choose", "club", club_id, before=change[0], after=change[1], by=by)
