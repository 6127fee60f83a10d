"""What members see and do over HTTP (Rules 1.6.1, 1.8 and 1.4, 19 to 23)."""

import copy
from urllib.parse import quote

import pytest

from rebate.contracts import api
from rebate.usecases.queries import show_entries
from tests.functions.cloud import SETTINGS, bought, envelope, sample


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(api, "PAGE_SIZE", 2)


ALLIANCE = {
    "enabled": True,
    "place_by": "paid",
    "dividend_bps": 4000,
    "merchants": {"Z": {"concession_bps": 0}},
    "heads_bps": [7000, 3000],
    "direct_acceleration_bps": 1000,
}
LOTTERY = {"kind": "fixed", "prizes": [{"bps": 20000}]}


def test_an_entry_is_shown_with_its_place_and_what_stands_ahead(cloud):
    cloud.send(bought("o1", "A"), bought("o2", "B"), bought("o3", "A", 5000))
    cloud.settle()
    status, body = cloud.as_member("A", "GET", "/v1/me/entries")
    assert status == 200
    assert body["next"] is None
    assert body["entries"] == [
        _shown("o1", entitlement=10000, paid=1500, place=1, ahead=0, rewards=2),
        _shown("o3", entitlement=5000, paid=0, place=3, ahead=18500),
    ]


def test_entries_of_one_order_stand_one_behind_the_other(cloud):
    event = bought("o1", "A")
    event["detail"]["lines"] = [{"line_id": f"l/{n}", "paid": 1000 * n} for n in range(1, 40)]
    cloud.send(event)
    cloud.settle()
    entries = cloud.as_member("A", "GET", "/v1/me/entries")[1]["entries"]
    assert [(e["place"], e["ahead"], e["line_id"]) for e in entries[:3]] == [
        (1, 0, "l/1"),
        (2, 1000, "l/2"),
        (3, 3000, "l/3"),
    ]
    assert {entry["decided_by"] for entry in entries} == {"fixed of the plan"}


def mine(cloud, query):
    """Return the names of A's entries on all pages, and how many pages there were."""
    names, after, pages = [], "", 0
    while after is not None:
        asked = f"{query}&after={quote(after)}" if after else query
        status, page = cloud.as_member("A", "GET", "/v1/me/entries", query=asked)
        assert status == 200, page
        names += [f"{each['queue']} {each['entry']}" for each in page["entries"]]
        after, pages = page["next"], pages + 1
    return names, pages


def test_entries_are_found_by_state_and_plan_and_sorted(cloud, small_pages):
    cloud.use({**SETTINGS, "alliance": ALLIANCE})
    cloud.send(
        bought("o3", "A", 1000, paid_at="2026-03-01T10:00:00+08:00"),
        bought("x1", "B", 8000, paid_at="2026-03-01T10:01:00+08:00"),
        bought("o1", "A", 7000, paid_at="2026-03-01T10:02:00+08:00"),
        bought("x2", "B", 2000, paid_at="2026-03-01T10:03:00+08:00"),
        bought("o2", "A", 9000, paid_at="2026-03-01T10:04:00+08:00"),
    )
    cloud.settle()
    all_, _ = mine(cloud, "")
    assert len(all_) == 6
    for query in ("sort=newest", "sort=closest"):
        found, pages = mine(cloud, query)
        assert (sorted(found), pages) == (sorted(all_), 3)
    newest, _ = mine(cloud, "sort=newest&plan=queue_rebate")
    assert newest == ["mall o2/1", "mall o1/1", "mall o3/1"]
    done, _ = mine(cloud, "state=completed")
    waiting, _ = mine(cloud, "state=waiting")
    assert "mall o3/1" in done
    assert sorted(done + waiting) == sorted(all_)
    assert mine(cloud, "state=in_line")[0] == waiting
    closest, _ = mine(cloud, "state=in_line&sort=closest&plan=queue_rebate")
    assert closest == ["mall o1/1", "mall o2/1"]
    assert mine(cloud, "state=cleared&plan=union&sort=newest") == ([], 1)


def test_what_no_entry_can_be_is_refused_with_the_nearest(cloud):
    for query, name, nearest in (
        ("state=complete", "state", "completed"),
        ("plan=queue-rebate", "plan", "queue_rebate"),
        ("sort=new", "sort", "newest"),
    ):
        status, said = cloud.as_member("A", "GET", "/v1/me/entries", query=query)
        assert (status, said["problems"][0]["path"]) == (422, name)
        assert said["problems"][0]["nearest"] == nearest


