"""What operators see and change over HTTP (Rules 1.8, 8.5)."""

import copy
from urllib.parse import quote

import pytest

from functions.scheduled_clear.handler import handler as scheduled_clear
from rebate.contracts import api
from rebate.domain.plans.registry import PLANS
from tests.functions.cloud import OPERATOR, SETTINGS, bought, context, envelope, sample

FIGURES = {
    "pool": 0,
    "contributed": 2000,
    "retained": 1000,
    "borne": 0,
    "clawed_back": 0,
    "repurchased": 0,
}


def test_queues_are_shown_with_their_figures(cloud):
    cloud.send(
        bought("o1", "A"), bought("o2", "B"), bought("o3", "A", channel="store", store_id="W")
    )
    cloud.settle()
    status, body = cloud.as_operator("GET", "/v1/queues")
    assert status == 200
    assert [queue["queue"] for queue in body["queues"]] == ["mall", "store/W"]
    assert body["queues"][0] == {
        "queue": "mall",
        "kind": "mall",
        "plan": "queue_rebate",
        "entries": 2,
        "waiting": 2,
        "owed": 19000,
        **FIGURES,
        "cleared_at": None,
        "stalled": False,
        "name": None,
        "pace": {"days_seen": 7, "given": 0, "gifts": 0, "ever_paid_bps": None, "days": None},
    }
    assert body["next"] is None


def test_queues_can_be_asked_for_by_plan_and_store(cloud):
    cloud.send(
        bought("o1", "A"),
        bought("o2", "B", channel="store", store_id="W"),
        bought("o3", "C", channel="store", store_id="V"),
    )
    cloud.settle()

    def named(query):
        status, body = cloud.as_operator("GET", "/v1/queues", query=query)
        return status, [queue["queue"] for queue in body.get("queues", ())]

    assert named("plan=queue_rebate") == (200, ["mall", "store/V", "store/W"])
    assert named("plan=union") == (200, [])
    assert named("store=W") == (200, ["store/W"])
    assert named("store=W&plan=union") == (200, [])
    assert named("after=mall") == (200, ["store/V", "store/W"])
    assert named("plan=unions")[0] == 422


def test_a_queue_shows_who_waits_in_it(cloud):
    cloud.send(bought("o1", "A", 1000), bought("o2", "B"), bought("o3", "C"))
    cloud.settle()
    status, body = cloud.as_operator("GET", "/v1/queue", query="id=mall")
    assert status == 200
    assert body["queue"]["waiting"] == 2
    line = [(e["place"], e["member"], e["waiting"], e["ahead"]) for e in body["line"]]
    assert line == [(1, "B", 9000, 0), (2, "C", 10000, 9000)]


def test_a_queue_of_any_name_can_be_asked_for(cloud):
    cloud.use(_with(mall="per_product"))
    event = bought("o1", "A")
    event["detail"]["lines"] = [{"line_id": "1", "product_id": "a/b&c d", "paid": 100}]
    cloud.send(event)
    cloud.settle()
    status, body = cloud.as_operator("GET", "/v1/queue", query="id=product%2Fa%2Fb%26c+d")
    assert (status, body["queue"]["queue"]) == (200, "product/a/b&c d")


def test_a_queue_whose_product_is_off_sale_is_stalled(cloud):
    cloud.use(_with(mall="per_product"))
    cloud.send(sample("product_saved"), sample("order_paid"))
    cloud.settle()
    assert not cloud.as_operator("GET", "/v1/queues")[1]["queues"][0]["stalled"]
    off = {**envelope("product_saved", on_sale=False), "time": "2026-03-02T00:00:00Z"}
    cloud.send(off)
    assert cloud.as_operator("GET", "/v1/queues")[1]["queues"][0]["stalled"]
    query = "id=product/p-9"
    assert cloud.as_operator("GET", "/v1/queue", query=query)[1]["queue"]["stalled"]


def test_a_long_line_comes_in_pages(cloud, monkeypatch):
    monkeypatch.setattr(api, "PAGE_SIZE", 2)
    cloud.send(*(bought(f"o{n}", f"m{n}") for n in range(3)))
    cloud.settle()
    first = cloud.as_operator("GET", "/v1/queue", query="id=mall")[1]
    second = cloud.as_operator("GET", "/v1/queue", query=f"id=mall&after={first['next']}")[1]
    assert [e["order_id"] for e in first["line"] + second["line"]] == ["o0", "o1", "o2"]


