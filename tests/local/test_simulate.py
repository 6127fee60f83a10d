"""`rebate simulate`: what it prints, and what it does with bad input."""

import json
from html.parser import HTMLParser

import pytest

from local.cli import main
from tests.local.retail import SETTINGS, shop_events, write_lines

FIGURES = {
    "orders",
    "members",
    "sales",
    "contributed",
    "rebated",
    "commissions",
    "cost_bps",
    "promised",
    "paid_bps",
    "never_bps",
    "waits",
    "nothing",
    "cleared",
    "by_month",
}


@pytest.fixture
def settings(tmp_path):
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(SETTINGS), encoding="utf-8")
    return file


@pytest.fixture
def history(tmp_path):
    return write_lines(tmp_path / "days.jsonl", shop_events(20))


@pytest.fixture
def printed(capsys):
    def run(*arguments):
        assert main(["simulate", *map(str, arguments)]) == 0
        return capsys.readouterr().out

    return run


def test_the_outcome_is_that_of_replay_and_the_report_has_its_figures(
    printed, settings, history, capsys
):
    told = printed("--history", history, "--settings", settings, "--no-schedules", "--json")
    found = json.loads(told)
    assert main(["replay", str(history), "--settings", str(settings), "--json"]) == 0
    expected = json.loads(capsys.readouterr().out)["outcome"]
    found["outcome"]["platform"] = {
        name: found["outcome"]["platform"][name] for name in expected["platform"]
    }
    assert found["outcome"] == expected
    assert set(found) == {"outcome", "report"}
    assert set(found["report"]) == FIGURES | {"plans"}
    assert set(found["report"]["plans"]["queue_rebate"]) == FIGURES
    (month,) = found["report"]["by_month"]
    assert set(month) == {"month", "sales", "contributed", "rebated", "promised", "owed"}


def test_the_report_adds_up(printed, settings):
    found = json.loads(printed("--orders", 500, "--settings", settings, "--json"))
    report, mall = found["report"], found["outcome"]["queues"]["mall"]
    paid = sum(each["paid"] for each in mall["entries"])
    promised = sum(each["entitlement"] for each in mall["entries"])
    assert (report["orders"], report["rebated"], report["promised"]) == (500, paid, promised)
    assert report["cost_bps"] == paid * 10_000 // report["sales"]
    assert report["by_month"][-1]["owed"] == promised - paid
    assert sum(month["rebated"] for month in report["by_month"]) == paid
    unpaid = [each for each in mall["entries"] if each["paid"] < each["entitlement"]]
    assert report["waits"]["unpaid"] == len(unpaid)


def test_several_settings_and_sweeps_are_told_beside_each_other(printed, settings):
    sweep = ["--sweep", "queue_rebate.extraction_bps=500,1000"]
    more = ["--sweep", "queue_rebate.entitlement.fixed_bps=2000,4000"]
    found = json.loads(
        printed("--orders", 100, "--settings", settings, settings, *sweep, *more, "--json")
    )
    assert len(found) == 8
    assert set(found[0]) == {"settings", "differs", "outcome", "report"}
    assert found[1]["differs"] == {
        "queue_rebate.extraction_bps": 500,
        "queue_rebate.entitlement.fixed_bps": 4000,
    }
    reports = [each["report"] for each in found]
    assert len({(each["rebated"], each["promised"]) for each in reports}) == 4
    told = printed("--orders", 100, "--settings", settings, *sweep)
    assert "queue_rebate.extraction_bps 1000" in told


def test_each_case_hears_the_senders_that_its_settings_bind(printed, history, tmp_path):
    file = tmp_path / "bound.json"
    file.write_text(
        json.dumps({**SETTINGS, "senders": {"shop": {"sources": ["shop.test"], "order_max": 9}}})
    )
    sweep = ["--sweep", "senders.shop.order_max=1,1000000000"]
    told = printed("--history", history, "--settings", file, *sweep, "--json", "--skip-bad")
    refused, heard = (each["report"]["orders"] for each in json.loads(told))
    assert (refused, heard) == (0, 20)


