"""Whatever is done from a member's card on a page is done by a program, too, by the same right."""

import io
from datetime import date, timedelta

import time_machine
from sqlalchemy import select

from access_control.models import Credential, CredentialState
from clubcrm.card import menu
from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.policy import policy_of
from clubcrm.people.models import ContactHold, Note, Person
from clubcrm.tasks.models import Task
from memberships.approvals.models import Approval
from memberships.waivers.models import MedicalCertificate
from tests.cast import make_member
from tests.memberships.conftest import YEAR, make_contract
from tests.memberships.schedule.studio import MONDAY_NOON, in_dhaka, open_studio
from tests.people.test_photos import picture

# Blueprints that the menu does not name, but whose pages its own pages lead to.
FURTHER = {
    "desk",
    "gateways",
    "money",
    "packages",
    "papers",
    "phone",
    "questions",
    "renewing",
    "schedule",
    "vouchers",
}
M = "/api/v1/members/<string:member_id>"
P = "/api/v1/members/<string:public_id>"
C = "/api/v1/contracts/<string:public_id>"
CREDENTIALS = "/api/v1/members/<member_id>/credentials"
# The act on the page, and the method and address by which a program does it.
ACTS = {
    "account.buyer": ("POST", f"{P}/buyer"),
    "account.charge": ("POST", "/api/v1/invoices"),
    "account.pay_now": ("POST", "/api/v1/payments"),
    "cards.change": ("POST", f"{CREDENTIALS}/<int:card_id>/<turn>"),
    "cards.issue": ("POST", CREDENTIALS),
    "cards.replace": ("POST", f"{CREDENTIALS}/<int:card_id>/replace"),
    "contracts.block_now": ("POST", f"{P}/blocks"),
    "contracts.freeze_asked": ("POST", f"{C}/freeze/ask"),
    "contracts.freeze_now": ("POST", f"{C}/freeze"),
    "contracts.lift": ("POST", "/api/v1/blocks/<int:block_id>/lift"),
    "contracts.new": ("POST", "/api/v1/contracts"),
    "desk.check_in": ("POST", f"{M}/check-in"),
    "desk.let_in": ("POST", "/api/v1/access/events/<string:event_id>/let-in"),
    "desk.photo": ("PUT", f"{M}/photo"),
    "desk.scan": ("POST", "/api/v1/access/events"),
    "desk.sell_pass": ("POST", "/api/v1/contracts"),
    "desk.task_outcome": ("POST", "/api/v1/tasks/<string:task_id>/answer"),
    "gateways.method_remove": ("DELETE", f"{M}/pay-methods/<string:method_id>"),
    "gateways.pay_link": ("POST", "/api/v1/invoices/<string:invoice_id>/pay-link"),
    "going_on.change": ("POST", f"{C}/change-plan"),
    "going_on.family": ("POST", f"{P}/family"),
    "going_on.hand_on": ("POST", "/api/v1/families/<string:family_id>/hand-on"),
    "going_on.leave_family": ("POST", f"{C}/leave-family"),
    "going_on.link": ("POST", f"{P}/links"),
    "going_on.offer": ("POST", f"{C}/offers"),
    "going_on.renew": ("POST", f"{C}/renew"),
    "going_on.transfer": ("POST", f"{C}/transfer"),
    "going_on.undo": ("POST", "/api/v1/plan-changes/<string:change_id>/undo"),
    "going_on.void": ("POST", f"{C}/void"),
    "guests.bring": ("POST", "/api/v1/guests"),
    "guests.withdraw": ("POST", "/api/v1/guests/<string:pass_id>/withdraw"),
    "leaving.give": ("POST", f"{C}/gift"),
    "leaving.leave": ("POST", f"{C}/cancel"),
    "leaving.stay": ("POST", f"{C}/cancel/withdraw"),
    "leaving.take_back": ("POST", f"{M}/gifts/<int:line_id>/take-back"),
    "medical.add": ("POST", f"{P}/medical"),
    "medical.remove": ("DELETE", f"{P}/medical/<string:certificate_id>"),
    "member_loyalty.give": ("POST", "/api/v1/loyalty/members/<string:member_id>/points"),
    "member_loyalty.make_code": ("POST", "/api/v1/loyalty/members/<string:member_id>/code"),
    "member_loyalty.note_host": ("POST", "/api/v1/loyalty/members/<string:member_id>/host"),
    "member_loyalty.turn_into_money": ("POST", "/api/v1/loyalty/members/<string:member_id>/bonus"),
    "money.ask_again": ("POST", "/api/v1/write-offs/<string:loss_id>/undo"),
    "money.credit_now": ("POST", "/api/v1/invoices/<string:invoice_id>/credit"),
    "money.refund_now": ("POST", "/api/v1/refunds"),
    "money.write_off_now": ("POST", "/api/v1/invoices/<string:invoice_id>/write-off"),
    "own_classes.appeal": ("POST", "/api/v1/strikes/<string:strike_id>/appeal"),
    "own_classes.calendar": ("POST", f"{P}/links"),
    "own_classes.decide": ("POST", "/api/v1/strikes/<string:strike_id>/decide"),
    "packages.correct": ("POST", "/api/v1/packages/<string:public_id>/correct"),
    "packages.new": ("POST", "/api/v1/packages"),
    "packages.take_back": ("POST", "/api/v1/packages/<string:public_id>/refund"),
    "packages.transfer": ("POST", "/api/v1/packages/<string:public_id>/transfer"),
    "papers.link": ("POST", "/api/v1/contracts/<string:contract_id>/sign-link"),
    "papers.sign": ("POST", "/api/v1/contracts/<string:contract_id>/document"),
    "paperwork.void": ("POST", f"{M}/waivers/<string:document_id>/void"),
    "people.add_contact": ("POST", f"{M}/contacts"),
    "people.add_document": ("POST", f"{M}/documents"),
    "people.edit": ("PATCH", M),
    "people.erase": ("POST", f"{M}/erase"),
    "people.fill_in": ("PUT", f"{M}/about"),
    "people.first_contact": ("PATCH", f"{M}/contacts/<int:contact_id>"),
    "people.hand_out": ("GET", f"{M}/copy"),
    "people.import_run": ("POST", "/api/v1/imports/<string:kind>"),
    "people.import_upload": ("POST", "/api/v1/imports/<string:kind>"),
    "people.leave_in_peace": ("POST", f"{M}/peace"),
    "people.lift_peace": ("DELETE", f"{M}/peace/<string:kind>"),
    "people.merge_two": ("POST", f"{M}/merge"),
    "people.note_consent": ("POST", f"{M}/consents"),
    "people.put_back_document": ("POST", f"{M}/documents/<string:document_id>/put-back"),
    "people.put_tag": ("PUT", f"{M}/about"),
    "people.register": ("POST", "/api/v1/members"),
    "people.remove_address": ("DELETE", f"{M}/address"),
    "people.remove_contact": ("DELETE", f"{M}/contacts/<int:contact_id>"),
    "people.remove_document": ("DELETE", f"{M}/documents/<string:document_id>"),
    "people.save_address": ("PUT", f"{M}/address"),
    "people.save_privacy": ("PUT", "/api/v1/privacy/times"),
    "people.set_photo": ("PUT", f"{M}/photo"),
    "people.table_run": ("POST", "/api/v1/imports/<string:kind>"),
    "people.table_upload": ("POST", "/api/v1/imports/<string:kind>"),
    "people.take_tag": ("PUT", f"{M}/about"),
    "people.tie": ("POST", f"{M}/ties"),
    "people.two_people": ("POST", "/api/v1/doubles/<int:pair_id>/apart"),
    "people.undo_two": ("POST", "/api/v1/merges/<string:merge_id>/undo"),
    "people.untie": ("DELETE", f"{M}/ties/<int:tie_id>"),
    "people.write_handover": ("PUT", f"{M}/handover"),
    "people.write_note": ("POST", f"{M}/notes"),
    "phone.dial": ("POST", "/api/v1/calls"),
    "questions.answer": ("POST", "/api/v1/unit-questions/<string:question_id>/answer"),
    "renewing.letter": ("POST", "/api/v1/contracts/<string:contract_id>/renewal-letter"),
    "schedule.absent": ("POST", "/api/v1/bookings/<string:booking_id>/presence"),
    "schedule.accept": ("POST", "/api/v1/bookings/<string:booking_id>/accept"),
    "schedule.book": ("POST", "/api/v1/bookings"),
    "schedule.call_off": ("POST", "/api/v1/classes/<string:class_id>/cancel"),
    "schedule.cancel": ("POST", "/api/v1/bookings/<string:booking_id>/cancel"),
    "schedule.present": ("POST", "/api/v1/bookings/<string:booking_id>/presence"),
    "schedule.walk_in": ("POST", "/api/v1/classes/<string:class_id>/walk-in"),
    "tasks.answer": ("POST", "/api/v1/tasks/<string:task_id>/answer"),
    "tasks.complain": ("POST", f"{M}/complaints"),
    "tasks.outcome": ("POST", "/api/v1/tasks/<string:task_id>/outcome"),
    "tasks.reopen": ("POST", "/api/v1/tasks/<string:task_id>/reopen"),
    "tickets.ask": ("POST", "/api/v1/tickets"),
    "tickets.say": ("POST", "/api/v1/tickets/<string:ticket_id>/answers"),
    "training.assign": ("POST", f"{P}/trainers"),
    "training.log": ("POST", "/api/v1/sessions"),
    "training.release": ("POST", f"{P}/trainers"),
    "training.undo": ("POST", "/api/v1/sessions/<string:public_id>/reverse"),
    "vouchers.new": ("POST", "/api/v1/vouchers"),
    "waivers.link": ("POST", f"{P}/links"),
    "waivers.sign": ("POST", f"{P}/waivers"),
}
# Addresses of the same pages that do nothing to a member, each with the reason.
NO_ACTS = {
    "desk.choose_club": "in which club one works oneself",
    "gateways.choice_save": "a setting of the club",
    "gateways.decide": "money in the review, not of a card",
    "papers.sign_by_link": "the member's own phone",
    "people.alike": "looks for doubles while somebody types, changes nothing",
    "people.look_for_doubles": "a search over the whole club",
    "phone.listen": "written down before one's own browser plays the sound",
    "phone.save_phone": "a setting of the club",
    "renewing.save_rules": "a setting of the club",
    "tasks.begin": "one's own name on a list while one is on the telephone",
    "tickets.escalate": "the queue of questions, not the card",
    "tickets.settle": "the queue of questions, not the card",
    "tickets.steer": "the queue of questions, not the card",
    "tickets.take": "the queue of questions, not the card",
    "waivers.sign_by_link": "the member's own phone",
}
# Where the right differs, and why.
OTHER_RIGHTS = {
    "desk.scan": "devices sign; a token needs the right to send scans",
    "desk.task_outcome": "the screen of the desk shows its own tasks only",
    "going_on.link": "each kind of link asks for its own right inside",
    "schedule.absent": "the page is for the trainer's own classes, the program for all",
    "schedule.present": "the page is for the trainer's own classes, the program for all",
    "waivers.link": "each kind of link asks for its own right inside",
}
WRITES = {"POST", "PUT", "PATCH", "DELETE"}


