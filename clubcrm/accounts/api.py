"""The api of accounts: clubs, staff, tokens and the first run, for other packages and commands."""

from clubcrm.accounts.brakes import take_try
from clubcrm.accounts.clubs import ClubPlan, open_club, set_hours
from clubcrm.accounts.guide import left_for
from clubcrm.accounts.models import Role
from clubcrm.accounts.passwords import set_password
from clubcrm.accounts.queries import user_by_email
from clubcrm.accounts.rules.braking import LONGEST_WAIT_OF_ADDRESS, Brake
from clubcrm.accounts.second_factor import set_required as require_second_factor
from clubcrm.accounts.sessions import end_sessions
from clubcrm.accounts.staff import Post, add_user, invite
from clubcrm.accounts.tokens import add_api_token, setup_token

__all__ = [
    "LONGEST_WAIT_OF_ADDRESS",
    "Brake",
    "ClubPlan",
    "Post",
    "Role",
    "add_api_token",
    "add_user",
    "end_sessions",
    "invite",
    "left_for",
    "open_club",
    "require_second_factor",
    "set_hours",
    "set_password",
    "setup_token",
    "take_try",
    "user_by_email",
]
