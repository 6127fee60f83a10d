"""An acknowledgement holds for the figure that was acknowledged and whatever is milder (8.4)."""

from typing import Any

import pytest

from rebate.domain.errors import Rejected
from rebate.domain.money import Bps
from rebate.usecases.settings.save_settings import save_settings
from tests.fakes import FakeClock, MemoryStore

BASE: dict[str, Any] = {"currency": "CNY", "timezone": "Asia/Shanghai"}
DEPTH = "referral.max_depth"


class History:
    """Settings saved one version after another."""

    def __init__(self) -> None:
        self.store, self.version = MemoryStore(), 0

    def save(self, *acknowledged: str, margin: Bps | None = None, **plans: Any) -> str | None:
        document = {**BASE, **plans, "guards": {"acknowledged": list(acknowledged)}}
        try:
            saved = save_settings(
                self.store,
                FakeClock(),
                document,
                expects=self.version,
                by="op",
                margin_bps=margin,
            )
        except Rejected as rejected:
            return rejected.code.value
        self.version = saved.version
        return None

    def depth(self, depth: int, *acknowledged: str) -> str | None:
        return self.save(*acknowledged, referral={"max_depth": depth})

    def cost(self, bps: int, *acknowledged: str) -> str | None:
        plan = {"extraction_bps": bps, "entitlement": {"fixed_bps": 10_000}}
        return self.save(*acknowledged, margin=Bps(1000), queue_rebate=plan)


@pytest.mark.parametrize(
    ("acknowledged", "depth", "refused"),
    [
        ("referral.max_depth=3", 3, False),
        ("referral.max_depth=4", 3, False),
        ("referral.max_depth=3", 4, True),
        ("referral.max_depth=", 3, True),
        ("referral.max_depth=three", 3, True),
        ("margin=3", 3, True),
    ],
)
def test_a_depth_is_accepted_up_to_its_figure(acknowledged, depth, refused):
    assert (History().depth(depth, acknowledged) == "needs_acknowledgement") is refused


@pytest.mark.parametrize(("bps", "refused"), [(4500, False), (3000, False), (4501, True)])
def test_a_cost_above_the_margin_is_accepted_up_to_its_figure(bps, refused):
    assert (History().cost(bps, "margin=4500") == "needs_acknowledgement") is refused


def test_a_change_for_the_worse_asks_again():
    history = History()
    assert history.depth(3, f"{DEPTH}=3") is None
    assert history.depth(4, f"{DEPTH}=3") == "needs_acknowledgement"
    assert history.depth(4, f"{DEPTH}=4") is None
    assert history.depth(3, f"{DEPTH}=4") is None


def test_a_bare_name_holds_for_the_figure_of_the_version_that_first_had_it():
    history = History()
    assert history.depth(3, DEPTH) is None
    assert history.depth(2, DEPTH) is None
    assert history.depth(4, DEPTH) == "needs_acknowledgement"
    assert history.depth(3, DEPTH) is None
    assert history.depth(4, DEPTH, f"{DEPTH}=4") is None


def test_a_bare_name_that_was_away_is_given_anew():
    history = History()
    assert history.depth(3, DEPTH) is None
    assert history.depth(2) is None
    assert history.depth(5, DEPTH) is None
    assert history.depth(6, DEPTH) == "needs_acknowledgement"


def test_a_bare_margin_holds_for_the_cost_that_it_was_given_for():
    history = History()
    assert history.cost(4500, "margin") is None
    assert history.cost(4400, "margin") is None
    assert history.cost(4500, "margin") is None
    assert history.cost(4501, "margin") == "needs_acknowledgement"


def test_the_figure_that_has_to_be_acknowledged_is_named():
    history = History()
    with pytest.raises(Rejected, match=r'must hold "margin=4500"'):
        save_settings(
            history.store,
            FakeClock(),
            {**BASE, "queue_rebate": {"extraction_bps": 4500, "entitlement": {"fixed_bps": 1}}},
            expects=0,
            by="op",
            margin_bps=1000,
        )
