"""Rights to the forms by which strangers write to the club."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

EDIT_FORMS = "leads.forms"

RIGHTS: Mapping[str, object] = {
    EDIT_FORMS: _l("make forms for web pages, and see what they sent"),
}