def test_a_cleared_line_is_empty(cloud):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    scheduled_clear(sample("scheduled_clear"), context("scheduled_clear"))
    cloud.settle()
    body = cloud.as_operator("GET", "/v1/queue", query="id=mall")[1]
    assert (body["line"], body["queue"]["waiting"]) == ([], 0)
    assert body["queue"]["cleared_at"] == "2026-03-01T16:00:00Z"


def test_what_is_not_there_is_not_found(cloud):
    for path, query in (("/v1/queue", "id=store/X"), ("/v1/orders/o9", ""), ("/v1/nothing", "")):
        status, said = cloud.as_operator("GET", path, query=query)
        assert (status, said["code"]) == (404, "not_found")


def test_an_order_shows_its_whole_trace(cloud):
    settings = _with(entitlement={"fixed_bps": 10000, "by_level": {"silver": 5000}})
    cloud.use(settings)
    cloud.send(sample("order_paid"), sample("order_completed"), bought("o2", "B"))
    cloud.settle()
    cloud.send(sample("order_refunded"))
    cloud.settle()
    status, trace = cloud.as_operator("GET", "/v1/orders/o-1001")
    assert status == 200
    assert trace["settings_version"] == 2
    assert trace["completed_at"] == "2026-03-05T01:00:00Z"
    (line,) = trace["lines"]
    assert (line["paid"], line["refunded"], line["extraction_bps"]) == (16800, 6800, 1000)
    assert line["decided_by"] == "fixed of the plan"
    asked = [(choice["rule"], choice["outcome"]) for choice in line["passed_over"]]
    assert ("member level", "no ratio for level gold") in asked
    (refund,) = trace["refunds"]
    assert refund["amounts"] == {"1": 6800}
    (ticket,) = trace["tickets"]
    assert (ticket["queue"], ticket["joined"]) == ("mall", True)
    assert ticket["contributions"] == [{"line_id": "1", "settled": [1000], "retained": 1000}]
    assert (ticket["entries"][0]["entitlement"], ticket["entries"][0]["paid"]) == (10000, 1000)
    paid = next(row for row in trace["journal"] if row["order_id"] == "o2")
    payout = {"account": "wallet/cash/A", "amount": 1000, "entry": "o-1001/1", "reason": "queue"}
    assert payout in paid["postings"]


def test_an_order_that_is_not_paid_yet_shows_what_is_known(cloud):
    cloud.send(sample("order_completed"))
    trace = cloud.as_operator("GET", "/v1/orders/o-1001")[1]
    assert (trace["member"], trace["lines"], trace["tickets"]) == (None, [], [])


def test_an_order_that_is_not_settled_yet_has_a_ticket_without_entries(cloud):
    cloud.send(sample("order_paid"))
    (ticket,) = cloud.as_operator("GET", "/v1/orders/o-1001")[1]["tickets"]
    assert (ticket["joined"], ticket["entries"]) == (False, [])


@pytest.mark.parametrize("order", ["2026/03/o 1", "o?1#x"])
def test_an_order_of_any_name_can_be_asked_for(cloud, order):
    cloud.send(bought(order, "A"))
    query = f"id={quote(order, safe='')}"
    assert cloud.as_operator("GET", "/v1/order", query=query)[1]["order_id"] == order
    decoded = cloud.as_operator("GET", f"/v1/orders/{order}")[1]
    assert decoded["order_id"] == order


def test_how_long_a_queue_waits_is_foretold(cloud):
    """Orders of long ago give no pace: nothing is promised by it."""
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    status, seen = cloud.as_operator("GET", "/v1/queue/forecast", query="id=mall&days=30")
    assert (status, seen["owed"], seen["days"], seen["needed_bps"]) == (200, 19000, None, None)
    assert [each["place"] for each in seen["line"]] == [1, 2]
    assert cloud.as_operator("GET", "/v1/queue/forecast", query="id=none")[0] == 404
    for query in ("", "id=mall&days=0", "id=mall&days=-1", "id=mall&after=" + "9" * 19):
        status, said = cloud.as_operator("GET", "/v1/queue/forecast", query=query)
        assert (status, said["code"]) == (422, "invalid_request")
    assert cloud.as_member("A", "GET", "/v1/queue/forecast", query="id=mall")[0] == 403


def test_settings_are_changed_under_the_version_that_was_read(cloud):
    shown = cloud.as_operator("GET", "/v1/settings")[1]
    plans = list(PLANS.names)
    assert shown == {"version": 1, "settings": SETTINGS, "plans": plans, "planned": None}
    changed = _with(title="排队")
    status, saved = cloud.as_operator("PUT", "/v1/settings", {"version": 1, "settings": changed})
    assert (status, saved) == (200, {**shown, "version": 2, "settings": changed})
    assert cloud.as_operator("GET", "/v1/settings")[1] == saved


