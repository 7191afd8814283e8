"""The pages: every blueprint, the places of the rail and of the settings, doors that search.

A new page adds its blueprint and its place here; what causes what stands in `wiring`.
"""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

import access_control.permissions as gate
import clubcrm.accounts.permissions as accounts
import clubcrm.card.permissions as card
import clubcrm.journeys.permissions as journey_rights
import clubcrm.leads.door.permissions as lead_forms
import clubcrm.leads.permissions as lead_rights
import clubcrm.loyalty.permissions as loyalty_rights
import clubcrm.messaging.permissions as messaging
import clubcrm.people.permissions as people
import clubcrm.reports.permissions as reports
import clubcrm.tasks.permissions as tasks
import clubcrm.tickets.permissions as tickets
import memberships.permissions as memberships
from access_control.device_api.controllers import controllers
from access_control.device_api.iclock import iclock
from access_control.views.cards import card_pages
from access_control.views.credentials_api import credentials_api
from access_control.views.pages import gate_pages
from access_control.views.reading import reading
from access_control.views.settings import gate_settings
from access_control.views.steering import steering
from bar_inventory import pages as bar_pages
from clubcrm.accounts import views as account_views
from clubcrm.campaigns import views as campaign_views
from clubcrm.card import places
from clubcrm.card import views as card_views
from clubcrm.card.desk_api import desk_api
from clubcrm.core.shell import Place
from clubcrm.journeys.views import journeys as journey_pages
from clubcrm.journeys.views.api import api as journeys_api
from clubcrm.journeys.views.risk import risk as risk_pages
from clubcrm.leads import views as lead_views
from clubcrm.leads.ads.views import PAGES as LEAD_AD_PAGES
from clubcrm.leads.door.views import PAGES as LEAD_FORM_PAGES
from clubcrm.leads.quotes import views as quote_views
from clubcrm.leads.target_pages import targets as lead_targets
from clubcrm.loyalty import views as loyalty_views
from clubcrm.messaging import views as message_views
from clubcrm.messaging.views.api import api as messages_api
from clubcrm.people import views as people_views
from clubcrm.people.views import own_fields
from clubcrm.reports.views import reports as report_pages
from clubcrm.reports.views import touchpoints as touch_reports
from clubcrm.reports.views.api import api as reports_api
from clubcrm.reports.views.campaign_results import campaign_results
from clubcrm.tasks.views import tasks as task_views
from clubcrm.tasks.views.api import api as tasks_api
from clubcrm.tasks.views.feeds import task_feeds
from clubcrm.tasks.views.plan_api import plan_api
from clubcrm.tasks.views.survey import survey
from clubcrm.tasks.views.team import team_tasks
from clubcrm.tickets import views as ticket_views
from clubcrm.tickets.views.api import api as tickets_api
from clubcrm.tickets.views.calls_api import calls_api
from memberships import pages as membership_pages
from memberships import places as membership_places

# Page blueprints and device doors, registered by create_app.
BLUEPRINTS: tuple[Blueprint, ...] = (
    *account_views.BLUEPRINTS,
    iclock,
    gate_pages,
    gate_settings,
    card_pages,
    places.desk,
    card_views.card,
    people_views.people,
    own_fields.own_field_pages,
    task_views,
    team_tasks,
    task_feeds,
    survey,
    *ticket_views.BLUEPRINTS,
    *lead_views.PAGES,
    journey_pages,
    risk_pages,
    *LEAD_FORM_PAGES,
    *LEAD_AD_PAGES,
    *quote_views.PAGES,
    lead_targets,
    *campaign_views.BLUEPRINTS,
    *loyalty_views.BLUEPRINTS,
    *message_views.BLUEPRINTS,
    touch_reports.pages,
    report_pages,
    campaign_results,
    *membership_pages.PAGES,
    *bar_pages.PAGES,
)

# API blueprints: checked by schema and described in /api/v1/openapi.json.
API_BLUEPRINTS: tuple[Blueprint, ...] = (
    account_views.exports_api,
    *campaign_views.API_BLUEPRINTS,
    journeys_api,
    *lead_views.API,
    *loyalty_views.API_BLUEPRINTS,
    messages_api,
    tasks_api,
    tickets_api,
    calls_api,
    plan_api,
    controllers,
    reading,
    steering,
    credentials_api,
    desk_api,
    people_views.addresses_api,
    people_views.api,
    people_views.clean_api,
    *quote_views.API,
    touch_reports.api,
    reports_api,
    *membership_pages.API,
    *bar_pages.API,
)

