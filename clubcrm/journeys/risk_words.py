"""Queries room: risk in words: the reasons, the chance."""

from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.core import formats
from clubcrm.journeys.risk_list import OWN_RHYTHM, AtRisk
from clubcrm.journeys.risk_quality import ALARMS, ALL, OTHERS
from clubcrm.journeys.rules.risk_reasons import BANDS, RiskReason, band_of


def reason_words(row: AtRisk, reason: RiskReason) -> str:
    """Return a reason with this member's own numbers."""
    facts = row.facts
    if reason is RiskReason.NEVER_CAME:
        return ngettext(
            "Joined %(num)s day ago and has not come yet",
            "Joined %(num)s days ago and has not come yet",
            facts.silent_days,
        )
    if reason is RiskReason.SILENT:
        return ngettext("Not here for %(num)s day", "Not here for %(num)s days", facts.silent_days)
    if reason is RiskReason.LONGER_THAN_USUAL:
        gap = max(1, round(facts.usual_gap or 1))
        return ngettext("Usually comes every day", "Usually comes every %(num)s days", gap)
    if reason is RiskReason.SLUMP:
        usual = round(facts.baseline)
        return _("%(now)s visits in four weeks, usually %(usual)s", now=facts.v28, usual=usual)
    if reason is RiskReason.RARE:
        return ngettext("%(num)s visit in four weeks", "%(num)s visits in four weeks", facts.v28)
    if reason is RiskReason.NEWCOMER:
        return ngettext("Only %(num)s visit so far", "Only %(num)s visits so far", facts.visits)
    day = formats.day(row.ends_on) if row.ends_on else ""
    return _("The plan ends on %(day)s", day=day)


def span_words(span: int) -> str:
    """Return which members a filter shows."""
    if span == OWN_RHYTHM:
        return _("Against their own rhythm")
    return ngettext("%(num)s day or more", "%(num)s days or more", span)


def group_words(group: str) -> str:
    """Return which of the judged scores a list shows."""
    named = {ALL: _("All"), ALARMS: _("Alarms"), OTHERS: _("Everybody else")}
    if group in named:
        return named[group]
    low = int(group) * 100 // BANDS
    return _("Chance said: %(low)s–%(high)s%%", low=low, high=low + 100 // BANDS)


def risk_look(chance: float) -> tuple[str, str, str]:
    """Return tone, word and icon of a chance."""
    return (
        ("go", _("low"), "circle-check"),
        ("know", _("some"), "info-circle"),
        ("note", _("medium"), "alert-triangle"),
        ("note", _("high"), "alert-triangle"),
        ("stop", _("very high"), "circle-x"),
    )[band_of(chance)]