def test_a_second_save_is_refused_and_told_who_changed_what(cloud):
    """Pitfall 44: nobody undoes what another has saved meanwhile."""
    claims = {**OPERATOR, "username": "otto"}
    mine, other = _with(title="mine"), _with(title="another's")
    body = {"version": 1, "settings": other}
    assert cloud.request("PUT", "/v1/settings", body, claims=claims)[0] == 200
    status, said = cloud.as_operator("PUT", "/v1/settings", {"version": 1, "settings": mine})
    assert (status, said["code"]) == (409, "conflict")
    assert "otto changed queue_rebate.title since" in said["message"]
    assert cloud.as_operator("GET", "/v1/settings")[1]["settings"] == other
    status, said = cloud.as_operator("PUT", "/v1/settings", {"version": 9, "settings": mine})
    assert (status, "read them again" in said["message"]) == (409, True)


def test_saving_what_was_read_changes_nothing(cloud):
    """Pitfall 43: no key is left over, and none is filled in."""
    cloud.use({**SETTINGS, "guards": {"lottery_prize_max": 7}, "wallet": {"transfer": ["points"]}})
    read = cloud.as_operator("GET", "/v1/settings")[1]
    body = {"version": read["version"], "settings": read["settings"]}
    checked = cloud.as_operator("POST", "/v1/settings/check", {"settings": read["settings"]})[1]
    assert checked["changes"] == []
    saved = cloud.as_operator("PUT", "/v1/settings", body)[1]
    assert saved["settings"] == read["settings"]
    acts = cloud.as_operator("GET", "/v1/audit", query="what=settings")[1]["acts"]
    assert acts[0]["changes"][0]["after"] == {"version": saved["version"]}


def test_settings_that_are_saved_again_under_one_id_are_saved_once(cloud):
    asked = {"version": 1, "settings": _with(title="once"), "id": "s-1"}
    first = cloud.as_operator("PUT", "/v1/settings", asked)
    assert (first[0], first[1]["version"]) == (200, 2)
    assert cloud.as_operator("PUT", "/v1/settings", asked) == first
    status, said = cloud.as_operator("PUT", "/v1/settings", {**asked, "settings": SETTINGS})
    assert (status, said["code"]) == (409, "conflicting_event")
    later = {"version": 2, "settings": SETTINGS, "id": "s-2"}
    assert cloud.as_operator("PUT", "/v1/settings", later)[1]["version"] == 3
    assert cloud.as_operator("PUT", "/v1/settings", asked) == first
    assert cloud.as_operator("PUT", "/v1/settings", {**asked, "id": "s-3"})[1]["code"] == "conflict"
    assert cloud.as_operator("GET", "/v1/settings")[1]["version"] == 3


@pytest.mark.parametrize(
    ("languages", "message"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "必须是整数，而不是 1.5"),  # noqa: RUF001
        ("en-GB", "must be a whole number, not 1.5"),
        ("", "must be a whole number, not 1.5"),
    ],
)
def test_a_refusal_is_in_the_language_of_who_asks(cloud, languages, message):
    asked, headers = {"version": 1.5, "settings": {}}, {"accept-language": languages}
    status, said = cloud.as_operator("PUT", "/v1/settings", asked, headers=headers)
    assert (status, said["message"]) == (422, f"version: {message}")
    assert [(each["path"], each["message"]) for each in said["problems"]] == [("version", message)]


def test_a_locale_in_the_query_counts_more_than_what_the_program_prefers(cloud):
    for locale, languages, message in (
        ("zh-CN", "en", "不是此处的参数"),
        ("en", "zh-CN", "is no parameter of this"),
    ):
        headers, query = {"accept-language": languages}, f"locale={locale}&localle=x"
        status, said = cloud.as_operator("GET", "/v1/law-facts", query=query, headers=headers)
        assert (status, said["problems"][0]["message"]) == (422, message)


def test_settings_that_somebody_else_changed_meanwhile_are_not_overwritten(cloud):
    for status in (200, 409):
        asked = {"version": 1, "settings": _with(title=str(status))}
        answer, said = cloud.as_operator("PUT", "/v1/settings", asked)
        assert answer == status
    assert said["code"] == "conflict"
    assert cloud.as_operator("GET", "/v1/settings")[1]["settings"]["queue_rebate"]["title"] == "200"


