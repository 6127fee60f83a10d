"""Plans are told apart by their names, and queues by what their ids say (contracts, section 3)."""

from typing import Any

import pytest

from rebate.domain.names import QueueId
from rebate.domain.plans import red_packet
from rebate.domain.plans.registry import PLANS
from rebate.domain.queue_names import QueueKind
from rebate.domain.records import replace


@pytest.mark.parametrize(
    ("change", "shared"),
    [
        ({}, "names"),
        ({"name": "fourth"}, "kinds of queues"),
        ({"name": "fourth", "kinds": (QueueKind("fourth"),)}, "runs"),
    ],
)
def test_plans_share_no_name(change: dict[str, Any], shared: str) -> None:
    before = PLANS.plans
    other = replace(red_packet.PLAN, **change)
    with pytest.raises(AssertionError, match=shared), PLANS.including(other):
        pass
    assert PLANS.plans == before


@pytest.mark.parametrize(
    ("queue", "kind", "owner"),
    [
        ("mall", "mall", None),
        ("product/a/b", "product", "a/b"),
        ("stores", "stores", None),
        ("cashier/Old Town", "cashier", "Old Town"),
        ("red_packet/W", "red_packet", "W"),
        ("referral/o-1", "referral", "o-1"),
    ],
)
def test_an_id_is_parsed_into_its_kind_and_owner(queue: str, kind: str, owner: str | None) -> None:
    name = PLANS.queue(QueueId(queue))
    assert name is not None
    assert (name.kind.name, name.owner, name.id) == (kind, owner, queue)


@pytest.mark.parametrize(
    "queue", ["", "malls", "mall/", "mall/x", "product", "product/", "store", "union/W", "/mall"]
)
def test_what_is_no_queues_id_is_of_no_plan(queue: str) -> None:
    assert PLANS.queue(QueueId(queue)) is None


def test_queues_of_one_event_are_settled_plan_by_plan_and_unknown_ones_last() -> None:
    """Rule 8.4."""
    queues = ["later/x", "referral/o", "union", "red_packet/W", "alliance", "order_queue", "mall"]
    assert sorted(map(QueueId, queues), key=PLANS.rank) == queues[::-1]


def test_a_run_is_known_by_its_name() -> None:
    assert PLANS.run("average")[0] is red_packet.PLAN
    with pytest.raises(LookupError):
        PLANS.run("never")
