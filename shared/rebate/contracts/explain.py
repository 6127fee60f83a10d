"""What settings mean, in plain words for the shopkeeper who is about to switch them on.

Nothing here promises a date or a full return (rule 8.4).
"""

from collections.abc import Iterator

from rebate.contracts.figures import money, percent
from rebate.contracts.settings import Guards, Settings, WalletSettings
from rebate.contracts.settings.plans import all_plan_settings
from rebate.domain.plans.registry import PLANS
from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class SettingsStatement:
    """One sentence about one part of the settings, such as `queue_rebate`."""

    part: str
    text: str

    def __str__(self) -> str:
        """Render the statement on one line."""
        return f"{self.part}: {self.text}"


def explain(settings: Settings) -> tuple[SettingsStatement, ...]:
    """Return what valid settings mean: each plan that is on, the wallet and the guards."""
    wallet = _wallet(settings.wallet, settings.currency)
    guards = _guards(settings.guards, settings.currency)
    return (
        *_plans(settings),
        *_words_of_plans(settings),
        *(SettingsStatement("wallet", text) for text in wallet),
        *(SettingsStatement("guards", text) for text in guards),
        *(SettingsStatement("archive_days", text) for text in _archive(settings)),
    )


def _words_of_plans(settings: Settings) -> Iterator[SettingsStatement]:
    for described in all_plan_settings():
        plan = described.of(settings)
        if plan is not None and plan.enabled:
            for text in described.words(plan, settings.currency):
                yield SettingsStatement(described.plan.name, text)


def _plans(settings: Settings) -> Iterator[SettingsStatement]:
    on = settings.plans_on()
    off = tuple(name for name in PLANS.names if name not in on)
    yield SettingsStatement(
        "plans", f"on: {', '.join(on) or 'none'}; off: {', '.join(off) or 'none'}."
    )
    times = f"days begin at midnight in {settings.timezone}"
    yield SettingsStatement("plans", f"Amounts are in {settings.currency}; {times}.")


def _archive(settings: Settings) -> Iterator[str]:
    if settings.archive_days is not None:
        yield (
            f"Settled orders are to move to a cheaper place after {settings.archive_days} days: "
            "this release leaves them where they are."
        )


def _wallet(wallet: WalletSettings, currency: str) -> Iterator[str]:
    per_day = wallet.withdraw_per_day
    limit = "without a daily limit" if per_day is None else f"up to {per_day} times a day"
    yield (
        f"Withdrawals from {money(wallet.withdraw_min, currency)}, {limit}, "
        f"fee {percent(wallet.withdraw_fee_bps)}."
    )
    if wallet.two_approvals_above is not None:
        above = money(wallet.two_approvals_above, currency)
        yield f"Two operators approve withdrawals above {above}."
    yield f"Members may pass on: {', '.join(wallet.transfer) or 'nothing'}{_passed_on(wallet)}."
    if wallet.love_thaw_days is not None:
        yield f"Frozen love value thaws after {wallet.love_thaw_days} days."
    if wallet.adjust_two_above is not None:
        above = money(wallet.adjust_two_above, currency)
        yield f"Two operators approve adjustments above {above}, in points and the like as well."


def _passed_on(wallet: WalletSettings) -> str:
    most = wallet.transfer_per_day
    return f", up to {most} times a day" if wallet.transfer and most is not None else ""


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