def test_no_more_orders_are_sorted_than_one_answer_takes(cloud, monkeypatch):
    monkeypatch.setattr(show_entries, "TICKETS_SORTED_MAX", 1)
    cloud.send(bought("o1", "A"), bought("o2", "A"))
    cloud.settle()
    status, said = cloud.as_member("A", "GET", "/v1/me/entries", query="sort=newest")
    assert (status, said["code"]) == (422, "over_limit")
    assert cloud.as_member("A", "GET", "/v1/me/entries")[0] == 200


def test_an_entry_that_is_done_has_no_place(cloud):
    cloud.send(bought("o1", "A", 1000), bought("o2", "B"))
    cloud.settle()
    (entry,) = cloud.as_member("A", "GET", "/v1/me/entries")[1]["entries"]
    assert entry["status"] == "completed"
    assert (entry["place"], entry["ahead"], entry["waiting"], entry["exchange"]) == (
        None,
        None,
        0,
        {},
    )


def test_entries_of_all_plans_are_shown(cloud):
    order_queue = {"reward_bps": 3000, "rewards_to_exit": 5}
    cloud.use({**SETTINGS, "order_queue": order_queue})
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    entries = cloud.as_member("A", "GET", "/v1/me/entries")[1]["entries"]
    counted = next(entry for entry in entries if entry["queue"] == "order_queue")
    assert counted | {"paid_at": None} == _shown("o1", queue="order_queue", place=1, ahead=0) | {
        "entry": "o1",
        "line_id": None,
        "entitlement": None,
        "waiting": None,
        "paid": 3000,
        "paid_by_reason": {"queue": 3000},
        "rewards": 1,
        "progress_bps": 2000,
        "ratio_bps": None,
        "decided_by": None,
        "exchange": {},
        "paid_at": None,
    }


def test_entries_come_in_pages(cloud, small_pages):
    cloud.send(*(bought(f"o{n}", "A") for n in range(3)))
    cloud.settle()
    first = cloud.as_member("A", "GET", "/v1/me/entries")[1]
    assert [entry["order_id"] for entry in first["entries"]] == ["o0", "o1"]
    query = f"after={first['next'].replace('#', '%23')}"
    second = cloud.as_member("A", "GET", "/v1/me/entries", query=query)[1]
    assert [entry["order_id"] for entry in second["entries"]] == ["o2"]
    assert second["next"] is None


def test_one_page_says_what_one_has_waits_for_and_was_paid(cloud):
    cloud.send(bought("o1", "A"), bought("o2", "B"), bought("o3", "A", 5000))
    cloud.settle()
    status, seen = cloud.as_member("A", "GET", "/v1/me")
    code = cloud.as_member("A", "GET", "/v1/me/invite")[1]["code"]
    assert status == 200
    assert seen == {
        "member": "A",
        "nickname": None,
        "avatar_url": None,
        "level": None,
        "rank": None,
        "currency": "CNY",
        "figures": {"available": 1500, "pending": 0, "in_line": 13500, "paid": 1500},
        "invite": {"code": code, "link": None},
    }
    nothing = cloud.as_member("N", "GET", "/v1/me")[1]["figures"]
    assert nothing == {"available": 0, "pending": 0, "in_line": 0, "paid": 0}


def test_what_is_cleared_waits_no_more_and_what_is_held_is_pending(cloud):
    cloud.use(_with(hold_days=7))
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    figures = cloud.as_member("A", "GET", "/v1/me")[1]["figures"]
    assert figures == {"available": 0, "pending": 1000, "in_line": 9000, "paid": 1000}


@pytest.mark.parametrize(("switch", "hidden"), [("earned", "paid"), ("waiting", "in_line")])
def test_figures_that_the_shop_hides_are_null(cloud, switch, hidden):
    cloud.use(_with(display={switch: False}))
    cloud.send(bought("o1", "A"))
    cloud.settle()
    figures = cloud.as_member("A", "GET", "/v1/me")[1]["figures"]
    assert {name for name, figure in figures.items() if figure is None} == {hidden}


def test_an_order_that_is_not_settled_yet_has_no_entry(cloud):
    cloud.send(bought("o1", "A"))
    assert cloud.as_member("A", "GET", "/v1/me/entries")[1]["entries"] == []


def test_titles_are_the_shops(cloud):
    cloud.use(_with(title="排队返利", exchange_title="兑换"))
    titles = cloud.as_member("A", "GET", "/v1/me/entries")[1]["titles"]
    assert titles == {"plan": "排队返利", "exchange": "兑换"}