def once(act):
    """Return the header by which a program says that two calls are one act."""
    return {"Idempotency-Key": f"one-act-at-the-card-{act}"}


def acts_of(app):
    """Return the endpoints that change something on pages the card leads to, with their rights."""
    groups = (menu.MAIN, menu.MEMBERSHIP, menu.MONEY, menu.TRAINING, menu.PERSON)
    pages = {way[0].partition(".")[0] for group in groups for way in group} | FURTHER
    found = {}
    for rule in app.url_map.iter_rules():
        policy = policy_of(app.view_functions.get(rule.endpoint))
        if rule.endpoint.partition(".")[0] in pages and rule.methods & WRITES:
            found[rule.endpoint] = policy.right
    return found


def doors_of(app):
    """Return the rights of all doors for programs by method and address."""
    return {
        (method, rule.rule): policy_of(app.view_functions[rule.endpoint]).right
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in rule.methods
    }


def test_every_act_of_the_card_is_named_with_its_door_for_programs(app):
    acts = acts_of(app)

    assert set(acts) - set(ACTS) - set(NO_ACTS) == set()
    assert (set(ACTS) | set(NO_ACTS)) - set(acts) == set()


def test_the_doors_are_there_and_ask_for_the_same_right(app):
    acts, doors = acts_of(app), doors_of(app)

    assert {act: door for act, door in ACTS.items() if door not in doors} == {}
    others = {act for act, door in ACTS.items() if doors.get(door) != acts[act]}
    assert others == set(OTHER_RIGHTS)


