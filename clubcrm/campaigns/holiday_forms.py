"""Forms room: a holiday: what it is called, when it falls, whether and how it is greeted."""

from collections.abc import Mapping, Sequence
from datetime import time

from flask_babel import gettext as _
from wtforms import BooleanField, IntegerField, SelectField, TimeField
from wtforms.validators import DataRequired, NumberRange, Optional

from clubcrm.accounts.forms import PageForm, _l
from clubcrm.campaigns.greetings import HolidayDraft
from clubcrm.campaigns.holiday_tables import Holiday
from clubcrm.campaigns.models import Segment
from clubcrm.campaigns.rules.holidays import HolidayKind, HolidayRule

NEEDED = _l("This is needed.")
NUMERIC = {"inputmode": "numeric"}


class HolidayForm(PageForm):
    """How the day of a holiday is found, and who is greeted at which hour."""

    kind = SelectField(_l("When"))
    month = IntegerField(_l("Month"), [Optional(), NumberRange(1, 12)], render_kw=NUMERIC)
    day = IntegerField(_l("Day of the month"), [Optional(), NumberRange(1, 32)], render_kw=NUMERIC)
    offset = IntegerField(
        _l("Days after Easter Sunday"), [Optional(), NumberRange(-100, 100)], render_kw=NUMERIC
    )
    greets = BooleanField(_l("Greet members on this day"))
    at = TimeField(_l("At"), [DataRequired(NEEDED)])
    segment = SelectField(_l("Whom"))

    def offer(self, segments: Sequence[Segment]) -> None:
        """The form offers these segments beside all members."""
        self.segment.choices = [
            ("", _("all members")),
            *((one.public_id, one.name) for one in segments),
        ]
        self.kind.choices = [
            (HolidayKind.FIXED.value, _("the same day each year")),
            (HolidayKind.EASTER.value, _("counted from Easter")),
            (HolidayKind.NEPAL.value, _("a day of Nepal’s calendar")),
            (HolidayKind.TYPED.value, _("typed year by year, as for feasts of the moon")),
        ]

    def show(self, holiday: Holiday, segment: Segment | None) -> None:
        """The fields hold what the holiday is."""
        self.kind.data, self.greets.data, self.at.data = (
            holiday.kind.value,
            holiday.greets,
            holiday.at,
        )
        self.month.data, self.day.data = holiday.month or None, holiday.day or None
        self.offset.data = holiday.offset
        self.segment.data = segment.public_id if segment else ""

    def draft(
        self,
        names: Mapping[str, str],
        words: Mapping[str, tuple[str, str, str]],
        segment: Segment | None,
    ) -> HolidayDraft:
        """Return what was typed as a draft."""
        kind = HolidayKind(self.kind.data)
        dated = kind in (HolidayKind.FIXED, HolidayKind.NEPAL)
        rule = HolidayRule(
            kind,
            (self.month.data or 0) if dated else 0,
            (self.day.data or 0) if dated else 0,
            (self.offset.data or 0) if kind is HolidayKind.EASTER else 0,
        )
        return HolidayDraft(
            names=names,
            rule=rule,
            greets=bool(self.greets.data),
            at=self.at.data or time(10),
            segment=segment,
            words=words,
        )
