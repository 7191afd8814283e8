"""Forms of campaigns: whom, what it is meant to lead to, who is left out, what is given."""

from collections.abc import Sequence
from datetime import date, datetime, time

from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from clubcrm.accounts.forms import MultiCheckboxField, PageForm, _l
from clubcrm.campaigns.campaign_services import CampaignDraft
from clubcrm.campaigns.campaign_tables import Campaign, ClubEvent
from clubcrm.campaigns.campaign_tables import Outcome as Goal
from clubcrm.campaigns.campaign_words import outcome_words
from clubcrm.campaigns.models import Segment
from clubcrm.messaging.rules.channels import ORDER
from clubcrm.messaging.words import channel_words
from memberships.billing.fields import AmountField

NEEDED = _l("This is needed.")
NUMERIC = {"inputmode": "numeric"}
DECIMAL = {"inputmode": "decimal"}


def _count(label: str, low: int, high: int) -> IntegerField:
    return IntegerField(
        label, [InputRequired(NEEDED), NumberRange(low, high)], render_kw={**NUMERIC}
    )


class CampaignForm(PageForm):
    """What a campaign shall be, before its words."""

    name = StringField(_l("Name"), [DataRequired(NEEDED), Length(max=120)])
    segment = SelectField(_l("Who"), [DataRequired(NEEDED)])
    channels = MultiCheckboxField(_l("By which ways"))
    outcome = SelectField(_l("It is meant to lead to"), [DataRequired(NEEDED)])
    window_days = _count(_l("Counted within days"), 1, 180)
    hold_out = _count(_l("Left out, to compare with (percent)"), 0, 50)
    second = _count(_l("Reads text B (percent of those written to)"), 0, 90)
    gift = AmountField(_l("Bonus for each who is written to"), [Optional()], render_kw=DECIMAL)
    gift_days = _count(_l("The bonus is good for days"), 1, 365)
    keep_days = _count(_l("Not sent any more after days"), 1, 30)
    is_asked_anew = False

    def offer(self, segments: Sequence[Segment], currency: str, *, invites: bool) -> None:
        """The form offers these segments, and the outcomes that fit."""
        self.offered = [(one.public_id, one.name) for one in segments]
        self.segment.choices = self.offered
        words = channel_words()
        self.channels.choices = [(one, words[one]) for one in ORDER]
        goals = [one for one in Goal if invites or one is not Goal.ANSWERED]
        self.outcome.choices = [(one.value, outcome_words(one)) for one in goals]
        self.gift.currency = currency

    def ask_anew(self) -> None:
        """The form asks for a segment, because the one before cannot be chosen any more."""
        self.segment.choices = [("", "–"), *self.offered]
        self.is_asked_anew = True

    def show(self, campaign: Campaign, segment: Segment | None) -> None:
        """The fields hold what the campaign is."""
        self.name.data = campaign.name
        self.segment.data = segment.public_id if segment and not self.is_asked_anew else ""
        self.channels.data = list(campaign.channels)
        self.outcome.data = campaign.outcome.value
        self.window_days.data, self.keep_days.data = campaign.window_days, campaign.keep_days
        self.hold_out.data = round(campaign.hold_out * 100)
        self.second.data = round(campaign.second * 100)
        self.gift_days.data = campaign.gift_days
        if campaign.gift_minor:
            self.gift.show(campaign.gift_minor)

    def draft(self, segment: Segment, event: ClubEvent | None) -> CampaignDraft:
        """Return what was typed as a draft."""
        return CampaignDraft(
            name=self.name.data or "",
            segment=segment,
            outcome=Goal(self.outcome.data),
            channels=tuple(self.channels.data or ()),
            hold_out=(self.hold_out.data or 0) / 100,
            second=(self.second.data or 0) / 100,
            window_days=self.window_days.data or 0,
            keep_days=self.keep_days.data or 0,
            gift_minor=self.gift.minor or 0,
            gift_days=self.gift_days.data or 0,
            event=event,
        )


class TextForm(PageForm):
    """The words of one text in one language."""

    subject = StringField(_l("Subject"), [DataRequired(NEEDED), Length(max=200)])
    body = TextAreaField(_l("Letter"), [DataRequired(NEEDED), Length(max=8000)])
    short = TextAreaField(_l("Short form for phone and chat"), [Length(max=1000)])


class PlanForm(PageForm):
    """When a campaign starts."""

    day = DateField(_l("Starts on"), [DataRequired(NEEDED)])
    hour = TimeField(_l("At"), [DataRequired(NEEDED)])

    def starts(self) -> datetime:
        """Return the day and hour that were typed, in the club's own time."""
        return datetime.combine(self.day.data or date.max, self.hour.data or time())


class EventForm(PageForm):
    """What the club invites to, in its own time."""

    name = StringField(_l("Name"), [DataRequired(NEEDED), Length(max=120)])
    about = TextAreaField(_l("What happens"), [Length(max=1000)])
    place = StringField(_l("Where"), [Length(max=200)])
    day = DateField(_l("Day"), [DataRequired(NEEDED)])
    begins = TimeField(_l("Begins"), [DataRequired(NEEDED)])
    ends = TimeField(_l("Ends"), [DataRequired(NEEDED)])
    answer_until = DateField(_l("Answers until the end of"), [DataRequired(NEEDED)])
    places = IntegerField(_l("Places"), [Optional(), NumberRange(1, 100_000)], render_kw=NUMERIC)
    guests = _count(_l("Guests each may bring"), 0, 9)

    def hours(self) -> tuple[datetime, datetime]:
        """Return when it begins and ends, in the club's own time."""
        day = self.day.data or date.max
        return (
            datetime.combine(day, self.begins.data or time()),
            datetime.combine(day, self.ends.data or time()),
        )

    def last_answer(self) -> datetime:
        """Return the end of the last day of answers, in the club's own time."""
        return datetime.combine(self.answer_until.data or date.max, time.max)