def test_ways_to_reach_are_added_mended_and_put_first_by_program(client_of, cast):
    frank, mia = client_of("Frank"), f"/api/v1/members/{cast.public['Mia']}"

    first = frank.get(f"{mia}/contacts").get_json()["items"][0]
    added = frank.post(f"{mia}/contacts", json={"value": "01711 000009"}, headers=once("contacts"))
    again = frank.post(f"{mia}/contacts", json={"value": "01711 000009"}, headers=once("contacts"))
    mended = frank.patch(f"{mia}/contacts/{first['id']}", json={"value": "01711 000008"})
    back = frank.patch(f"{mia}/contacts/{first['id']}", json={"first": True})
    removed = frank.delete(f"{mia}/contacts/{added.get_json()['items'][0]['id']}")
    wrong = frank.post(f"{mia}/contacts", json={"value": "12"})
    stranger = client_of("Zoe").post(f"{mia}/contacts", json={"value": "01711 000007"})

    def ways(answer):
        return [(one["value"], one["first"]) for one in answer.get_json()["items"]]

    assert ways(added) == [("+8801711000009", True), ("+8801711000001", False)]
    assert again.get_json() == added.get_json()
    assert ways(mended) == [("+8801711000009", True), ("+8801711000008", False)]
    assert ways(back) == [("+8801711000008", True), ("+8801711000009", False)]
    assert (removed.status_code, wrong.status_code, stranger.status_code) == (204, 400, 404)
    assert ways(frank.get(f"{mia}/contacts")) == [("+8801711000008", True)]