# Places of the rail, in order; those whose right a person lacks are not shown.
PLACES: tuple[Place, ...] = (
    Place("trainer.today", _l("Training"), "stretching", memberships.TRAIN, role="trainer"),
    Place("leads.board", _l("Leads"), "target", lead_rights.SEE_LEADS, role="sales"),
    Place("desk.show", _l("Desk"), "door-enter", card.WATCH_DESK),
    Place(
        "people.index",
        _l("Members"),
        "users",
        people.SEE_PEOPLE,
        covers=("/leads", "/tags", "/merges", "/contracts", "/packages", "/imports", "/erasures"),
    ),
    Place("schedule.week", _l("Schedule"), "calendar", memberships.SEE_CLASSES),
    Place(
        "money.index",
        _l("Money"),
        "cash",
        memberships.SEE_MONEY,
        covers=("/invoices", "/payments", "/approvals", "/renewals", "/pay"),
    ),
    Place(
        "tasks.my_day",
        _l("My day"),
        "checks",
        tasks.SEE_TASKS,
        covers=("/tickets", "/articles", "/calls", "/reports/tickets"),
    ),
    Place(
        "journeys.map",
        _l("Journeys"),
        "route",
        journey_rights.SEE_JOURNEY,
        covers=("/campaigns", "/segments", "/events", "/holidays", "/loyalty", "/messages"),
    ),
    Place("reports.index", _l("Reports"), "chart-bar", reports.SEE_REPORTS),
    *bar_pages.PLACES,
)

# Pages of the settings, in order; "" means that everybody who is signed in may open it.
SETTINGS: tuple[Place, ...] = (
    Place(
        "settings.profile", _l("My profile"), "user-circle", "", _l("Language, colours, password")
    ),
    Place(
        "settings.sessions", _l("Signed in"), "devices", "", _l("Browsers you are signed in from")
    ),
    Place(
        "settings.clubs",
        _l("Clubs"),
        "building-store",
        accounts.CHANGE_CLUBS,
        _l("Hours, closed days, time zone"),
    ),
    *membership_places.SETTINGS,
    *bar_pages.SETTINGS,
    Place(
        "money_settings.show",
        _l("Taxes and limits"),
        "receipt",
        memberships.EDIT_MONEY,
        _l("Taxes, rounding of cash, what each role may do alone"),
    ),
    Place(
        "own_fields.index",
        _l("Fields and tags"),
        "forms",
        people.SHAPE_FIELDS,
        _l("What the club wants to know about people beyond the contract"),
    ),
    Place(
        "gate.devices",
        _l("Devices"),
        "router",
        gate.SEE_GATE,
        _l("Terminals at the doors: whether they speak, and since when"),
    ),
    Place(
        "gate_settings.gate",
        _l("Rules of the gate"),
        "door-enter",
        gate.EDIT_GATE,
        _l("Who is refused, who gets a note, and the limits"),
    ),
    Place(
        "lead_choices.show",
        _l("Leads"),
        "target",
        lead_rights.RUN_LEADS,
        _l("How soon they are answered, who takes new ones, where they come from"),
    ),
    Place(
        "loyalty_settings.show",
        _l("Friends and points"),
        "gift",
        loyalty_rights.SET_LOYALTY,
        _l("What members get for friends they bring, for visits and for purchases"),
    ),
    Place(
        "channels.show",
        _l("Channels"),
        "mail",
        messaging.RUN_OUTBOX,
        _l("Mail, text messages, Telegram, WhatsApp: whether they work, and what they cost"),
    ),
    Place(
        "ticket_settings.show",
        _l("Questions and answers"),
        "message-circle",
        tickets.LEAD_TICKETS,
        _l("How soon a question has an answer, ready answers"),
    ),
    Place(
        "lead_forms.index",
        _l("Forms for web pages"),
        "forms",
        lead_forms.EDIT_FORMS,
        _l("What strangers fill in: on your site, or on a page of its own"),
    ),
    Place(
        "people.privacy_settings",
        _l("Privacy"),
        "eraser",
        people.KEEP_PRIVACY,
        _l("How long people are kept, and who was erased"),
    ),
    Place(
        "phone.phones",
        _l("Telephones"),
        "phone",
        tickets.RUN_PHONES,
        _l("Whose telephone rings, and how calls come here"),
    ),
    Place(
        "settings.staff", _l("Staff"), "users", accounts.SEE_STAFF, _l("Who works here, and where")
    ),
    Place(
        "settings.roles",
        _l("Roles and rights"),
        "shield-check",
        accounts.CHANGE_ROLES,
        _l("What each role may do"),
    ),
    Place(
        "settings.tokens",
        _l("Programs"),
        "key",
        accounts.CHANGE_TOKENS,
        _l("Tokens for scripts and other systems"),
    ),
    Place(
        "people.things",
        _l("Changes"),
        "history",
        people.SEE_CHANGES,
        _l("Who changed what of plans, products, campaigns and settings"),
    ),
    Place(
        "settings.export",
        _l("Take everything along"),
        "package",
        accounts.EXPORT_ALL,
        _l("Every row and file of all clubs in one archive"),
    ),
)

# Endpoints that search people; how often one person asks them within a minute is limited.
SEARCHES: tuple[str, ...] = (
    "desk.search",
    "desk.found",
    "people.index",
    "people.about",
    "till.members",
    "people_api.list_members",
    "leads.alike",
    "schedule.show",
    "texts.look",
    "going_on.transfer",
    "going_on.family",
    "tickets.index",
)