@pytest.mark.parametrize(
    ("own", "path"),
    [
        ({"alliance": {"dividend_bps": 1000, "heads_bps": [6000, 4000]}}, "alliance.heads_bps[1]"),
        ({"referral": {"ranks": [{"rank": "a", "bps": 50}]}}, "referral.ranks[0].bps"),
        ({"senders": {"shop.a=b": {"sources": ["a"]}}}, 'senders["shop.a=b"].order_max'),
    ],
)
def test_a_sweep_is_told_by_the_path_that_was_given(printed, tmp_path, own, path):
    file = tmp_path / "own.json"
    file.write_text(json.dumps({**SETTINGS, **own}))
    asked = ("--orders", 50, "--settings", file, "--sweep", f"{path}=100,200")
    found = json.loads(printed(*asked, "--json"))
    assert [each["differs"] for each in found] == [{path: 100}, {path: 200}]
    told = printed(*asked)
    assert f"{path} 100" in told
    assert f"{path} 200" in told


def test_a_number_that_is_not_set_can_be_swept(printed, settings):
    path = "queue_rebate.bounds.max_entitlement"
    found = json.loads(
        printed("--orders", 100, "--settings", settings, "--sweep", f"{path}=100,200", "--json")
    )
    assert [each["report"]["promised"] for each in found] == [10_000, 20_000]


def test_reports_alone_where_no_outcome_is_wanted(printed, settings):
    told = printed("--orders", 50, "--settings", settings, "--json", "--no-outcome")
    assert set(json.loads(told)) == {"report"}


def test_words_say_cost_share_never_paid_and_waits(printed, settings):
    told = printed("--orders", 1000, "--settings", settings)
    assert "1 000 orders of" in told
    assert "never paid at these ratios 90" in told
    assert "█" in told


def test_a_page_of_its_own_needs_nothing_from_elsewhere(printed, settings, tmp_path):
    file = tmp_path / "page.html"
    printed("--orders", 200, "--settings", settings, "--html", file)
    page = file.read_text(encoding="utf-8")
    assert "<svg" in page
    assert not {"http:", "https:", "<script", "<link"} & set(page.split())
    assert "//" not in page
    HTMLParser().feed(page)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("queue_rebate.extraktion_bps=1", 'nearest is "extraction_bps"'),
        ("queue_rebate.paused=1", "queue_rebate.paused"),
        ("queue_rebate..extraction_bps=1", 'nearest is "queue_rebate.extraction_bps"'),
        ("queue_rebate.extraction_bps[=1", 'nearest is "queue_rebate.extraction_bps"'),
        ('["queue_rebate.extraction_bps=1', 'nearest is "queue_rebate.extraction_bps"'),
        ("=1", "such as queue_rebate.extraction_bps=500"),
        ("order_queue.reward_bps=1", "order_queue.reward_bps"),
        ("queue_rebate.extraction_bps=", "--sweep"),
        ("queue_rebate.extraction_bps=1,x", "--sweep"),
        ("queue_rebate.extraction_bps=-1", "queue_rebate.extraction_bps"),
    ],
)
def test_a_sweep_over_no_number_is_bad_input_with_its_path(settings, capsys, path, said):
    arguments = ["simulate", "--orders", "9", "--settings", str(settings), "--sweep", path]
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert told.err.count("--sweep") <= 1


def test_settings_that_cannot_be_parsed_are_bad_input(tmp_path, capsys):
    file = tmp_path / "bad.json"
    file.write_text('{"currency": "CNY", "timezone": "Asia/Shanghai", "queue": {}}')
    assert main(["simulate", "--orders", "9", "--settings", str(file)]) == 2
    assert "queue" in capsys.readouterr().err


def test_events_that_would_be_set_aside_are_bad_input_with_their_lines(settings, history, capsys):
    with history.open("a", encoding="utf-8") as file:
        file.write("nonsense\n")
    arguments = ["simulate", "--history", str(history), "--settings", str(settings)]
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert (told.out, f"{history}: line " in told.err) == ("", True)
    assert main([*arguments, "--skip-bad"]) == 0


