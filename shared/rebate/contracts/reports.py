"""What reports and the liability answer (rules 8.1 and 8.8)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rebate.contracts.csv_text import Figure, as_csv
from rebate.contracts.figures import decimal
from rebate.contracts.notice_texts import Locale
from rebate.domain.money import Amount, Bps, ratio_of
from rebate.domain.records import dataclass

REPORTS = (
    "plans",
    "stores",
    "days",
    "months",
    "before-after",
    "promises",
    "triangle",
    "prize-tax",
    "members",
)
"""Names of reports; `before-after` needs a plan, `members` takes none."""

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column: its name in rows, what it is called, and what it holds.

    `unit` is `text`, `count`, `amount` (minor units), `bps` or `hundredths`.
    """

    name: str
    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class ReportShown:
    """A report over days of the shop, both included; a cell that is null cannot be said.

    `notes` say what the figures leave out.
    """

    name: str
    starts: str
    ends: str
    plan: str | None
    store: str | None
    currency: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[Mapping[str, Cell], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FutureShown:
    """What of all that is owed now is paid within 12, 24 and 36 months if sales go on so.

    `sales` is `flat`, `trend` (they go on growing or falling as in the last months) or `stopped`;
    `left` is what is not paid after 36 months, `growth_percent` a month's.
    """

    sales: str
    growth_percent: float | None
    within_12: Amount | None
    within_24: Amount | None
    within_36: Amount | None
    left: Amount | None


@dataclass(frozen=True, slots=True)
class LiabilityRow:
    """What is owed in one queue, or for the orders of one month over all queues.

    `promised` and `paid` are of all entries since they are counted by month; `waiting` is what
    those that wait lack. What a queue retained, bore and took back is null by age. `month` null:
    of orders from before that.
    """

    queue: str | None
    plan: str | None
    month: str | None
    entries: int | None
    promised: Amount
    paid: Amount
    waiting: Amount
    retained: Amount | None = None
    borne: Amount | None = None
    clawed_back: Amount | None = None
    pool: Amount | None = None
    future: tuple[FutureShown, ...] = ()


@dataclass(frozen=True, slots=True)
class OutstandingShown:
    """Points, love value and vouchers that members hold, in hundredths."""

    points: Amount
    love: Amount
    love_frozen: Amount
    voucher: Amount


@dataclass(frozen=True, slots=True)
class Liability:
    """What is owed at an instant, by queue or by age (rule 8.1).

    Of many queues, rows come in pages that go on at `next`; what is summed up over all of them is
    `as_of` when that was done (null: just now), and no `future` is told.
    """

    by: str
    currency: str
    rows: tuple[LiabilityRow, ...]
    entries: int
    promised: Amount
    paid: Amount
    waiting: Amount
    retained: Amount
    borne: Amount
    clawed_back: Amount
    outstanding: OutstandingShown
    future: tuple[FutureShown, ...]
    notes: tuple[str, ...] = ()
    next: str | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlanSumsShown:
    """What the queues of a plan come to together; `plan` is a kind of queues if none is known.

    Nothing joins the `stalled` ones, in which something is; `first` is the queue that owes most.
    """

    plan: str
    queues: int
    stalled: int
    entries: int
    waiting: int
    owed: Amount
    contributed: Amount
    retained: Amount
    borne: Amount
    clawed_back: Amount
    repurchased: Amount
    pool: Amount
    first: str | None


@dataclass(frozen=True, slots=True)
class QueueSums:
    """What all queues come to, by plan; of many, `as_of` when they were summed up, else null."""

    plans: tuple[PlanSumsShown, ...]
    as_of: datetime | None


TITLES: Mapping[str, tuple[str, str, str]] = {
    "plan": ("Plan", "方案", "text"),
    "store": ("Store", "门店", "text"),
    "day": ("Day", "日期", "text"),
    "month": ("Month", "月份", "text"),
    "period": ("Period", "期间", "text"),
    "days": ("Days", "天数", "count"),
    "joined": ("Month of order", "下单月份", "text"),
    "paid_in": ("Month of payment", "支付月份", "text"),
    "orders": ("Orders", "订单数", "count"),
    "sales": ("Sales", "销售额", "amount"),
    "contributed": ("Contributed", "提取", "amount"),
    "rebated": ("Rebates", "返利", "amount"),
    "commissions": ("Commissions", "分销奖励", "amount"),
    "cost_bps": ("Cost of sales", "成本占销售额", "bps"),
    "cost_of_margin_bps": ("Cost of margin", "成本占毛利", "bps"),
    "margin_left": ("Margin after rebates", "返利后毛利", "amount"),
    "entries": ("Entries", "排队名额", "count"),
    "promised": ("Promised", "权益", "amount"),
    "paid": ("Paid", "已支付", "amount"),
    "paid_bps": ("Paid of promised", "已支付占权益", "bps"),
    "completed": ("Paid in full", "付清名额", "count"),
    "ended": ("Cleared or turned", "清零或兑换", "amount"),
    "waiting": ("Waiting", "待奖励", "amount"),
    "retained": ("Retained", "平台留存", "amount"),
    "borne": ("Borne", "平台承担", "amount"),
    "clawed_back": ("Taken back", "追回", "amount"),
    "prizes": ("Paid to drawn entries", "抽奖名额所得", "amount"),
    "tax_bps": ("Tax ratio", "税率", "bps"),
    "withheld": ("To withhold", "应代扣", "amount"),
    "visits": ("Visits", "访问次数", "count"),
    "ratings": ("Ratings", "评分次数", "count"),
    "rating": ("Mean rating", "平均评分", "hundredths"),
    "registered": ("Registered", "新注册会员", "count"),
    "new": ("First purchases", "首次购买会员", "count"),
    "active": ("Members who bought", "购买会员", "count"),
    "repeating": ("Bought again", "复购会员", "count"),
    "repeat_bps": ("Repeat rate", "复购率", "bps"),
    "orders_each": ("Orders a member", "人均订单数", "hundredths"),
    "orders_a_day": ("Orders a day", "日均订单数", "count"),
    "sales_a_day": ("Sales a day", "日均销售额", "amount"),
    "queue": ("Queue", "队列", "text"),
    "future": ("If sales", "若此后销售", "text"),
    "within_12": ("Paid in 12 months", "12 个月内支付", "amount"),
    "within_24": ("In 24 months", "24 个月内支付", "amount"),
    "within_36": ("In 36 months", "36 个月内支付", "amount"),
    "left": ("Later or never", "更晚或永不支付", "amount"),
    "points": ("Points held", "会员持有积分", "hundredths"),
    "love": ("Love value held", "会员持有爱心值", "hundredths"),
    "love_frozen": ("Love value frozen", "冻结爱心值", "hundredths"),
    "voucher": ("Vouchers held", "会员持有代金券", "hundredths"),
}
"""By column: its names, and what it holds."""


def columns(names: Sequence[str], locale: Locale) -> tuple[ReportColumn, ...]:
    """Return columns with their titles in a language."""
    said = 1 if locale == "zh-CN" else 0
    return tuple(ReportColumn(name, TITLES[name][said], TITLES[name][2]) for name in names)


def report_csv(report: ReportShown) -> str:
    """Return a report as CSV: amounts as people write them, ratios as percentages."""
    names = [each.title for each in report.columns]
    rows = (
        [_cell(row[each.name], each.unit, report.currency) for each in report.columns]
        for row in report.rows
    )
    return as_csv(names, rows)


_HUNDREDTHS = frozenset({"bps", "hundredths"})
"""Units that are written with two decimals: percentages and means."""


def _cell(value: Cell, unit: str, currency: str) -> object:
    if not isinstance(value, int):
        return value
    if unit == "amount":
        return Figure(decimal(value, currency))
    return Figure(decimal(value, None)) if unit in _HUNDREDTHS else value


def liability_csv(liability: Liability) -> str:
    """Return the liability as CSV, a line for each queue or month."""
    amounts = ("promised", "paid", "waiting", "retained", "borne", "clawed_back", "pool")
    first = ("queue", "plan") if liability.by == "queue" else ("month",)
    rows = (
        [
            *(getattr(row, name) for name in first),
            row.entries,
            *(_cell(getattr(row, name), "amount", liability.currency) for name in amounts),
        ]
        for row in liability.rows
    )
    return as_csv((*first, "entries", *amounts), rows)


def bps_of(part: int, whole: int) -> Bps | None:
    """Return what part of a whole a number is, in basis points; None of nothing."""
    return ratio_of(part, whole) if whole > 0 else None
