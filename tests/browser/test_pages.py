"""Every page in light and dark, on a laptop and a phone: readable, calm, complete."""

import os
from pathlib import Path

import pytest
from flask import Flask

from tests.browser import club
from tests.browser.conftest import LAPTOP, PHONE, SCREENS, Desk, OpenDesk
from tests.cast import Cast

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SIZES = [pytest.param(LAPTOP, id="laptop"), pytest.param(PHONE, id="phone")]
# Colours are all that differs in the dark; everything else was judged in the light.
OF_COLOUR = (
    "{runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']},"
    " resultTypes: ['violations']}"
)
OF_ALL = "{resultTypes: ['violations']}"
SETTLE = """() => new Promise((done) => requestAnimationFrame(() => {
  document.getAnimations().forEach((one) => { try { one.finish(); } catch { one.cancel(); } });
  requestAnimationFrame(done);
}))"""


@pytest.mark.timeout(900)  # some three hundred looks, one after the other
@pytest.mark.parametrize("size", SIZES)
def test_pages_are_accessible_and_fit(
    app: Flask, cast: Cast, open_desk: OpenDesk, size: dict[str, int]
) -> None:
    """Every page is opened once and looked at twice: in the light, and in the dark."""
    members = club.evening(app, cast)
    members["lead"] = club.ask(app, cast)
    members["form"] = club.open_form(app, cast)
    members["own"] = club.own_page(app, members[club.RAZIAS_CARD])
    club.arrive(app, cast, "9000003", "9000004", club.LENAS_CARD, club.UNKNOWN_CARD, "9000005")
    desk = open_desk("Olga", size, "light")
    # Colours that are still on their way from light to dark are nobody's colours.
    desk.page.emulate_media(reduced_motion="reduce")
    look = f"{size['width']}"

    for name, path in _pages(members).items():
        desk.open(path)
        judge_twice(desk, f"{name}-{look}")
    assert desk.complaints == []
    desk.open("/members/nobody")
    judge_twice(desk, f"lost-{look}")
    desk.complaints.clear()  # the browser notes the 404 that was asked for
    for name, card in (("note", club.RAZIAS_CARD), ("stop", club.LAPSED_CARD)):
        club.arrive(app, cast, card)
        desk.open("/desk")
        judge_twice(desk, f"desk-{name}-{look}")

    assert desk.complaints == []


