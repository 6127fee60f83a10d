"""Reports by name, over days of the shop (Rules 6.3 and 8.8)."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from rebate.contracts.notice_texts import Locale
from rebate.contracts.phrases import said
from rebate.contracts.problems import Invalid, Problem, nearest, one_of, shown
from rebate.contracts.reports import REPORTS, Cell, ReportShown, bps_of, columns
from rebate.domain.days import DaySums
from rebate.domain.money import NOTHING, Bps, share
from rebate.domain.plans.registry import PLANS
from rebate.domain.queues import Age, Queue
from rebate.domain.records import dataclass, fields_of
from rebate.domain.times import day_of, iso
from rebate.usecases.reports.all_sums import SumsReader
from rebate.usecases.reports.count_members import ROWS_MAX, TooManyRows, members_by_month
from rebate.usecases.reports.read_days import (
    DAYS_MAX,
    ReportPeriod,
    by_store,
    plan_of,
    queues_of,
    sums_by,
    told_of_stores,
)
from rebate.usecases.settings.save_settings import InForce, lowest_margin
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import Key, number
from rebate.usecases.storage.rows.settings import SettingsVersion

_MONEY = (
    "orders",
    "sales",
    "contributed",
    "rebated",
    "commissions",
    "cost_bps",
    "cost_of_margin_bps",
    "margin_left",
    "entries",
    "promised",
    "completed",
    "ended",
    "retained",
    "borne",
    "clawed_back",
)
_COMPARED = ("orders_a_day", "sales_a_day", *_MONEY)

Row = dict[str, Cell]


class UnknownReport(Invalid):
    """A report that there is not, or that cannot be of what was asked for."""

    code = "invalid_request"


@dataclass(frozen=True, slots=True)
class _Asked:
    all_sums: SumsReader
    in_force: InForce
    period: ReportPeriod
    margin_bps: Bps | None
    locale: Locale

    @property
    def store(self) -> Store:
        return self.all_sums.store

    def row(self, sums: DaySums) -> Row:
        """Return sums with what follows from them."""
        cost, margin = sums.rebated + sums.commissions, self.margin_bps
        earned = None if margin is None else share(max(NOTHING, sums.sales), margin)
        return {
            **dict(fields_of(sums)),
            "cost_bps": bps_of(cost, sums.sales),
            "cost_of_margin_bps": None if earned is None else bps_of(cost, earned),
            "margin_left": None if earned is None else earned - cost,
        }


def show_report(
    all_sums: SumsReader, in_force: InForce, name: str, period: ReportPeriod, locale: Locale
) -> ReportShown:
    """Return a report; `period` is of the shop's days, its plan and store are those asked for.

    Raises:
        UnknownReport: there is none of that name, or not of so many days, or not of that plan.
        Unavailable: there are many queues, and they were not summed up yet.
    """
    _insist_known(name, period)
    margin = in_force.terms.default_margin_bps or lowest_margin(all_sums.store)
    asked = _Asked(all_sums, in_force, period, margin, locale)
    names, rows, notes = _REPORTS[name](asked)
    return ReportShown(
        name=name,
        starts=period.starts.isoformat(),
        ends=period.ends.isoformat(),
        plan=period.plan,
        store=period.store,
        currency=in_force.terms.currency,
        columns=columns(names, locale),
        rows=tuple({name: row.get(name) for name in names} for row in rows),
        notes=tuple(said(note, locale) for note in notes),
    )


def _insist_known(name: str, period: ReportPeriod) -> None:
    if name not in REPORTS:
        message = f"must be {one_of(REPORTS)}, not {shown(name)}"
        raise UnknownReport([Problem("name", message, nearest(name, REPORTS))])
    if period.plan is not None and period.plan not in PLANS.names:
        message = f"must be {one_of(PLANS.names)}, not {shown(period.plan)}"
        raise UnknownReport([Problem("plan", message, nearest(period.plan, PLANS.names))])
    if not 0 < period.days <= DAYS_MAX:
        message = f"must be from `from` on, and at most {DAYS_MAX} days in all"
        raise UnknownReport([Problem("to", message)])
    if name == "members" and period.plan is not None:
        raise UnknownReport([Problem("plan", "is not told by this report")])
    if name == "before-after" and period.plan is None:
        raise UnknownReport([Problem("plan", "is required for this report")])


Built = tuple[tuple[str, ...], list[Row], list[str]]


def _plans(asked: _Asked) -> Built:
    sums = sums_by(asked.period.read(asked.store), lambda day: plan_of(day.queue))
    rows = [{"plan": plan, **asked.row(each)} for plan, each in sums.items()]
    return ("plan", *_MONEY), rows, ["An order counts in each plan in which it takes part."]


def _stores(asked: _Asked) -> Built:
    sums = by_store(asked.period.read(asked.store))
    told = told_of_stores(asked.period, asked.store)
    names = (name for name in sorted({*sums, *told}) if asked.period.store in (None, name))
    rows: list[Row] = [
        {
            "store": name,
            "visits": told[name]["visits"],
            "ratings": told[name]["ratings"],
            "rating": _hundredths(told[name]["stars"], told[name]["ratings"]),
            **asked.row(sums.get(name, DaySums())),
        }
        for name in names
    ]
    note = "An order counts in each plan in which it takes part."
    return ("store", *_MONEY, "visits", "ratings", "rating"), rows, [note]


def _hundredths(total: int, count: int) -> int | None:
    """Return a mean in hundredths, None of nothing."""
    return total * 100 // count if count else None


def _members(asked: _Asked) -> Built:
    """Tell who registered, bought for the first time, bought, and bought again, by month."""
    period, zone = asked.period, asked.in_force.terms.zone
    try:
        months = members_by_month(asked.store, period.starts, period.ends, zone, period.store)
    except TooManyRows as error:
        message = f"must end earlier: there are more than {ROWS_MAX} orders"
        raise UnknownReport([Problem("to", message)]) from error
    rows: list[Row] = []
    for name, month in months.items():
        orders = month.orders.total()
        row: Row = {
            "month": name,
            "registered": None if period.store else month.registered,
            "new": month.new,
            "active": month.active,
            "repeating": month.repeating,
            "repeat_bps": bps_of(month.repeating, month.active),
            "orders": orders,
            "orders_each": _hundredths(orders, month.active),
        }
        rows.append(row)
    names = ("month", "registered", "new", "active", "repeating", "repeat_bps", "orders")
    return (*names, "orders_each"), rows, ["Orders of guests are nobody's and not counted."]


def _days(asked: _Asked) -> Built:
    sums = sums_by(asked.period.read(asked.store), lambda day: (day.day, plan_of(day.queue)))
    rows: list[Row] = [
        {"day": day, "plan": plan, **asked.row(each)} for (day, plan), each in sums.items()
    ]
    return ("day", "plan", *_MONEY), rows, []


def _months(asked: _Asked) -> Built:
    sums = sums_by(asked.period.read(asked.store), lambda day: (day.day[:7], plan_of(day.queue)))
    rows: list[Row] = [
        {"month": month, "plan": plan, **asked.row(each)} for (month, plan), each in sums.items()
    ]
    return ("month", "plan", *_MONEY), rows, []


def _before_after(asked: _Asked) -> Built:
    """Compare as many days before and after a plan was switched on, of every plan."""
    names = ("period", "plan", "days", *_COMPARED)
    began = _switched_on(asked)
    if began is None:
        return names, [], ["The plan was never switched on."]
    days = min(asked.period.days, (asked.period.ends - began).days + 1)
    if days <= 0:
        return names, [], ["The plan was switched on after these days."]
    rows = []
    for title, starts in (("before", began - timedelta(days=days)), ("after", began)):
        ends = starts + timedelta(days=days - 1)
        period = ReportPeriod(starts, ends, store=asked.period.store)
        sums = sums_by(period.read(asked.store), lambda day: plan_of(day.queue))
        for plan, each in sums.items():
            a_day: Row = {
                "orders_a_day": each.orders // days,
                "sales_a_day": each.sales // days,
            }
            told: Row = {"period": said(title, asked.locale), "plan": plan, "days": days}
            rows.append({**told, **a_day, **asked.row(each)})
    note = f"Switched on on {began.isoformat()}; before that only plans that were on are counted."
    return names, rows, [note]


def _switched_on(asked: _Asked) -> date | None:
    """Return the first day on which the plan was on without a break until now."""
    first = None
    for version in range(asked.in_force.version, 0, -1):
        row = asked.store.get(SettingsVersion, Key(number(version)))
        plan = row.document.get(asked.period.plan or "") if row else None
        if row is None or not plan or plan.get("enabled") is False:
            break
        first = row
    return None if first is None else day_of(first.saved_at, asked.in_force.terms.zone)


def _promises(asked: _Asked) -> Built:
    """Tell what share of each month's promises is paid so far; of all queues of a plan or store."""
    ages: dict[str, Age] = {}
    told, notes = _debts(asked)
    for debts in told:
        for month, age in debts.items():
            known = ages.get(month, Age())
            ages[month] = known.plus(age.promised, age.paid, age.waiting)
    rows: list[Row] = [
        {
            "month": month,
            "promised": age.promised,
            "paid": age.paid,
            "waiting": age.waiting,
            "paid_bps": bps_of(age.paid, age.promised),
        }
        for month, age in sorted(ages.items())
    ]
    return ("month", "promised", "paid", "waiting", "paid_bps"), rows, notes


