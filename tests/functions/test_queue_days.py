"""The last days of a queue over HTTP (Rules 8.2 and 8.8)."""

from datetime import timedelta

from rebate.bootstrap import app
from rebate.domain.times import datetime_of
from tests.functions.cloud import bought


def asked(cloud, query):
    return cloud.as_operator("GET", "/v1/queue/days", query=query)


def test_days_begin_with_the_first_on_which_anything_was_settled(cloud):
    now = datetime_of(app().clock.now())
    for number, ago in ((1, 4), (2, 2), (3, 2)):
        at = (now - timedelta(days=ago)).isoformat()
        cloud.send(bought(f"o{number}", f"m{number}", paid_at=at))
    cloud.settle()
    status, body = asked(cloud, "id=mall")
    assert status == 200
    assert body["queue"] == "mall"
    days = [(day["entries"], day["promised"], day["paid"]) for day in body["days"]]
    assert days[0][0] == 1
    assert [entries for entries, _, _ in days] == [1, 0, 2, 0, 0]
    assert days[1] == (0, 0, 0)
    assert days[0][2] == 0
    assert days[2][2] > 0
    assert sum(promised for _, promised, _ in days) == 3 * 10_000


def test_what_was_settled_long_ago_is_no_day_of_zeros(cloud):
    cloud.send(bought("o1", "A", paid_at="2020-03-01T10:00:00+08:00"))
    cloud.settle()
    assert asked(cloud, "id=mall") == (200, {"queue": "mall", "days": []})


def test_of_a_queue_that_there_is_not_there_are_no_days(cloud):
    assert asked(cloud, "id=mall")[0] == 404
    assert asked(cloud, "")[0] == 422
