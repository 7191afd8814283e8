"""The form of a printer."""

from collections.abc import Sequence

from flask_babel import gettext as _
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, Length, NumberRange

from clubcrm.accounts.forms import PageForm, _l
from memberships.printing.rules import DOTS
from memberships.tills.models import Till

NEEDED = _l("This is needed.")


class PrinterForm(PageForm):
    """A printer in the club's network."""

    name = StringField(_l("Name"), [DataRequired(NEEDED), Length(max=60)])
    host = StringField(_l("Number in the network"), [DataRequired(NEEDED), Length(max=120)])
    port = IntegerField(_l("Port"), [NumberRange(1, 65535)], default=9100)
    paper_mm = SelectField(_l("Paper"), coerce=int, default=80)
    drawer_pin = SelectField(_l("Cash drawer"), coerce=int, default=0)
    till_id = SelectField(_l("Till"), coerce=int, default=0)

    def offer(self, tills: Sequence[Till]) -> None:
        """The choosers list papers, pins and these tills."""
        self.paper_mm.choices = [(mm, _("%(mm)s mm", mm=mm)) for mm in DOTS]
        self.drawer_pin.choices = [
            (0, _("none")),
            (2, _("on pin 2, the usual one")),
            (5, _("on pin 5")),
        ]
        self.till_id.choices = [(0, _("any")), *[(one.id, one.name) for one in tills]]