@pytest.mark.parametrize(
    ("switch", "hidden"),
    [
        ("progress", {"queue", "place", "ahead", "progress_bps", "exchange"}),
        ("earned", {"paid", "paid_by_reason"}),
        ("waiting", {"waiting"}),
        ("member", set()),
        ("waiting_amount", set()),
    ],
)
def test_what_the_shop_hides_is_hidden(cloud, switch, hidden):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    (all_,) = cloud.as_member("A", "GET", "/v1/me/entries")[1]["entries"]
    cloud.use(_with(display={switch: False}))
    (some,) = cloud.as_member("A", "GET", "/v1/me/entries")[1]["entries"]
    assert {name for name in all_ if all_[name] != some[name]} == hidden
    assert not any(some[name] for name in hidden)


def test_a_converted_entry_shows_as_completed(cloud):
    cloud.use(_with(random_return={"cash": 0, "points": 1}))
    cloud.send(bought("o1", "A"))
    cloud.settle()
    (entry,) = cloud.as_member("A", "GET", "/v1/me/entries")[1]["entries"]
    assert (entry["status"], entry["conversion"]) == ("completed", None)
    trace = cloud.as_operator("GET", "/v1/orders/o1")[1]
    assert trace["tickets"][0]["entries"][0]["status"] == "converted"


def test_a_wallet_shows_balances_and_what_moved_last(cloud):
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    cloud.send(bought("o3", "B", 2000))
    cloud.settle()
    status, wallet = cloud.as_member("A", "GET", "/v1/me/wallet")
    assert (status, wallet["balances"], wallet["next"]) == (200, {"cash": 1200}, None)
    assert [row["movements"] for row in wallet["statement"]] == [
        [_moved(200, "o3")],
        [_moved(1000, "o2")],
    ]


def test_a_statement_comes_in_pages(cloud, small_pages):
    for order, member in (("o0", "A"), ("o1", "B"), ("o2", "B"), ("o3", "B")):
        cloud.send(bought(order, member, 1000))
        cloud.settle()
    first = cloud.as_member("A", "GET", "/v1/me/wallet")[1]
    assert [row["movements"][0]["order_id"] for row in first["statement"]] == ["o3", "o2"]
    query = f"after={first['next'].replace('#', '%23')}"
    second = cloud.as_member("A", "GET", "/v1/me/wallet", query=query)[1]
    assert [row["movements"][0]["order_id"] for row in second["statement"]] == ["o1"]
    assert second["next"] is None


def test_a_new_member_has_nothing_yet(cloud):
    assert cloud.as_member("N", "GET", "/v1/me/entries")[1]["entries"] == []
    wallet = cloud.as_member("N", "GET", "/v1/me/wallet")[1]
    nothing = {"balances": {}, "statement": [], "on_its_way": [], "collectable": 0}
    assert wallet == {"member": "N", "next": None, **nothing}


def test_what_is_on_its_way_is_told_with_the_end_of_each_hold(cloud):
    cloud.use(_with(hold_days=7))
    cloud.send(bought("o1", "A"), bought("o2", "A"), bought("o3", "B"))
    done = {"order_id": "o1", "completed_at": "2026-03-04T10:00:00+08:00"}
    cloud.send(envelope("order_completed", **done))
    cloud.send(bought("o4", "B", 95000))
    cloud.settle()
    wallet = cloud.as_member("A", "GET", "/v1/me/wallet")[1]
    assert wallet["balances"] == {"pending": 11500}
    assert wallet["on_its_way"] == [
        {"amount": 10000, "available_at": "2026-03-11T02:00:00Z"},
        {"amount": 1500, "available_at": None},
    ]


def test_queues_are_named_as_the_shop_calls_what_they_are_of(cloud):
    cloud.use({**SETTINGS, "timezone": "Europe/Berlin"})
    cloud.send(
        {"detail-type": "StoreSaved", "detail": {"store_id": "W", "name": "面包房"}},
        bought("o1", "A", channel="store", store_id="W"),
        bought("o2", "A"),
    )
    cloud.settle()
    seen = cloud.as_member("A", "GET", "/v1/me/entries")[1]
    assert (seen["names"], seen["timezone"]) == ({"store/W": "面包房"}, "Europe/Berlin")


