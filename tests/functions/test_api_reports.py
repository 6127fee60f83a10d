"""Reports and the liability over HTTP (rules 8.1 and 8.8)."""

import pytest

from tests.functions.cloud import bought


def sell(cloud):
    for number in (1, 2):
        at = f"2026-03-0{number}T10:00:00+08:00"
        cloud.send(bought(f"o{number}", f"m{number}", paid_at=at))
    cloud.settle()


def get(cloud, path, query=""):
    return cloud.as_operator("GET", path, query=query)


def test_operators_see_what_is_owed_by_queue_and_by_age(cloud):
    sell(cloud)
    status, said = get(cloud, "/v1/liability", "by=queue&locale=en")
    assert status == 200
    (mall,) = [row for row in said["rows"] if row["queue"] == "mall"]
    assert mall["waiting"] > 0
    assert said["waiting"] == sum(row["waiting"] for row in said["rows"])
    by_age = get(cloud, "/v1/liability", "by=age")[1]
    assert [row["month"] for row in by_age["rows"]] == ["2026-03"]
    assert by_age["waiting"] == said["waiting"]
    assert any("队列" in note for note in by_age["notes"])


def test_operators_see_what_days_came_to(cloud):
    sell(cloud)
    days = "from=2026-03-01&to=2026-03-31&plan=queue_rebate&locale=en"
    status, said = get(cloud, "/v1/reports/plans", days)
    assert status == 200
    assert [(row["plan"], row["orders"], row["sales"]) for row in said["rows"]] == [
        ("queue_rebate", 2, 20_000)
    ]
    assert {"name": "sales", "title": "Sales", "unit": "amount"} in said["columns"]


def test_a_report_can_be_had_as_a_file(cloud):
    sell(cloud)
    days = "from=2026-03-01&to=2026-03-31&format=csv"
    assert cloud.text("/v1/reports/months", query=days).startswith("\ufeff月份,方案")
    assert "2026-03" in cloud.text("/v1/liability", query="by=age&format=csv")


def test_the_law_of_a_queue_and_what_members_are_told_of_it(cloud):
    sell(cloud)
    status, said = get(cloud, "/v1/queue/law", "id=mall&locale=en")
    assert (status, said["queue"]) == (200, "mall")
    assert said["law"]["ever_paid_bps"] > 0
    assert get(cloud, "/v1/queue/law", "id=product/none")[0] == 404
    status, said = cloud.as_member("m1", "GET", "/v1/me/queue/facts", query="id=mall&locale=en")
    assert status == 200
    assert said["text"][0].startswith("This line was paid")
    assert cloud.as_member("x", "GET", "/v1/me/queue/facts", query="id=mall")[0] == 404


def test_operators_see_facts_of_law(cloud):
    status, said = get(cloud, "/v1/law-facts", "locale=en")
    assert status == 200
    assert "no legal advice" in said["lead"]
    assert {"id", "says", "source", "checked_on", "triggered"} <= said["facts"][0].keys()


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/v1/reports/plan", "", "name"),
        ("/v1/reports/plans", "from=yesterday", "from"),
        ("/v1/reports/plans", "from=2026-04-01&to=2026-03-01", "to"),
        ("/v1/reports/plans", "plan=none", "plan"),
        ("/v1/reports/plans", "format=pdf", "format"),
        ("/v1/reports/before-after", "", "plan"),
        ("/v1/liability", "by=member", "by"),
        ("/v1/liability", "locale=fr", "locale"),
    ],
)
def test_what_there_is_not_is_refused_by_its_name(cloud, path, query, field):
    status, said = get(cloud, path, query)
    assert (status, said["problems"][0]["path"]) == (422, field)
