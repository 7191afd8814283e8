"""Services room: what a club has decided about money: taxes and cash rounding."""

from dataclasses import dataclass, field

from flask_babel import gettext as _

from clubcrm.core import audit
from clubcrm.core.clubs import club_setting, set_club_setting
from clubcrm.core.errors import invalid
from clubcrm.core.types import JsonObject
from memberships.billing.orders import UNTAXED, LineKind
from memberships.billing.totals import WHOLE_BP, TaxTable

MONEY_SETTING = "money"
MOST_ROUNDING = 100_000


@dataclass(frozen=True, slots=True)
class MoneySettings:
    """The taxes of a club and the smallest coin it takes; old sales keep theirs."""

    taxes: TaxTable = field(default_factory=TaxTable)
    cash_step_minor: int = 0


def money_settings(club_id: int) -> MoneySettings:
    """Return what the club has decided, or the defaults: prices with tax, no tax, no rounding."""
    stored = club_setting(club_id, MONEY_SETTING, None) or {}
    taxes = TaxTable(
        prices_include_tax=bool(stored.get("prices_include_tax", True)),
        standard_bp=int(stored.get("standard_bp", 0)),
        by_kind={LineKind(kind): int(bp) for kind, bp in stored.get("by_kind", {}).items()},
    )
    return MoneySettings(taxes, int(stored.get("cash_step_minor", 0)))


def save_money_settings(club_id: int, settings: MoneySettings, *, by: str) -> None:
    """The next sale follows these settings; raises INVALID_INPUT for rates that cannot be."""
    rates = {"standard_bp": settings.taxes.standard_bp}
    rates |= {kind.value: bp for kind, bp in settings.taxes.by_kind.items()}
    wrong = [name for name, bp in rates.items() if not 0 <= bp <= WHOLE_BP]
    wrong += [kind.value for kind in settings.taxes.by_kind if kind in UNTAXED]
    if not 0 <= settings.cash_step_minor <= MOST_ROUNDING:
        wrong.append("cash_step_minor")
    if wrong:
        raise invalid(dict.fromkeys(wrong, _("This cannot be.")))
    before, after = _plain(money_settings(club_id)), _plain(settings)
    set_club_setting(club_id, MONEY_SETTING, after)
    audit.note("money.settings", "club", club_id, before=before, after=after, by=by)


def _plain(settings: MoneySettings) -> JsonObject:
    return {
        "prices_include_tax": settings.taxes.prices_include_tax,
        "standard_bp": settings.taxes.standard_bp,
        "by_kind": {kind.value: bp for kind, bp in settings.taxes.by_kind.items()},
        "cash_step_minor": settings.cash_step_minor,
    }
