"""The club's settings for its gate: how strict each reason is, and the thresholds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from access_control.rules.codes import DEFAULT_SEVERITY, Code, Passback, Severity


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """How one club runs its gate; every value has a default that suits most clubs.

    Amounts are in minor units of the club's currency, times in the unit the name says.
    """

    severities: Mapping[Code, Severity] = field(default_factory=dict)
    debt_limit_minor: int = 0
    debt_days: int = 0
    debt_note_minor: int = 0
    expires_days: int = 30
    last_visits: int = 2
    medical_days: int = 14
    gap_days: int = 21
    guardian_age: int = 14
    guest_visits: int = 3
    passback: Passback = Passback.TIMED
    passback_seconds: int = 60
    duplicate_seconds: int = 5
    auto_exit_minutes: int = 240
    longest_stay_minutes: int = 960
    open_seconds: int = 5
    unknown_cap: int = 2000

    def severity(self, code: Code) -> Severity:
        """Return how strictly this club takes a reason."""
        return self.severities.get(code) or DEFAULT_SEVERITY.get(code, Severity.ALLOW)


_NUMBERS = tuple(
    one.name for one in fields(GatePolicy) if one.name not in {"severities", "passback"}
)
LIMITS: dict[str, tuple[int, int]] = {
    "debt_limit_minor": (0, 10**12),
    "debt_days": (0, 366),
    "debt_note_minor": (0, 10**12),
    "expires_days": (0, 366),
    "last_visits": (0, 50),
    "medical_days": (0, 366),
    "gap_days": (1, 1000),
    "guardian_age": (0, 21),
    "guest_visits": (0, 100),
    "passback_seconds": (0, 86_400),
    "duplicate_seconds": (0, 60),
    "auto_exit_minutes": (15, 1440),
    "longest_stay_minutes": (60, 2880),
    "open_seconds": (1, 60),
    "unknown_cap": (10, 100_000),
}
DEFAULT_POLICY = GatePolicy()


def policy_values(policy: GatePolicy) -> dict[str, Any]:
    """Return what differs from the defaults, as plain values that can be stored."""
    values: dict[str, Any] = {
        name: getattr(policy, name)
        for name in _NUMBERS
        if getattr(policy, name) != getattr(DEFAULT_POLICY, name)
    }
    if policy.passback is not DEFAULT_POLICY.passback:
        values["passback"] = policy.passback.value
    changed = {
        code.value: severity.value
        for code, severity in policy.severities.items()
        if DEFAULT_SEVERITY.get(code) is not severity
    }
    if changed:
        values["severities"] = changed
    return values


def policy_from(values: Mapping[str, Any] | None) -> GatePolicy:
    """Return the policy of stored values; unknown names and codes are left out."""
    if not values:
        return DEFAULT_POLICY
    numbers = {name: int(values[name]) for name in _NUMBERS if name in values}
    known = {code.value: code for code in DEFAULT_SEVERITY}
    severities = {
        known[name]: Severity(severity)
        for name, severity in dict(values.get("severities") or {}).items()
        if name in known
    }
    passback = Passback(values.get("passback", DEFAULT_POLICY.passback))
    return GatePolicy(severities=severities, passback=passback, **numbers)
