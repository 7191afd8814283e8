"""The club's settings for its gate are kept, with what they were before."""

from dataclasses import replace

from access_control.queries.doors import POLICY_SETTING
from access_control.queries.open_visits import policy_of
from access_control.rules.codes import Code, Severity
from access_control.rules.policy import GatePolicy, policy_values
from clubcrm.core import audit
from clubcrm.core.clubs import set_club_setting


def save_policy(club_id: int, policy: GatePolicy, *, by: str) -> None:
    """The gate of the club follows the policy from the next scan on."""
    before, after = policy_values(policy_of(club_id)), policy_values(policy)
    set_club_setting(club_id, POLICY_SETTING, after)
    audit.note("gate.settings", "club", club_id, before=before, after=after, by=by)


def strictness(club_id: int, code: str) -> str:
    """Return how strictly the club's gate takes a reason: allow, warn or deny."""
    return policy_of(club_id).severity(Code(code)).value


def set_strictness(club_id: int, code: str, severity: str, *, by: str) -> None:
    """The gate takes one reason this strictly from the next scan on; the others stay."""
    policy = policy_of(club_id)
    severities = {**policy.severities, Code(code): Severity(severity)}
    save_policy(club_id, replace(policy, severities=severities), by=by)
