"""Which queues a clearing empties, and on which days (Rule 1.6.3)."""

from datetime import date

import pytest

from rebate.domain.clearings import Schedule
from rebate.domain.names import QueueId
from rebate.domain.plans.queue_rebate import PLAN


@pytest.mark.parametrize(
    ("queues", "queue", "covered"),
    [
        (None, "store/W", True),
        (("store/W",), "store/W", True),
        (("store/W",), "store/V", False),
        (("store",), "store/V", True),
        (("store",), "stores", True),
        (("cashier",), "cashiers", True),
        (("stores",), "store/V", False),
        (("mall",), "product/p", False),
        (("product",), "product/a/b", True),
    ],
)
def test_a_clearing_covers_the_queues_it_names(queues, queue, covered):
    name = PLAN.queue(QueueId(queue))
    assert name is not None
    assert Schedule(queues=queues and frozenset(queues)).covers(name) is covered


@pytest.mark.parametrize(
    ("clearing", "day", "on"),
    [
        (Schedule(), date(2026, 3, 4), True),
        (Schedule("week"), date(2026, 3, 2), True),
        (Schedule("week", weekday=7), date(2026, 3, 2), False),
        (Schedule("month"), date(2026, 3, 1), True),
        (Schedule("month", day=31), date(2026, 2, 28), True),
        (Schedule("month", day=31), date(2026, 3, 30), False),
    ],
)
def test_a_schedule_has_its_days(clearing, day, on):
    assert clearing.is_on(day) is on