def test_a_statement_tells_what_one_entry_got_of_one_queue(cloud):
    cloud.use({**SETTINGS, "alliance": ALLIANCE})
    cloud.send(bought("o1", "A"), bought("o2", "A"), bought("o3", "B"))
    cloud.settle()
    query = "entry=o1/1&queue=mall"
    lines = cloud.as_member("A", "GET", "/v1/me/statement", query=query)[1]["lines"]
    assert {(line["source"], line["entry"]) for line in lines} == {("mall", "o1/1")}
    assert sum(line["amount"] for line in lines) == 2000


def test_the_line_shows_who_waits_for_what(cloud):
    cloud.send(sample("member_saved"), bought("o1", "A"), bought("o2", "B"), bought("o3", "B", 50))
    cloud.settle()
    status, seen = cloud.as_member("B", "GET", "/v1/me/queue", query="id=mall")
    person = {"nickname": "小明", "avatar_url": "https://shop.example/avatars/a.png"}
    nobody = {"nickname": None, "avatar_url": None}
    assert (status, seen) == (
        200,
        {
            "queue": "mall",
            "earned": 0,
            "earned_by_reason": {},
            "waiting": 10050,
            "line": [
                {"place": 1, "mine": False, "person": person, "waiting": 8995},
                {"place": 2, "mine": True, "person": nobody, "waiting": 10000},
                {"place": 3, "mine": True, "person": nobody, "waiting": 50},
            ],
            "next": None,
        },
    )


def test_rewards_are_told_by_kind(cloud):
    """Rule 5.7: in the statement, of each entry, and of all one's entries of a queue."""
    cloud.use({**SETTINGS, "alliance": ALLIANCE})
    gives_nothing = {"channel": "store", "store_id": "Z"}
    cloud.send(
        envelope("member_saved", member_id="B", referrer_id="A"),
        bought("o1", "X", **gives_nothing),
        bought("o2", "A", **gives_nothing),
        bought("o3", "B"),
    )
    cloud.settle()
    kinds = {"queue": 900, "direct": 1000}
    seen = cloud.as_member("A", "GET", "/v1/me/queue", query="id=alliance")[1]
    assert (seen["earned"], seen["earned_by_reason"]) == (1900, kinds)
    (entry,) = _entries_of(cloud, "A", "alliance")
    assert (entry["paid"], entry["paid_by_reason"]) == (1900, kinds)
    moved = _moved_for(cloud, "A", "o2")
    assert [(each["reason"], each["order_id"]) for each in moved] == [
        ("direct", "o3"),
        ("queue", "o3"),
    ]
    back = [{"line_id": "1", "amount": 9000}]
    cloud.send(envelope("order_refunded", order_id="o2", lines=back))
    cloud.settle()
    seen = cloud.as_member("A", "GET", "/v1/me/queue", query="id=alliance")[1]
    assert (seen["earned"], seen["earned_by_reason"]) == (1000, kinds | {"clawed_back": -900})


def test_the_line_hides_what_the_shop_hides(cloud):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    cloud.use(_with(display={"member": False, "waiting_amount": False, "earned": False}))
    seen = cloud.as_member("A", "GET", "/v1/me/queue", query="id=mall")[1]
    assert seen["line"] == [{"place": 1, "mine": True, "person": None, "waiting": None}]
    assert (seen["earned"], seen["earned_by_reason"], seen["waiting"]) == (None, None, 10000)
    cloud.use(_with(display={"progress": False, "waiting": False}))
    seen = cloud.as_member("A", "GET", "/v1/me/queue", query="id=mall")[1]
    assert (seen["line"], seen["waiting"]) == ([], None)


def test_a_long_line_comes_in_pages(cloud, small_pages):
    cloud.send(*(bought(f"o{n}", "A") for n in range(3)))
    cloud.settle()
    first = cloud.as_member("A", "GET", "/v1/me/queue", query="id=mall")[1]
    query = f"id=mall&after={first['next']}"
    second = cloud.as_member("A", "GET", "/v1/me/queue", query=query)[1]
    places = [entry["place"] for entry in first["line"] + second["line"]]
    assert places == [1, 2, 3]
    assert (len(first["line"]), second["next"]) == (2, None)


def test_a_queue_that_one_does_not_stand_in_is_not_shown(cloud):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    status, said = cloud.as_member("B", "GET", "/v1/me/queue", query="id=mall")
    assert (status, said["code"]) == (404, "unknown_entry")