def _debts(asked: _Asked) -> tuple[list[dict[str, Age]], list[str]]:
    """Return debts by month of the plans that are told, or of a store's own queues, with notes."""
    plan, store = asked.period.plan, asked.period.store
    if store is not None:
        rows = asked.store.get_many(Queue, map(Key, queues_of(store))).values()
        return [row.ages for row in rows if plan in (None, plan_of(row.id))], []
    seen = asked.all_sums.queues()
    told = [sums.ages for name, sums in seen.sums.plans.items() if plan in (None, name)]
    return told, [] if seen.as_of is None else [f"As of {iso(seen.as_of)}."]


def _triangle(asked: _Asked) -> Built:
    """Tell what entries were paid, by month of their order and month of payment (Rule 8.1)."""
    paid: Counter[tuple[str, str]] = Counter()
    for day in asked.period.read(asked.store):
        for month, amount in day.paid_of.items():
            paid[month, day.day[:7]] += amount
    rows: list[Row] = [
        {"joined": joined, "paid_in": paid_in, "paid": amount}
        for (joined, paid_in), amount in sorted(paid.items())
    ]
    notes = ["Only queues of the store's own are told by month."] if asked.period.store else []
    return ("joined", "paid_in", "paid"), rows, notes


def _prize_tax(asked: _Asked) -> Built:
    """Tell what would have to be withheld of what drawn entries were paid; nothing is withheld."""
    bps = asked.in_force.settings.prize_tax_bps
    sums = sums_by(asked.period.read(asked.store), lambda day: day.day[:7])
    rows: list[Row] = [
        {
            "month": month,
            "prizes": each.drawn,
            "tax_bps": bps,
            "withheld": None if bps is None else share(max(NOTHING, each.drawn), bps),
        }
        for month, each in sums.items()
    ]
    notes = ["Nothing is withheld by the engine; entries whose draw missed are included."]
    notes += ["prize_tax_bps is not set."] if bps is None else []
    return ("month", "prizes", "tax_bps", "withheld"), rows, notes


_REPORTS: Mapping[str, Callable[[_Asked], Built]] = {
    "plans": _plans,
    "stores": _stores,
    "days": _days,
    "months": _months,
    "before-after": _before_after,
    "promises": _promises,
    "triangle": _triangle,
    "prize-tax": _prize_tax,
    "members": _members,
}