def _pages(members: dict[str, str]) -> dict[str, str]:
    razia = members[club.RAZIAS_CARD]
    return {
        "desk": "/desk",
        "card": f"/members/{razia}",
        "visits": f"/members/{razia}/visits",
        "units": f"/members/{razia}/units",
        "inside": "/desk/inside",
        "refused": "/desk/today?only=refused",
        "search": "/search?q=ra",
        "search-pages": "/search?q=members",
        "first-week": "/first-week",
        "day-pass": f"/desk/people/{razia}/day-pass",
        "members": "/members",
        "register": "/members/new",
        "edit": f"/members/{razia}/edit",
        "contacts": f"/members/{razia}/contacts",
        "address": f"/members/{razia}/address",
        "things": "/changes?kind=plan",
        "export": "/settings/export",
        "consents": f"/members/{razia}/consents",
        "about-person": f"/members/{razia}/about?find=a",
        "own-fields": "/settings/fields",
        "own-field": "/settings/fields/new",
        "peace": f"/members/{razia}/peace",
        "complaint": f"/tasks/complaints/{razia}",
        "sign": f"/members/{razia}/contracts/new",
        "stops": f"/members/{razia}/stops",
        "family": f"/members/{razia}/family",
        "questions": "/questions",
        "leave": f"/members/{razia}/leave",
        "standing": f"/members/{razia}/standing",
        "days": f"/members/{razia}/days",
        "freeze-types": "/settings/freezes",
        "freeze-type": "/settings/freezes/new",
        "everyone": "/settings/everyone",
        "schedule": "/schedule",
        "own-classes": f"/members/{razia}/classes",
        "guests": f"/members/{razia}/guests",
        "objections": "/schedule/strikes",
        "calendar": "/schedule/calendar",
        "class-settings": "/settings/classes",
        "class-rules": "/settings/classes/rules",
        "class-kind": "/settings/classes/kinds/new",
        "tasks": "/tasks",
        "task-new": "/tasks/new",
        "task-team": "/tasks/team",
        "task-again": "/tasks/again",
        "task-calendar": "/tasks/calendar",
        "tickets": "/tickets",
        "tickets-of-member": f"/members/{razia}/tickets",
        "tickets-report": "/reports/tickets",
        "ticket-settings": "/settings/tickets",
        "ready-answers": "/settings/ready-answers",
        "articles": "/articles",
        "article-new": "/articles/new",
        "calls": "/calls",
        "phones": "/settings/phones",
        "leads": "/leads",
        "loyalty": "/loyalty",
        "loyalty-points": "/loyalty/points",
        "loyalty-member": f"/members/{razia}/loyalty",
        "loyalty-settings": "/settings/loyalty",
        "discounts": "/loyalty/discounts",
        "promotions": "/settings/promotions",
        "promotion-new": "/settings/promotions/new",
        "holidays": "/holidays",
        "holiday-new": "/holidays/new",
        "lead": f"/leads/{members['lead']}",
        "lead-move": f"/leads/{members['lead']}/move",
        "lead-book": f"/leads/{members['lead']}/book",
        "lead-new": "/leads/new",
        "lead-stage": "/leads/stage/new",
        "lead-tray": "/leads/tray",
        "lead-choices": "/settings/leads",
        "touchpoints": "/reports/touchpoints",
        "contact-costs": "/reports/touchpoints/costs",
        "journeys": "/journeys",
        "journey-today": "/journeys/today",
        "journey-numbers": "/journeys/touchpoints",
        "journey-own": "/journeys/own",
        "journey-limits": "/journeys/limits",
        "journey-versions": "/journeys/versions",
        "journey-member": f"/members/{razia}/journey",
        "reports": "/reports/",
        "renewals": "/reports/renewals",
        "renewals-by-plan": "/reports/renewals?by=plan&curve=plan",
        "report-people": "/reports/renewals/people?part=due",
        "forecast": "/reports/forecast",
        "leaving": "/reports/leaving",
        "leaving-people": "/reports/leaving/people?of=all",
        "who-comes": "/reports/active?of=all",
        "baseline": "/reports/baseline",
        "leads-funnel": "/reports/leads",
        "leads-answers": "/reports/leads/answers",
        "leads-costs": "/reports/leads/costs",
        "leads-pipeline": "/reports/leads/forecast",
        "lead-targets": "/leads/targets",
        "lead-forms": "/settings/forms",
        "lead-ads": "/settings/ads",
        "lead-form-new": "/settings/forms/new",
        "journey-people": "/journeys/people?stage=active",
        "at-risk": "/journeys/at-risk",
        "risk-quality": "/journeys/at-risk/quality",
        "segments": "/segments",
        "segment-form": "/segments/new",
        "messages": "/messages",
        "messages-in-doubt": "/messages/in-doubt",
        "messages-letters": "/messages/letters",
        "answers": "/messages/answers",
        "channels": "/settings/channels",
        "renewals-due": "/renewals",
        "renewal-rules": "/settings/renewals",
        "texts": "/messages/texts",
        "text": "/messages/texts/J13a/email/bn",
        "text-sms": "/messages/texts/J06a/sms/ru",
        "cash-book": "/money/book",
        "new-entry": "/money/book/new",
        "recurring": "/money/book/recurring",
        "transfer": "/money/book/transfer",
        "cash-flow": "/money/cash-flow",
        "journal": "/money/journal",
        "profit": "/money/profit",
        "owed": "/money/liability",
        "proof": "/money/liability/2026-11-20",
        "tax": "/money/taxes",
        "ageing": "/money/ageing",
        "marketing": "/money/marketing",
        "closings": "/money/closings",
        "close-day": "/money/closings/day",
        "settings": "/settings",
        "plans": "/settings/plans",
        "plan": "/settings/plans/new",
        "papers": f"/members/{razia}/papers",
        "papers-due": "/members/papers-due",
        "waiver": f"/members/{razia}/waiver",
        "medical": f"/members/{razia}/medical",
        "waiver-rules": "/settings/waivers",
        "debtors": "/money/debtors",
        "failed-charges": "/money/failed",
        "review": "/money/review",
        "late": "/settings/debts",
        "gateways": "/settings/gateways",
        "pay-methods": f"/members/{razia}/pay-methods",
        "documents": "/settings/documents",
        "document": "/settings/documents/contract/bn",
        "letterhead": "/settings/letterhead",
        "packages": "/settings/packages",
        "wages": "/pay",
        "shifts": "/schedule/shifts",
        "absences": "/schedule/absences",
        "pay-rules": "/pay/rules",
        "my-pay": "/pay/mine",
        "package": "/settings/packages/new",
        "training": f"/members/{razia}/training",
        "sell-package": f"/members/{razia}/packages/new",
        "staff": "/settings/staff",
        "roles": "/settings/roles",
        "clubs": "/settings/clubs",
        "devices": "/devices",
        "device": "/devices/new",
        "gate": "/settings/gate",
        "profile": "/settings/profile",
        "sessions": "/settings/sessions",
        "tokens": "/settings/tokens",
        "notes": f"/members/{razia}/notes",
        "today": "/desk/today?only=admitted",
        "printers": "/settings/printers",
        "tax-office": "/settings/fiscal",
        "bills-told": "/money/fiscal",
        "stock": "/stock",
        "stock-moves": "/stock/moves",
        "stock-counts": "/stock/counts",
        "stock-orders": "/stock/orders",
        "stock-products": "/stock/products",
        "stock-suppliers": "/stock/suppliers",
        "stock-report": "/stock/report",
        "report-bar": "/reports/bar",
        "report-own": "/reports/own",
        "report-build": "/reports/own/build?about=members&f=stage&o=is&v=&g=plan",
        "report-rows": "/reports/own/build?about=members",
        "report-goals": "/reports/goals",
        "stock-places": "/stock/places",
        "stock-import": "/stock/import",
        "stock-product": "/stock/products/new",
        "till-sales": "/till/sales",
        "till-settings": "/settings/tills",
        "account": f"/members/{razia}/account",
        "pay": f"/members/{razia}/account/pay",
        "charge": f"/members/{razia}/account/charge",
        "buyer": f"/members/{razia}/account/buyer",
        "money": "/money",
        "invoices": "/money/invoices",
        "payments": "/money/payments",
        "vouchers": "/money/vouchers",
        "voucher": "/money/vouchers/new",
        "approvals": "/approvals",
        "card-documents": f"/members/{razia}/documents",
        "card-handover": f"/members/{razia}/handover",
        "card-changes": f"/members/{razia}/changes",
        "card-privacy": f"/members/{razia}/privacy",
        "doubles": "/members/doubles",
        "imports": "/imports",
        "import-contracts": "/imports/contracts",
        "privacy": "/settings/privacy",
        "quotes": f"/leads/{members['lead']}/quotes",
        "quote-new": f"/leads/{members['lead']}/quotes/new",
        "campaigns": "/campaigns",
        "campaign-new": "/campaigns/new",
        "events": "/events",
        "event-new": "/events/new",
        "hosted-form": f"/join/{members['form']}",
        "own-address": f"/my/{members['own']}/address",
        "own-address-elsewhere": f"/my/{members['own']}/address?country=DE",
        "taxes": "/settings/money",
    }


