"""The door to loyalty for other packages: verbs and the values they take and give."""

from clubcrm.loyalty.point_services import give_points, spend
from clubcrm.loyalty.programme import programme_of, save_programme
from clubcrm.loyalty.referral_queries import host_of_code, newest_code
from clubcrm.loyalty.referral_services import Coming, code_of, note_friend
from clubcrm.loyalty.rules.programme import Programme
from clubcrm.loyalty.rules.referrals import Refusal

__all__ = [
    "Coming",
    "Programme",
    "Refusal",
    "code_of",
    "give_points",
    "host_of_code",
    "newest_code",
    "note_friend",
    "programme_of",
    "save_programme",
    "spend",
]
