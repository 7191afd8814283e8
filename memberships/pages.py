"""Views room: every blueprint of the memberships: the pages of the staff, and the API."""

from flask import Blueprint

from memberships.approvals.views.api import wishes_api
from memberships.approvals.views.pages import approvals
from memberships.billing.gateways.views.methods_api import methods_api
from memberships.billing.gateways.views.pay import pay
from memberships.billing.gateways.views.staff import gateway_pages
from memberships.billing.views.account import account
from memberships.billing.views.api import money_api
from memberships.billing.views.buyers import buyers_api
from memberships.billing.views.lists import money
from memberships.billing.views.prints import prints, prints_api
from memberships.billing.views.returns_api import returns_api
from memberships.billing.views.settings import money_settings_pages
from memberships.billing.views.vouchers import vouchers
from memberships.books.views import books as book_pages
from memberships.books.views import books_api
from memberships.contracts.views.agreements_api import agreements_api
from memberships.contracts.views.api import api as memberships_api
from memberships.contracts.views.contracts import contracts as contract_pages
from memberships.contracts.views.everyone import everyone
from memberships.contracts.views.everyone_api import everyone_api
from memberships.contracts.views.freeze_types import freeze_kinds
from memberships.contracts.views.gifts_api import gifts_api
from memberships.contracts.views.going_on import going_on
from memberships.contracts.views.handover_api import handover_api
from memberships.contracts.views.leaving import leaving
from memberships.contracts.views.leaving_api import leaving_api
from memberships.contracts.views.papers import contract_papers
from memberships.contracts.views.papers_api import papers_api
from memberships.contracts.views.paperwork import paperwork
from memberships.contracts.views.paperwork_api import paperwork_api
from memberships.contracts.views.plans import plans as plan_pages
from memberships.contracts.views.promotions import promotions
from memberships.contracts.views.promotions_api import promotions_api
from memberships.contracts.views.standings import standings
from memberships.counter.views.api import shifts_api
from memberships.counter.views.settings import till_settings_pages
from memberships.counter.views.shifts import shifts
from memberships.documents.views.settings import document_settings
from memberships.dunning.views.api import dunning_api
from memberships.dunning.views.pages import dunning_pages
from memberships.fiscal.views.pages import fiscal_pages
from memberships.packages.views.api import api as packages_api
from memberships.packages.views.products import products as product_pages
from memberships.packages.views.sales import sales as package_pages
from memberships.pay.views.api import shares_api
from memberships.pay.views.pages import wages
from memberships.pay.views.shares import shares
from memberships.portal.views import portal
from memberships.portal.views.desk import questions
from memberships.portal.views.desk_api import questions_api
from memberships.portal.views.links_api import links_api
from memberships.portal.views.renewing import renewing
from memberships.printing.views.pages import printers
from memberships.schedule.shift_pages import duty
from memberships.schedule.views.api import api as classes_api
from memberships.schedule.views.desk_api import class_desk_api
from memberships.schedule.views.feeds import class_feeds
from memberships.schedule.views.guests import guests as guest_pages
from memberships.schedule.views.own_classes import own_classes
from memberships.schedule.views.schedule import schedule
from memberships.schedule.views.setup import class_settings_pages
from memberships.trainers.views.api import api as sessions_api
from memberships.trainers.views.member import training as training_pages
from memberships.trainers.views.phone import trainer as trainer_pages
from memberships.waivers.views.api import waivers_api
from memberships.waivers.views.medical import certificates
from memberships.waivers.views.settings import waiver_settings
from memberships.waivers.views.signing import waivers

PAGES: tuple[Blueprint, ...] = (
    account,
    approvals,
    book_pages,
    money,
    money_settings_pages,
    vouchers,
    printers,
    fiscal_pages,
    contract_pages,
    going_on,
    portal,
    questions,
    renewing,
    everyone,
    freeze_kinds,
    leaving,
    standings,
    package_pages,
    product_pages,
    trainer_pages,
    training_pages,
    wages,
    shares,
    duty,
    plan_pages,
    promotions,
    gateway_pages,
    dunning_pages,
    pay,
    contract_papers,
    prints,
    paperwork,
    waivers,
    certificates,
    waiver_settings,
    document_settings,
    schedule,
    own_classes,
    guest_pages,
    class_feeds,
    class_settings_pages,
    shifts,
    till_settings_pages,
)

API: tuple[Blueprint, ...] = (
    dunning_api,
    memberships_api,
    money_api,
    papers_api,
    promotions_api,
    returns_api,
    prints_api,
    waivers_api,
    leaving_api,
    agreements_api,
    handover_api,
    packages_api,
    sessions_api,
    shares_api,
    classes_api,
    wishes_api,
    books_api,
    shifts_api,
    buyers_api,
    links_api,
    everyone_api,
    gifts_api,
    paperwork_api,
    methods_api,
    questions_api,
    class_desk_api,
)