def test_an_exchange_gives_what_the_entry_lacked(cloud):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    assert _exchange(cloud, "A") == (204, None)
    assert cloud.wallets() == {"A": {"points": 5000}}
    (entry,) = cloud.as_member("A", "GET", "/v1/me/entries")[1]["entries"]
    assert entry["status"] == "exchanged"
    assert entry["conversion"] == {"pocket": "points", "ratio_bps": 5000, "amount": 5000}


@pytest.mark.parametrize(
    ("member", "changes", "status", "code"),
    [
        ("B", {}, 403, "not_yours"),
        ("A", {"entry": "o9/1"}, 404, "unknown_entry"),
        ("A", {"queue": "store/W"}, 404, "unknown_entry"),
        ("A", {"into": "voucher"}, 422, "exchange_off"),
        ("A", {"into": "gold"}, 422, "invalid_request"),
    ],
)
def test_an_exchange_that_cannot_be_is_refused(cloud, member, changes, status, code):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    answer, said = _exchange(cloud, member, **changes)
    assert (answer, said["code"]) == (status, code)
    assert cloud.wallets() == {}


def test_an_entry_is_exchanged_once(cloud):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    _exchange(cloud, "A")
    status, said = _exchange(cloud, "A")
    assert (status, said["code"]) == (409, "entry_not_waiting")


def test_an_entry_of_the_lottery_may_be_drawn_once(cloud):
    cloud.use(_with(entitlement={"fixed_bps": 10000, "lottery": LOTTERY}))
    cloud.send(bought("o1", "A"))
    cloud.settle()
    (entry,) = cloud.as_member("A", "GET", "/v1/me/entries")[1]["entries"]
    assert (entry["may_draw"], entry["drawn"]) == (True, False)
    asked = {"queue": "mall", "entry": "o1/1"}
    assert cloud.as_member("A", "POST", "/v1/me/entries/draw", asked) == (204, None)
    (entry,) = cloud.as_member("A", "GET", "/v1/me/entries")[1]["entries"]
    assert (entry["may_draw"], entry["drawn"], entry["entitlement"]) == (False, True, 20000)
    status, said = cloud.as_member("A", "POST", "/v1/me/entries/draw", asked)
    assert (status, said["code"]) == (409, "already_drawn")
    assert cloud.as_member("B", "POST", "/v1/me/entries/draw", asked)[0] == 403


def test_the_queue_of_an_entry_that_may_be_drawn_is_named(cloud):
    entitlement = {"fixed_bps": 10000, "lottery": LOTTERY}
    cloud.use(_with(entitlement=entitlement, display={"progress": False}))
    cloud.send(bought("o1", "A"))
    cloud.settle()
    (entry,) = cloud.as_member("A", "GET", "/v1/me/entries")[1]["entries"]
    assert entry["queue"] == "mall"


def _entries_of(cloud, member, queue):
    entries = cloud.as_member(member, "GET", "/v1/me/entries")[1]["entries"]
    return [entry for entry in entries if entry["queue"] == queue]


def _moved_for(cloud, member, entry):
    statement = cloud.as_member(member, "GET", "/v1/me/wallet")[1]["statement"]
    return [each for row in statement for each in row["movements"] if each["entry"] == entry]


def _exchange(cloud, member, **changes):
    body = {"queue": "mall", "entry": "o1/1", "into": "points"} | changes
    return cloud.as_member(member, "POST", "/v1/me/entries/exchange", body)


def _moved(amount, order):
    return {
        "kind": "contribution",
        "pocket": "cash",
        "amount": amount,
        "order_id": order,
        "entry": "o1/1",
        "reason": "queue",
    }


def _with(**changes):
    settings = copy.deepcopy(SETTINGS)
    settings["queue_rebate"] |= changes
    return settings


def _shown(order, *, queue="mall", entitlement=10000, paid=0, place, ahead, rewards=0):
    return {
        "queue": queue,
        "entry": f"{order}/1",
        "order_id": order,
        "line_id": "1",
        "member": "A",
        "paid_at": "2026-03-01T02:00:00Z",
        "completed_at": None,
        "status": "waiting",
        "entitlement": entitlement,
        "paid": paid,
        "paid_by_reason": {"queue": paid} if paid else {},
        "waiting": entitlement - paid,
        "rewards": rewards,
        "ratio_bps": 10000,
        "decided_by": "fixed of the plan",
        "place": place,
        "ahead": ahead,
        "progress_bps": paid * 10000 // entitlement,
        "exchange": {"points": (entitlement - paid) // 2},
        "may_draw": False,
        "drawn": False,
        "conversion": None,
        "merged_from": None,
        "merged_into": None,
    }
