"""Rules: the numbers that hold for all touchpoints, as a form types them, and their limits."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from clubcrm.journeys.rules.settings import JourneySettings

PARTS = ("pace", "rhythm", "stages", "hours", "trial", "capacity")
BUDGET_NUMBERS = ("least", "most", "quiet_days", "slope", "start")
MOST = 3650
_CODE = re.compile(r"[JXC]\d{1,6}[abc]?")
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")


def typed_of(settings: JourneySettings) -> dict[str, str]:
    """Return every general number by the name of its field, as somebody would type it."""
    typed = {
        f"{part}.{one.name}": _shown(one.name, getattr(getattr(settings, part), one.name))
        for part in PARTS
        for one in fields(getattr(settings, part))
        if one.name != "no_call_weekdays"
    }
    for term, budget in settings.budgets.items():
        typed |= {f"budgets.{term}.{name}": str(getattr(budget, name)) for name in BUDGET_NUMBERS}
    return typed


def from_typed(
    typed: Mapping[str, str], weekdays: tuple[int, ...], settings: JourneySettings
) -> tuple[JourneySettings, dict[str, str]]:
    """Return the settings with the typed numbers, and the fields that make no sense by rule."""
    faults: dict[str, str] = {}
    parts: dict[str, Any] = {}
    for part in PARTS:
        before = getattr(settings, part)
        values = {}
        for one in fields(before):
            name = f"{part}.{one.name}"
            if one.name == "no_call_weekdays":
                values[one.name] = weekdays
            elif name in typed:
                kept = getattr(before, one.name)
                values[one.name] = _read(name, typed[name].strip(), kept, faults)
        parts[part] = replace(before, **values)
    budgets = {
        term: replace(
            budget,
            **{
                name: _read(key, typed[key].strip(), getattr(budget, name), faults)
                for name in BUDGET_NUMBERS
                if (key := f"budgets.{term}.{name}") in typed
            },
        )
        for term, budget in settings.budgets.items()
    }
    for term, budget in budgets.items():
        if budget.least > budget.most:
            faults.setdefault(f"budgets.{term}.least", "least_most")
    return replace(settings, budgets=budgets, **parts), faults


def _shown(name: str, value: Any) -> str:
    if name == "control":
        return "" if value is None else f"{round(value * 100, 1):g}"
    return ", ".join(str(one) for one in value) if isinstance(value, tuple) else str(value)


def _read(field: str, text: str, before: Any, faults: dict[str, str]) -> Any:
    if field == "trial.control":
        return _share(field, text, before, faults)
    if isinstance(before, tuple):
        return _codes(field, text, before, faults)
    if field.startswith("hours."):
        if _TIME.fullmatch(text):
            return text.zfill(5)
        faults[field] = "time"
        return before
    if isinstance(before, str):
        if text:
            return text[:40]
        faults[field] = "needed"
        return before
    if text.isdecimal() and int(text) <= MOST:
        return int(text)
    faults[field] = "whole_number"
    return before


def _codes(field: str, text: str, before: Any, faults: dict[str, str]) -> Any:
    found = tuple(one for one in re.split(r"[\s,;]+", text) if one)
    if all(_CODE.fullmatch(one) for one in found):
        return found
    faults[field] = "codes"
    return before


def _share(field: str, text: str, before: Any, faults: dict[str, str]) -> Any:
    if not text:
        return None
    if re.fullmatch(r"\d{1,2}([.,]\d)?", text) and float(text.replace(",", ".")) <= 90:
        return round(float(text.replace(",", ".")) / 100, 4)
    faults[field] = "percent"
    return before