def judge_twice(desk: Desk, name: str) -> None:
    """The page is readable in the light and in the dark."""
    judge(desk, f"{name}-light")
    desk.page.emulate_media(color_scheme="dark")
    desk.page.evaluate(SETTLE)
    assert desk.page.locator("html").get_attribute("data-bs-theme") == "dark"
    _judge_as_it_is(desk, f"{name}-dark", OF_COLOUR)
    desk.page.emulate_media(color_scheme="light")


def judge(desk: Desk, name: str) -> None:
    """The page is readable: no problem, no serious finding of axe, no sideways scroll."""
    problem = desk.page.locator("#problem-text")
    if problem.count() and not name.startswith("lost"):
        desk.complaints.append(f"{name}: {problem.inner_text()}")
    desk.page.evaluate(AXE.read_text(encoding="utf-8"))
    _judge_as_it_is(desk, name, OF_ALL)


def _judge_as_it_is(desk: Desk, name: str, rules: str) -> None:
    page = desk.page
    if os.environ.get("CLUBCRM_SCREENS"):
        SCREENS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENS / f"{name}.png", full_page=True)
    found = page.evaluate(f"axe.run({rules})")
    bad = [
        f"{one['id']}: {one['nodes'][0]['html'][:120]} {one['nodes'][0]['failureSummary'][:300]}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")

    if bad or width[0] > width[1]:
        desk.complaints.append(f"{name}: width {width}, {bad}")


def test_picture_of_the_desk_fits_the_readme(app: Flask, cast: Cast, open_desk: OpenDesk) -> None:
    members = club.evening(app, cast)
    club.hang_faces(app, members)
    club.arrive(app, cast, "9000008", "9000003", "9000004", club.UNKNOWN_CARD, "9000005")
    club.arrive(app, cast, club.LAPSED_CARD, club.LENAS_CARD, "9000002", club.RAZIAS_CARD)
    desk = open_desk("Frank")
    desk.open("/desk")
    desk.page.wait_for_function("[...document.images].every(one => one.complete)")

    picture = SCREENS / "readme-desk.png"
    desk.page.screenshot(path=picture)

    assert picture.stat().st_size < 300_000
    assert desk.page.locator(".feed-line img.face").count() >= 5