def test_notes_ties_and_peace_by_program(client_of, app, cast):
    with app.app_context(), unit_of_work():
        dora_id = make_member("Dora", "Roy", club=cast.club).public_id
    frank, mia = client_of("Frank"), f"/api/v1/members/{cast.public['Mia']}"

    noted = frank.post(f"{mia}/notes", json={"text": "Likes the mornings"}, headers=once("notes"))
    frank.post(f"{mia}/notes", json={"text": "Likes the mornings"}, headers=once("notes"))
    tied = frank.post(f"{mia}/ties", json={"other_id": dora_id, "kind": "friend"})
    untied = frank.delete(f"{mia}/ties/{tied.get_json()['items'][0]['id']}")

    assert [one["author"] for one in noted.get_json()["items"]] == ["Frank"]
    assert (tied.get_json()["items"][0]["other_id"], untied.status_code) == (dora_id, 204)

    frank.put(f"{mia}/peace", json={"do_not_contact": True})
    injury = {"kind": "injury", "note": "Knee"}
    held = frank.post(f"{mia}/peace", json=injury, headers=once("peace"))
    frank.post(f"{mia}/peace", json=injury, headers=once("peace"))
    lifted = frank.delete(f"{mia}/peace/injury")
    gone = frank.delete(f"{mia}/peace/injury")
    death = frank.post(f"{mia}/peace", json={"kind": "complaint"})

    assert held.get_json()["do_not_contact"] is True
    assert [one["kind"] for one in held.get_json()["reasons"]] == ["injury"]
    assert (lifted.status_code, gone.status_code, death.status_code) == (204, 404, 400)
    with app.app_context(), unit_of_work(write=False):
        assert db.session.scalars(select(Note.text)).all() == ["Likes the mornings"]
        assert len(db.session.scalars(select(ContactHold)).all()) == 1


def test_a_picture_and_a_certificate_are_handed_in_by_program(client_of, app, cast):
    max_, frank = client_of("Max"), client_of("Frank")
    mia = f"/api/v1/members/{cast.public['Mia']}"
    until = (clock.today("Asia/Dhaka") + timedelta(days=300)).isoformat()

    def paper():
        return {"valid_until": until, "note": "Knee", "file": (io.BytesIO(b"%PDF-1.7 x"), "c.pdf")}

    kept = frank.post(f"{mia}/medical", data=paper(), headers=once("medical"))
    again = frank.post(f"{mia}/medical", data=paper(), headers=once("medical"))
    no_day = frank.post(f"{mia}/medical", data={"note": "Knee"})
    forbidden = frank.delete(f"{mia}/medical/{kept.get_json()['id']}")
    removed = max_.delete(f"{mia}/medical/{kept.get_json()['id']}")
    photo = frank.put(f"{mia}/photo", data={"photo": (io.BytesIO(picture()), "mia.png")})

    assert kept.get_json()["valid_until"] == until
    assert again.get_json() == kept.get_json()
    assert (no_day.status_code, forbidden.status_code, removed.status_code) == (400, 403, 204)
    with frank.get(photo.get_json()["address"]) as shown:
        assert shown.mimetype == "image/jpeg"
    with app.app_context(), unit_of_work(write=False):
        (row,) = db.session.scalars(select(MedicalCertificate)).all()
        assert (row.note, row.removed_at is not None) == ("", True)
        assert db.session.get(Person, cast.members["Mia"]).photo_id is not None


