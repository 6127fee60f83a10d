"""What settings mean, in plain words for the shopkeeper who is about to switch them on.

Nothing here promises a date or a full return (rule 8.4).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rebate.contracts.explain_queue_rebate import ever_paid, queue_rebate_sentences
from rebate.contracts.figures import money, percent
from rebate.contracts.problems import one_of
from rebate.contracts.scalars import WHOLE_BPS
from rebate.contracts.settings import (
    PLANS,
    Alliance,
    Guards,
    OrderQueue,
    RedPacket,
    Referral,
    Settings,
    Union,
    Wallet,
)
from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence about one part of the settings, such as `queue_rebate`."""

    part: str
    text: str

    def __str__(self) -> str:
        """Render the statement on one line."""
        return f"{self.part}: {self.text}"


def explain(settings: Settings) -> tuple[Statement, ...]:
    """Return what valid settings mean: each plan that is on, the wallet and the guards."""
    parts: Mapping[str, Callable[[Any, str], Iterator[str]]] = {
        "queue_rebate": queue_rebate_sentences,
        "order_queue": _order_queue,
        "alliance": _alliance,
        "red_packet": _red_packet,
        "union": _union,
        "referral": _referral,
    }
    found = [
        Statement(name, text)
        for name in settings.plans_on()
        for text in parts[name](getattr(settings, name), settings.currency)
    ]
    wallet = _wallet(settings.wallet, settings.currency)
    guards = _guards(settings.guards, settings.currency)
    return (
        *_plans(settings),
        *found,
        *(Statement("wallet", text) for text in wallet),
        *(Statement("guards", text) for text in guards),
    )


def _plans(settings: Settings) -> Iterator[Statement]:
    on = settings.plans_on()
    off = tuple(name for name in PLANS if name not in on)
    yield Statement("plans", f"on: {', '.join(on) or 'none'}; off: {', '.join(off) or 'none'}.")
    times = f"days begin at midnight in {settings.timezone}"
    yield Statement("plans", f"Amounts are in {settings.currency}; {times}.")


def _order_queue(plan: OrderQueue, _currency: str) -> Iterator[str]:
    reward, rewards = plan.reward_bps or 0, plan.rewards_to_exit
    yield f"When an order is {plan.settle_on}, {percent(reward)} of it goes to one waiting entry."
    if plan.referrer_first:
        yield "The oldest waiting entry of the buyer's referrer comes first, then the head."
    yield (
        f"An entry leaves after {rewards} rewards, so each entry that leaves needs {rewards} later "
        f"orders: of a number of orders at most one in {rewards} can ever leave."
    )
    if plan.repurchase:
        yield (
            "On leaving, the amount of the member's order is taken from the member's cash for a "
            "forced repurchase, if the cash covers it."
        )


def _alliance(plan: Alliance, currency: str) -> Iterator[str]:
    shares = ", ".join(map(percent, plan.heads_bps))
    yield (
        f"When an order is {plan.place_by}, {percent(plan.dividend_bps or 0)} of it (a merchant's "
        f"own concession where there is one) is split over {len(plan.heads_bps)} heads: {shares}."
    )
    yield f"An entry leaves when it has got {percent(plan.free_bps)} of its order."
    yield from ever_paid(plan.dividend_bps or 0, plan.free_bps, "")
    for store, terms in plan.merchants.items():
        if terms.concession_bps is not None:
            yield from ever_paid(terms.concession_bps, plan.free_bps, f"At merchant {store}: ")
    if sum(plan.heads_bps) < WHOLE_BPS:
        rest = percent(WHOLE_BPS - sum(plan.heads_bps))
        yield f"The shares leave {rest} of every contribution to nobody."
    yield from _alliance_bounds(plan, currency)


def _alliance_bounds(plan: Alliance, currency: str) -> Iterator[str]:
    if plan.min_paid:
        yield f"Orders below {money(plan.min_paid, currency)} take no part."
    if plan.max_paid is not None:
        yield f"Orders above {money(plan.max_paid, currency)} take no part."
    if plan.channels is not None:
        yield f"Only orders by {one_of(plan.channels)} take part."
    if plan.products is not None:
        yield f"Only orders of these products take part: {', '.join(plan.products)}."
    if plan.frequency is not None:
        yield f"A member takes part up to {plan.frequency.times} times a {plan.frequency.per}."


