"""Every route says who may call it, and keeps its word."""

from flask import Flask

from clubcrm.core.policy import policy_of, public

REASONED_KINDS = ("public", "device", "link", "signed_in")


def own_rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def address_of(rule):
    """Return the address of a rule with a stand-in for each argument."""
    values = dict.fromkeys(rule.arguments, "1")
    built = rule.build(values, append_unknown=False)
    assert built is not None
    return built[1]


def bare_routes(app):
    return {
        rule.endpoint
        for rule in own_rules(app)
        if policy_of(app.view_functions[rule.endpoint]) is None
    }


def silent_routes(app):
    policies = {
        rule.endpoint: policy_of(app.view_functions[rule.endpoint]) for rule in own_rules(app)
    }
    return {
        name
        for name, policy in policies.items()
        if policy is not None and policy.kind in REASONED_KINDS and not policy.why.strip()
    }


def test_every_route_declares_its_policy(app):
    assert bare_routes(app) == set()


def test_open_routes_state_their_reason(app):
    assert silent_routes(app) == set()


def test_stranger_is_turned_away_from_every_closed_route(app):
    client = app.test_client()
    wrongly_open = []
    for rule in own_rules(app):
        policy = policy_of(app.view_functions[rule.endpoint])
        if policy is None or policy.kind not in ("right", "signed_in"):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(address_of(rule), method=method)
            if answer.status_code not in (302, 400, 401, 403):
                wrongly_open.append(f"{method} {rule.rule} {answer.status_code}")

    assert wrongly_open == []


def test_get_routes_are_never_the_only_door_to_a_change(app):
    words = ("delete", "remove", "cancel", "send", "finish", "revoke", "lift", "release")
    changing = [
        rule.rule
        for rule in own_rules(app)
        if rule.methods == {"GET", "HEAD", "OPTIONS"} and rule.rule.rsplit("/", 1)[-1] in words
    ]

    assert changing == []


def test_planted_routes_without_policy_or_reason_are_found():
    app = Flask(__name__)
    app.add_url_rule("/bare", "bare", lambda: "")
    app.add_url_rule("/silent", "silent", public("")(lambda: ""))
    app.add_url_rule("/fine", "fine", public("the sign-in page")(lambda: ""))

    assert bare_routes(app) == {"bare"}
    assert silent_routes(app) == {"silent"}