def test_a_lost_card_is_replaced_and_a_refused_member_let_in_by_program(client_of, app, cast):
    frank, mia = client_of("Frank"), f"/api/v1/members/{cast.public['Mia']}"

    held = frank.post(f"{mia}/credentials", json={"type": "card", "value": "7001"})
    card = frank.get(f"{mia}/credentials").get_json()["items"][0]["id"]
    new = {"value": "7002", "why": "Lost"}
    replaced = frank.post(f"{mia}/credentials/{card}/replace", json=new, headers=once("replace"))
    again = frank.post(f"{mia}/credentials/{card}/replace", json=new, headers=once("replace"))
    same = frank.post(f"{mia}/credentials/{card}/replace", json={"value": "7001"})
    found = frank.post(f"{mia}/credentials/{card}/unblock", json={})
    taken = frank.post(f"{mia}/credentials/{card}/end", json={"why": "Given back"})
    nowhere = frank.post(f"{mia}/credentials/{card}/melt", json={})

    assert (held.status_code, replaced.status_code, same.status_code) == (201, 201, 400)
    assert replaced.get_json() == again.get_json()
    assert (found.get_json()["state"], taken.get_json()["state"]) == ("active", "ended")
    assert nowhere.status_code == 404
    with app.app_context(), unit_of_work(write=False):
        cards = dict(db.session.execute(select(Credential.value, Credential.state)).all())
    assert cards == {"7001": CredentialState.ENDED, "7002": CredentialState.ACTIVE}

    refused = frank.post(f"{mia}/check-in", headers=once("act"))
    told = frank.post(f"{mia}/check-in", headers=once("act"))
    path = f"/api/v1/access/events/{refused.get_json()['id']}/let-in"
    let_in = frank.post(path, json={"reason": "Pays tomorrow"})

    assert (refused.get_json()["decision"], refused.get_json()["code"]) == ("deny", "NO_CONTRACT")
    assert told.get_json() == refused.get_json()
    assert let_in.status_code == 201, let_in.text
    assert (let_in.get_json()["decision"], let_in.get_json()["code"]) == ("warn", "LET_IN")


def test_days_complaints_and_freezes_dated_back_by_program(client_of, app, cast):
    with time_machine.travel(MONDAY_NOON, tick=False):
        with app.app_context(), unit_of_work():
            year = make_contract(cast, YEAR, starts_on=date(2026, 11, 1)).public_id
        max_, frank = client_of("Max"), client_of("Frank")
        path, mia = f"/api/v1/contracts/{year}", f"/api/v1/members/{cast.public['Mia']}"
        days = {"days": 3, "reason": "Boiler"}

        asked = frank.post(f"{path}/gift", json=days, headers=once("gift"))
        given = max_.post(f"{path}/gift", json=days, headers=once("gift"))
        max_.post(f"{path}/gift", json=days, headers=once("gift"))
        line = frank.get(f"{mia}/gifts").get_json()["items"][0]
        back = max_.post(f"{mia}/gifts/{line['id']}/take-back", json={"why": "By mistake"})
        stopped = frank.post(
            f"{path}/freeze/ask",
            json={"from_on": "2026-11-10", "until_on": "2026-11-12", "reason": "Was ill"},
        )
        ban = max_.post(f"{mia}/blocks", json={"owner": "ban", "reason": "Fought"}).get_json()
        lifted = frank.post(f"/api/v1/blocks/{ban['id']}/lift", json={})
        words = {"words": "Cold showers"}
        said = frank.post(f"{mia}/complaints", json=words, headers=once("complaint"))
        frank.post(f"{mia}/complaints", json=words, headers=once("complaint"))

        assert (asked.status_code, asked.get_json()["kind"]) == (202, "free_days")
        assert given.get_json()["ends_on"] == "2027-11-03"
        assert (line["days"], line["taken_back"]) == (3, False)
        assert back.get_json()["items"][0]["taken_back"] is True
        assert max_.get(path).get_json()["ends_on"] == "2027-10-31"
        assert (stopped.status_code, said.status_code, lifted.status_code) == (202, 201, 403)
        with app.app_context(), unit_of_work(write=False):
            assert len(db.session.scalars(select(Approval)).all()) == 2
            assert len(db.session.scalars(select(Task).where(Task.kind == "complaint")).all()) == 1


def test_a_walk_in_and_a_guest_pass_that_is_taken_back_by_program(client_of, app, cast):
    with time_machine.travel(MONDAY_NOON, tick=False), app.app_context(), unit_of_work():
        studio = open_studio(cast, names=("Mia",))
        class_id = studio.session(date(2026, 11, 27)).public_id
    with time_machine.travel(in_dhaka(date(2026, 11, 27), 17, 45), tick=False):
        max_, body = client_of("Max"), {"member_id": cast.public["Mia"]}
        came = max_.post(f"/api/v1/classes/{class_id}/walk-in", json=body, headers=once("act"))
        again = max_.post(f"/api/v1/classes/{class_id}/walk-in", json=body, headers=once("act"))
        nobody = max_.post("/api/v1/guests/nothing/withdraw")

    assert (came.status_code, came.get_json()["state"]) == (201, "attended")
    assert again.get_json() == came.get_json()
    assert nobody.status_code == 404