def test_invalid_settings_are_refused_with_every_path(cloud):
    wrong = _with(extraction_bps=-1, titel="x")
    asked = {"version": 1, "settings": wrong}
    status, said = cloud.as_operator("PUT", "/v1/settings", asked)
    assert (status, said["code"]) == (422, "invalid_settings")
    assert [(problem["path"], problem["nearest"]) for problem in said["problems"]] == [
        ("queue_rebate.extraction_bps", None),
        ("queue_rebate.titel", "title"),
    ]
    assert cloud.as_operator("GET", "/v1/settings")[1]["version"] == 1


def test_settings_that_need_an_acknowledgement_say_so(cloud):
    referral = {"direct_bps": 500, "indirect_bps": 100, "max_depth": 3}
    asked = {"version": 1, "settings": {**SETTINGS, "referral": referral}}
    status, said = cloud.as_operator("PUT", "/v1/settings", asked)
    assert (status, said["code"]) == (422, "needs_acknowledgement")


def test_settings_that_give_back_more_than_the_lowest_margin_on_sale_say_so(cloud):
    """Rule 8.4: what is known of margins is what the shop saved with its products."""
    for product, margin in (("p1", 3000), ("p2", 999)):
        cloud.send(envelope("product_saved", product_id=product, margin_bps=margin))
    status, said = _put(cloud, SETTINGS)
    assert (status, said["code"]) == (422, "needs_acknowledgement")
    assert "its margin of 9.99 %" in said["problems"][0]["message"]
    (needed,) = _check(cloud, SETTINGS)[1]["acknowledge"]
    assert needed["item"].startswith("margin=")
    accepted = {**SETTINGS, "guards": {"acknowledged": [needed["item"]]}}
    assert _check(cloud, accepted)[1]["acknowledge"] == []
    assert _put(cloud, accepted)[0] == 200


@pytest.mark.parametrize(("before", "after"), [(1000, 9999), (1000, 10), (10000, 10000)])
def test_how_much_a_ratio_changes_is_the_senders_own_affair(cloud, before, after):
    cloud.use({**SETTINGS, "queue_rebate": {**SETTINGS["queue_rebate"], "extraction_bps": before}})
    rebate = {**SETTINGS["queue_rebate"], "extraction_bps": after}
    body = {"version": 2, "settings": {**SETTINGS, "queue_rebate": rebate}}
    assert cloud.as_operator("PUT", "/v1/settings", body)[0] == 200


def _put(cloud, settings):
    return cloud.as_operator("PUT", "/v1/settings", {"version": 1, "settings": settings})


def _check(cloud, settings):
    return cloud.as_operator("POST", "/v1/settings/check", {"settings": settings})


def test_settings_can_be_tried_without_saving_them(cloud):
    status, said = cloud.as_operator("POST", "/v1/settings/check", {"settings": SETTINGS})
    assert status == 200
    assert any(meaning["part"] == "queue_rebate" for meaning in said["means"])
    assert {"costs", "laws", "changes", "line", "acknowledge"} <= said.keys()
    assert any("排队" in meaning["text"] for meaning in said["means"])
    in_english = {"settings": SETTINGS, "locale": "en"}
    said = cloud.as_operator("POST", "/v1/settings/check", in_english)[1]
    assert any("earlier entries" in meaning["text"] for meaning in said["means"])
    wrong = {"settings": _with(extraction_bps=-1)}
    assert cloud.as_operator("POST", "/v1/settings/check", wrong)[0] == 422
    assert cloud.as_operator("GET", "/v1/settings")[1]["version"] == 1


@pytest.mark.parametrize(
    ("body", "status", "code", "path"),
    [
        ("no JSON", 400, "invalid_json", None),
        ("[]", 422, "invalid_request", ""),
        ({"settings": SETTINGS}, 422, "invalid_request", "version"),
        ({"version": "1", "settings": SETTINGS}, 422, "invalid_request", "version"),
        ({"version": 1, "settings": []}, 422, "invalid_request", "settings"),
        ({"version": 1, "setings": {}}, 422, "invalid_request", "settings"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_by_field(cloud, body, status, code, path):
    answer, said = cloud.as_operator("PUT", "/v1/settings", body)
    assert (answer, said["code"]) == (status, code)
    assert path is None or said["problems"][0]["path"] == path


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [("/v1/queue", "", "id"), ("/v1/order", "", "id"), ("/v1/queue", "id=mall&after=x", "after")],
)
def test_a_query_that_makes_no_sense_is_refused_by_field(cloud, path, query, field):
    status, said = cloud.as_operator("GET", path, query=query)
    assert (status, said["problems"][0]["path"]) == (422, field)


def _with(**changes):
    settings = copy.deepcopy(SETTINGS)
    settings["queue_rebate"] |= changes
    return settings