def _red_packet(plan: RedPacket, _currency: str) -> Iterator[str]:
    own, queue, average = plan.shares_bps.in_order if plan.shares_bps is not None else (0, 0, 0)
    yield (
        f"Each store's concession is split: {percent(own)} to the buyer at payment, "
        f"{percent(queue)} to the line, {percent(average)} equally to all that wait, "
        f"once a {plan.average_every}."
    )
    entitlement = plan.entitlement_bps or 0
    for store, terms in (plan.stores or {}).items():
        to_entries = terms.concession_bps * (queue + average) // WHOLE_BPS
        yield from ever_paid(to_entries, entitlement, f"At store {store}: ")


def _union(plan: Union, currency: str) -> Iterator[str]:
    share, quota = plan.profit_share_bps or 0, plan.quota_bps or 0
    yield (
        f"{percent(share)} of each order's profit goes to the day's pool; an order may get back "
        f"{percent(quota)} of what was paid, in order of purchase."
    )
    gives = share * plan.default_margin_bps // WHOLE_BPS
    yield from ever_paid(
        gives, quota, f"At the default margin, {percent(plan.default_margin_bps)}: "
    )
    if plan.payout_per_day is not None:
        yield f"At most {money(plan.payout_per_day, currency)} is paid a day."


def _referral(plan: Referral, _currency: str) -> Iterator[str]:
    yield (
        f"When an order is {plan.settle_on}, {percent(plan.direct_bps)} of it goes to the buyer's "
        f"referrer and {percent(plan.indirect_bps)} to the referrer's referrer, in cash."
    )
    if plan.ranks:
        ranks = ", ".join(f"{rank.rank} {percent(rank.bps)}" for rank in plan.ranks)
        yield f"Team ranks get the difference to what was paid below them: {ranks}."
    if plan.dividend is not None:
        dividend = plan.dividend
        yield (
            f"Once a {dividend.every} {percent(dividend.bps)} of the turnover is split among the "
            f"members of rank {dividend.rank}."
        )
    if plan.merchant_bps:
        base = "what the store concedes" if plan.merchant_base == "concession" else "its turnover"
        yield f"Who brought a store in gets {percent(plan.merchant_bps)} of {base}."
    yield from _depth(plan)


def _depth(plan: Referral) -> Iterator[str]:
    if plan.max_depth > 2:  # noqa: PLR2004 (the number of levels that the law names)
        yield (
            f"WARNING: rewards go up {plan.max_depth} levels. In China paying on three or more "
            "levels is treated as pyramid selling; this was acknowledged and is on record."
        )
    else:
        yield (
            f"Rewards go up {plan.max_depth} level{'s' if plan.max_depth > 1 else ''}. In China "
            "even two levels are no safe harbour: have it checked."
        )


def _wallet(wallet: Wallet, currency: str) -> Iterator[str]:
    per_day = wallet.withdraw_per_day
    limit = "without a daily limit" if per_day is None else f"up to {per_day} times a day"
    yield (
        f"Withdrawals from {money(wallet.withdraw_min, currency)}, {limit}, "
        f"fee {percent(wallet.withdraw_fee_bps)}."
    )
    yield f"Members may pass on: {', '.join(wallet.transfer) or 'nothing'}."


def _guards(guards: Guards, currency: str) -> Iterator[str]:
    if guards.rebates_per_day is None and guards.max_share_of_revenue_bps is None:
        yield "No cap on rebates, neither a day nor as a share of revenue."
    if guards.rebates_per_day is not None:
        yield f"At most {money(guards.rebates_per_day, currency)} of rebates are paid a day."
    if guards.max_share_of_revenue_bps is not None:
        yield f"At most {percent(guards.max_share_of_revenue_bps)} of the revenue is paid back."
    yield f"A lottery prize is worth at most {money(guards.lottery_prize_max, currency)}."
    if guards.acknowledged:
        yield f"Acknowledged risks: {', '.join(guards.acknowledged)}."