def test_a_refund_that_does_not_fit_is_bad_input(settings, history, capsys):
    lines = [{"line_id": "1", "amount": 9_999_999}]
    at = "2026-03-05T08:00:00+08:00"
    detail = {"order_id": "o1", "refund_id": "x", "refunded_at": at, "lines": lines}
    said = {"source": "shop.test", "detail-type": "OrderRefunded", "time": at, "detail": detail}
    with history.open("a", encoding="utf-8") as file:
        file.write(json.dumps(said) + "\n")
    assert main(["simulate", "--history", str(history), "--settings", str(settings)]) == 2
    assert "refund_exceeds_paid" in capsys.readouterr().err


def test_a_history_with_holes_is_simulated_and_says_what_was_left_out(
    settings, history, tmp_path, capsys
):
    events = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
    paid = [each for each in events if each["detail-type"] == "OrderPaid"]
    holes = write_lines(tmp_path / "holes.jsonl", [e for e in events if e != paid[0]])
    assert main(["simulate", "--history", str(holes), "--settings", str(settings)]) == 0
    told = capsys.readouterr()
    assert "left out: 1 orders" in told.err
    assert paid[0]["detail"]["order_id"] in told.err


def test_orders_are_made_like_those_of_a_history(printed, settings, history):
    told = printed("--fit", history, "--orders", 40, "--settings", settings, "--json")
    report = json.loads(told)["report"]
    assert report["orders"] == 40
    assert report["by_month"][0]["month"] == "2026-03"


@pytest.mark.parametrize("orders", ["0", "-1", "x", "1.5"])
def test_a_number_of_orders_that_is_none_is_bad_input(settings, orders, capsys):
    with_exit = ["simulate", "--orders", orders, "--settings", str(settings)]
    try:
        status = main(with_exit)
    except SystemExit as left:
        status = left.code
    assert status == 2
    assert "--orders" in capsys.readouterr().err


def test_a_stores_own_orders_are_played_under_its_own_settings(
    printed, settings, history, tmp_path, capsys
):
    store = tmp_path / "store"
    replay = ["replay", str(history), "--settings", str(settings), "--store", str(store), "--json"]
    assert main(replay) == 0
    expected = json.loads(capsys.readouterr().out)["outcome"]
    found = json.loads(printed("--store", store, "--no-schedules", "--json"))["outcome"]
    assert found["queues"] == expected["queues"]
    assert found["wallets"] == expected["wallets"]


def test_a_folder_that_is_no_store_is_bad_input(tmp_path, capsys):
    assert main(["simulate", "--store", str(tmp_path)]) == 2
    assert "is no store" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--days", "0"),
        ("--days", "3661"),
        ("--growth", "nan"),
        ("--growth", "101"),
        ("--starts", "2025-13-01"),
        ("--starts", "9999-01-01"),
        ("--season", "1,2"),
        ("--weekdays", "inf,1,1,1,1,1,1"),
        ("--weekdays", "0,0,0,0,0,0,0"),
        ("--repeat", "101"),
        ("--basket", "1.5"),
    ],
)
def test_demand_that_cannot_be_is_bad_input(settings, option, value, capsys):
    with pytest.raises(SystemExit) as left:
        main(["simulate", "--settings", str(settings), option, value])
    assert left.value.code == 2
    assert option in capsys.readouterr().err


def test_schedules_clear_and_pay_out_as_the_settings_have_them(printed, tmp_path):
    plan = {**SETTINGS["queue_rebate"], "clearing": {"every": "month", "day": 1}}
    file = tmp_path / "cleared.json"
    file.write_text(json.dumps({**SETTINGS, "queue_rebate": plan}))
    cleared = json.loads(printed("--orders", 300, "--settings", file, "--json"))
    kept = json.loads(printed("--orders", 300, "--settings", file, "--no-schedules", "--json"))
    statuses = {each["status"] for each in cleared["outcome"]["queues"]["mall"]["entries"]}
    assert "cleared" in statuses
    assert cleared["report"]["cleared"] > 0 == kept["report"]["cleared"]
