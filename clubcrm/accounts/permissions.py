"""Names of the rights that guard staff, clubs and settings, with the words of the rights table."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

SEE_SETTINGS = "settings.see"
CHANGE_CLUBS = "settings.clubs"
CHANGE_ROLES = "settings.roles"
SEE_STAFF = "staff.see"
CHANGE_STAFF = "staff.change"
END_SESSIONS = "staff.sessions"
CHANGE_TOKENS = "settings.tokens"
EXPORT_ALL = "settings.export"

RIGHTS: Mapping[str, object] = {
    SEE_SETTINGS: _l("Open the settings"),
    CHANGE_CLUBS: _l("Add and change clubs, their hours and closed days"),
    CHANGE_ROLES: _l("Change what each role may do"),
    SEE_STAFF: _l("See who works here"),
    CHANGE_STAFF: _l("Invite, change and dismiss staff"),
    END_SESSIONS: _l("Sign other people out"),
    CHANGE_TOKENS: _l("Give programs access by tokens"),
    EXPORT_ALL: _l("Take everything along as one archive"),
}

MANAGER_RIGHTS = frozenset({SEE_SETTINGS, SEE_STAFF})
