"""Settings of red packets by store (订单排队领红包): rule 6."""

from collections.abc import Iterator, Mapping
from typing import Literal

from rebate.contracts.events_in import Channel
from rebate.contracts.figures import ever_paid, percent
from rebate.contracts.problems import Problem
from rebate.contracts.scalars import WHOLE_BPS, Bps, Days, Flag, Id, PartBps
from rebate.contracts.settings.fields import REQUIRED, setting
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.plans.plan_settings import (
    WHEN_ON,
    Cost,
    Moment,
    Period,
    PlanSettings,
    after_days,
    required,
    waits_for_nothing,
)
from rebate.contracts.validation import Strict
from rebate.domain.money import ZERO_BPS, share, sum_of
from rebate.domain.names import StoreId
from rebate.domain.plan import Moment as Due
from rebate.domain.plans.red_packet import PLAN, RedPacketTerms
from rebate.domain.queue_law import QueueLaw


class RedPacketStore(Strict):
    """One store's part in the red packets."""

    concession_bps: Bps = setting("Concession", "让利比例", "6.1", example=2000, default=REQUIRED)


_NO_SHARES = (ZERO_BPS, ZERO_BPS, ZERO_BPS)


class RedPacketShares(Strict):
    """How a concession is split; the three sum to 10 000."""

    own: PartBps = setting("Own-purchase reward", "自购奖", "6.2", example=3000, default=0)
    queue: PartBps = setting("Queue reward", "排队奖", "6.2", example=5000, default=0)
    average: PartBps = setting("Average reward", "平均奖", "6.2", example=2000, default=0)

    @property
    def in_order(self) -> tuple[Bps, Bps, Bps]:
        """The shares in the order in which left-over units are given (rule 6.2)."""
        return self.own, self.queue, self.average


class RedPacket(Strict):
    """Red packets by store (订单排队领红包): rule 6."""

    enabled: Flag = setting("On", "开启", "6", example=True, default=True)
    stores: Mapping[Id, RedPacketStore] | None = setting(
        "Stores",
        "参与门店",
        "6.1",
        example={"W": {"concession_bps": 2000}},
        note=WHEN_ON,
    )
    shares_bps: RedPacketShares | None = setting(
        "Shares",
        "奖励分配",
        "6.2",
        example={"own": 3000, "queue": 5000, "average": 2000},
        note=WHEN_ON,
    )
    entitlement_bps: Bps | None = setting(
        "Entitlement", "权益比例", "6.2", example=10000, note=WHEN_ON
    )
    place_by: Moment = setting(
        "Place by", "排队时间", "6.2", example="completed", default="completed"
    )
    average_every: Period = setting(
        "Average reward every", "平均奖周期", "6.2", example="day", default="day"
    )
    settle_after_days: Days = after_days()
    collect: Literal["auto", "by_member"] = setting(
        "Collecting",
        "领取方式",
        "6.2",
        example="by_member",
        default="auto",
        note="`by_member`: rewards are pending until the member collects them.",
    )


def _problems(plan: RedPacket, _settings: Settings) -> Iterator[Problem]:
    yield from required(plan, "red_packet", "stores", "shares_bps", "entitlement_bps")
    yield from waits_for_nothing(plan, "red_packet", "place_by")
    if plan.shares_bps is not None and sum_of(plan.shares_bps.in_order) != WHOLE_BPS:
        total = sum_of(plan.shares_bps.in_order)
        yield Problem("red_packet.shares_bps", f"must sum to 10000, not {total}")


def _costs(plan: RedPacket, channel: Channel, _margin_bps: Bps) -> Iterator[Cost]:
    if not plan.stores or channel == "mall":
        return
    store, terms = max(plan.stores.items(), key=lambda item: item[1].concession_bps)
    yield f"red_packet.stores.{store}.concession_bps", terms.concession_bps


def _laws(plan: RedPacket, _margin_bps: Bps | None) -> Iterator[QueueLaw]:
    _own, queue, average = plan.shares_bps.in_order if plan.shares_bps is not None else _NO_SHARES
    for store, terms in (plan.stores or {}).items():
        given = share(terms.concession_bps, queue + average)
        yield QueueLaw(f"red_packet/{store}", given, plan.entitlement_bps or ZERO_BPS)


def _terms(plan: RedPacket, _settings: Settings) -> RedPacketTerms:
    return RedPacketTerms(
        concessions_bps={
            StoreId(store): terms.concession_bps for store, terms in (plan.stores or {}).items()
        },
        shares_bps=plan.shares_bps.in_order if plan.shares_bps else _NO_SHARES,
        entitlement_bps=plan.entitlement_bps or ZERO_BPS,
        place_by=Due(plan.place_by),
        average_every=plan.average_every,
        by_member=plan.collect == "by_member",
        settle_after_days=plan.settle_after_days,
    )


def _words(plan: RedPacket, _currency: str) -> Iterator[str]:
    own, queue, average = plan.shares_bps.in_order if plan.shares_bps is not None else _NO_SHARES
    yield (
        f"Each store's concession is split: {percent(own)} to the buyer at payment, "
        f"{percent(queue)} to the line, {percent(average)} equally to all that wait, "
        f"once a {plan.average_every}."
    )
    for law, store in zip(_laws(plan, ZERO_BPS), plan.stores or {}, strict=True):
        yield from ever_paid(law.gives_bps, law.promises_bps, f"At store {store}: ")


SETTINGS = PlanSettings(
    plan=PLAN,
    model=RedPacket,
    title="Red packets by store",
    title_zh="订单排队领红包",
    rule="6",
    example={"enabled": False},
    refused={"shares_bps": {"own": 1}},
    problems=_problems,
    costs=_costs,
    terms=_terms,
    words=_words,
    laws=_laws,
)
