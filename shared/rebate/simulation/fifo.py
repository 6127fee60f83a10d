"""First in, first out in running sums: a line in which there is nothing but payments.

With A what was contributed so far, B what was promised before, and S what was promised so far,
what was paid so far is P = A - max(0, max(A - B)) where surplus is retained, and min(A, B) where it
is carried; an entry has been paid in full as soon as P reaches its S. That is exact, and costs no
object per order. A clearing ends a line, and another begins with what the pool holds. Where
refunds, completions or limits have a say, the kernel plays.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, chain, islice, repeat, takewhile
from operator import sub

from rebate.domain.money import WHOLE, Amount
from rebate.domain.times import Instant
from rebate.simulation.books import Figures
from rebate.simulation.calendar import Calendar
from rebate.simulation.outcome import EntryTold, Outcome, QueueTold, platform_of
from rebate.simulation.queue_rebate import is_cleared
from rebate.simulation.rules import SimulationRules
from rebate.simulation.schedules import due_runs
from rebate.simulation.scopes import Chain
from rebate.simulation.state import CLEARED, COMPLETED, WAITING
from rebate.simulation.tape import Tape

PLAN = "queue_rebate"
_NEVER = Instant(0)
_LOOK_UP = 8
"""From how many rows an entry on it is quicker to look up than to walk."""


def is_enough(tape: Tape, rules: SimulationRules) -> bool:
    """Tell whether running sums come to what the kernel would, to the unit."""
    if not _only_pays(rules) or not tape.is_all_plain() or not tape.in_order:
        return False
    chains = _chains(tape, rules).values()
    draws = rules.switches.self_funding or rules.switches.carries
    if draws and not all(each.gives for each in chains):
        return False  # who only queues draws no pool, and is paid by nobody's
    return all(_is_simple(each) for each in chains)


def _only_pays(rules: SimulationRules) -> bool:
    """Tell whether nothing but payments is done by settings: at once, to whoever is first."""
    switches = rules.switches
    if rules.rebates_per_day is not None or rules.max_share_bps is not None:
        return False
    held = switches.completed_first or switches.paused or switches.hold_days
    return rules.on == {PLAN} and switches.on_payment and not held and not rules.has_levels


def _is_simple(own: Chain) -> bool:
    return not (own.tiers or own.windows or own.limits or own.makeup)


def _chains(tape: Tape, rules: SimulationRules) -> dict[int, Chain]:
    """Return what the settings say of each product that was sold, by its number."""
    names = tape.product_names
    return {number: rules.chain("mall", None, names.name(number)) for number in tape.sold}


@dataclass(slots=True)
class FifoLine:
    """Rows of a queue and running sums, one for each: S, A and P of the module's text.

    `cleared_at` is when a clearing ended the line, `pool` what was in the pool when it began.
    """

    rows: Sequence[int]
    promises: Sequence[int]
    promised: Sequence[int]
    contributed: Sequence[int]
    paid: Sequence[int]
    retained: int
    cleared_at: Instant | None = None
    pool: int = 0

    @property
    def unpaid(self) -> int:
        """What the line lacks of its promises."""
        return self.promised[-1] - self.paid[-1]

    def done(self) -> int:
        """Return how many rows from the first one on are paid in full."""
        return bisect_right(self.promised, self.paid[-1])

    def waits(self, at: "array[int]") -> Iterator[int]:
        """Yield how long each entry waited that was paid in full.

        Where few were, the row that paid them is looked up; else all rows are gone through.
        """
        paid, rows, now, done = self.paid, self.rows, 0, self.done()
        few = done * _LOOK_UP < len(paid)
        for index in range(done):
            if self.promises[index]:
                reached = self.promised[index]
                if few:
                    now = bisect_left(paid, reached, lo=now)
                while paid[now] < reached:
                    now += 1
                yield at[rows[now]] - at[rows[index]]


Lines = dict[str, list[FifoLine]]
"""The lines of each queue, one after another: a clearing lies between two."""


def play_lines(
    tape: Tape, rules: SimulationRules, *, schedules: bool = False
) -> tuple[Outcome, Figures, Figures]:
    """Return outcome, figures of all, and figures of the plan (the same but for what is off)."""
    clearings = _clearings(tape, rules) if schedules else []
    lines = {
        queue: list(_between(tape, rules, rows, chains, _of_queue(rules, queue, clearings)))
        for queue, (rows, chains) in _rows_by_queue(tape, rules).items()
    }
    cash: dict[int, int] = defaultdict(int)
    for line in _every(lines):
        _credit(tape, line, cash)
    outcome = _outcome(tape, rules, lines, cash)
    months = list(_months(tape, rules, clearings))
    every = _figures(tape, rules, lines, cash, range(len(tape)), months)
    rows = _every_row(lines)
    plan = every if len(rows) == len(tape) else _figures(tape, rules, lines, cash, rows, months)
    return outcome, every, plan


def _every(lines: Lines) -> Iterator[FifoLine]:
    return chain.from_iterable(lines.values())


def _clearings(tape: Tape, rules: SimulationRules) -> list[Instant]:
    """Return when clearings run: each before whatever happens then or later."""
    due = due_runs(rules, Instant(tape.at[0] - 1))
    return [at for at, _ in takewhile(lambda run: run[0] <= tape.at[-1], due)]


def _of_queue(
    rules: SimulationRules, queue: str, clearings: Sequence[Instant]
) -> Sequence[Instant]:
    return clearings if is_cleared(rules, queue) else ()


def _between(
    tape: Tape,
    rules: SimulationRules,
    rows: Sequence[int],
    chains: dict[int, Chain],
    clearings: Sequence[Instant],
) -> Iterator[FifoLine]:
    """Yield the lines of a queue between its clearings; those in which nothing happened are not."""
    begins, pool = 0, 0
    for at in (*clearings, None):
        ends = len(rows) if at is None else bisect_left(rows, bisect_left(tape.at, at))
        if ends > begins:
            line = _line(tape, rules, rows[begins:ends], chains, pool)
            line.cleared_at = at
            yield line
            if rules.switches.carries:
                pool += line.contributed[-1] - line.paid[-1]
            begins = ends


def _every_row(lines: Lines) -> Sequence[int]:
    """Return the rows that any line has, in order."""
    found = [line.rows for line in _every(lines)]
    return found[0] if len(found) == 1 else sorted(row for rows in found for row in rows)


def _rows_by_queue(
    tape: Tape, rules: SimulationRules
) -> dict[str, tuple[Sequence[int], dict[int, Chain]]]:
    """Return the rows of each queue, and the chains of its products."""
    by_queue: dict[str, dict[int, Chain]] = {}
    for number, each in _chains(tape, rules).items():
        if each.gives or each.earns:
            by_queue.setdefault(each.queue, {})[number] = each
    if len(by_queue) == 1 and sum(map(len, by_queue.values())) == len(tape.sold):
        return {queue: (range(len(tape)), chains) for queue, chains in by_queue.items()}
    queues = {number: queue for queue, chains in by_queue.items() for number in chains}
    rows: dict[str, list[int]] = {}
    for row, number in enumerate(tape.products):
        if number in queues:
            rows.setdefault(queues[number], []).append(row)
    return {queue: (found, by_queue[queue]) for queue, found in rows.items()}


def _line(
    tape: Tape,
    rules: SimulationRules,
    rows: Sequence[int],
    chains: dict[int, Chain],
    pool: int,
) -> FifoLine:
    gives, promises = _priced(tape, rows, chains)
    promised, contributed = list(accumulate(promises)), list(accumulate(gives))
    before = promised if rules.switches.self_funding else chain((0,), promised)
    if rules.switches.carries:
        given = contributed if not pool else [pool + amount for amount in contributed]
        paid, retained = list(map(min, given, before)), 0
    else:
        paid, retained = _retaining(contributed, before)
    return FifoLine(rows, promises, promised, contributed, paid, retained, pool=pool)


def _retaining(contributed: list[int], before: Iterable[int]) -> tuple[list[int], int]:
    """Return what was paid so far after each row, and what was retained in all.

    Once most is retained that ever will be, it stays the same; where lines wait, that is soon.
    """
    excess = list(map(sub, contributed, before))
    most = max(excess)
    if most <= 0:
        return contributed, 0
    last = excess.index(most)
    growing = islice(accumulate(excess[:last], max, initial=0), 1, None)
    paid = list(map(sub, contributed[:last], growing))
    paid.extend(map(sub, islice(contributed, last, None), repeat(most)))
    return paid, most


def _priced(
    tape: Tape, rows: Sequence[int], chains: dict[int, Chain]
) -> tuple[Sequence[int], Sequence[int]]:
    """Return what each row gives, and what it is promised (Rule 1.2)."""
    first = next(iter(chains.values()))
    alike = all(not e.by_level and _ratios(e) == _ratios(first) for e in chains.values())
    whole = isinstance(rows, range) and alike and first.highest is None and not first.min_paid
    if whole and first.gives and first.earns and not tape.has_guests:
        extraction, ratio = first.extraction_bps, first.fixed_bps
        theirs = tape.paid if len(rows) == len(tape) else tape.paid[rows[0] : rows[-1] + 1]
        gives = [paid * extraction // WHOLE for paid in theirs]
        return gives, [paid * ratio // WHOLE for paid in theirs]
    priced = [_price(tape, row, chains[tape.products[row]]) for row in rows]
    return [gave for gave, _ in priced], [promise for _, promise in priced]


def _ratios(own: Chain) -> tuple[int | bool | None, ...]:
    return (
        own.extraction_bps,
        own.fixed_bps,
        own.highest,
        own.min_paid,
        own.gives,
        own.earns,
    )


def _price(tape: Tape, row: int, own: Chain) -> tuple[int, int]:
    paid = tape.paid[row]
    gives = paid * own.extraction_bps // WHOLE if own.gives else 0
    if not own.earns or paid < own.min_paid or tape.members[row] < 0:
        return gives, 0
    level = tape.member_names.names[tape.levels[row]] if tape.levels[row] >= 0 else ""
    promise = paid * own.by_level.get(level, own.fixed_bps) // WHOLE
    return gives, promise if own.highest is None else min(promise, own.highest)


def _credit(tape: Tape, line: FifoLine, cash: dict[int, int]) -> None:
    """Add up what members were paid, by their numbers."""
    done, members, rows = line.done(), tape.members, line.rows
    for index in range(done):
        if line.promises[index]:
            cash[members[rows[index]]] += line.promises[index]
    rest = line.paid[-1] - (line.promised[done - 1] if done else 0)
    if rest:
        cash[members[rows[done]]] += rest


def _outcome(tape: Tape, rules: SimulationRules, lines: Lines, cash: dict[int, int]) -> Outcome:
    carries = rules.switches.carries
    queues = {
        name: QueueTold(
            _pool(lines[name][-1]) if carries else 0, partial(_all_entries, tape, lines[name])
        )
        for name in sorted(lines)
    }
    names = tape.member_names.names
    held = {names[number]: {"cash": amount} for number, amount in cash.items() if amount}
    sums = dict.fromkeys(("contributed", "retained", "borne", "clawed_back", "repurchased"), 0)
    sums["contributed"] = sum(line.contributed[-1] for line in _every(lines))
    sums["retained"] = sum(line.retained for line in _every(lines))
    return Outcome(queues, {name: held[name] for name in sorted(held)}, platform_of(sums, 0))


def _pool(line: FifoLine) -> int:
    return line.pool + line.contributed[-1] - line.paid[-1]


def _all_entries(tape: Tape, lines: Iterable[FifoLine]) -> Iterator[EntryTold]:
    for line in lines:
        yield from _entries(tape, line)


def _entries(tape: Tape, line: FifoLine) -> Iterator[EntryTold]:
    names, done, all_paid = tape.member_names.names, line.done(), line.paid[-1]
    open_status = WAITING if line.cleared_at is None else CLEARED
    for index, (row, promise) in enumerate(zip(line.rows, line.promises, strict=True)):
        if promise:
            name = f"{tape.orders[row]}/{tape.line(row)}"
            paid = promise
            if index >= done:
                paid = all_paid - line.promised[index] + promise if index == done else 0
            status = COMPLETED if index < done else open_status
            yield name, names[tape.members[row]], status, promise, max(paid, 0)


def _figures(
    tape: Tape,
    rules: SimulationRules,
    lines: Lines,
    cash: dict[int, int],
    rows: Sequence[int],
    months: Sequence[tuple[str, int]],
) -> Figures:
    sums = Figures()
    names, every = tape.member_names.names, len(rows) == len(tape)
    sums.members = (
        set(tape.buyers)
        if every
        else {names[tape.members[row]] for row in rows if tape.members[row] >= 0}
    )
    sums.got = {names[number] for number in cash}
    sums.orders = len(rows)
    for line in _every(lines):
        unpaid = line.promises[line.done() :]
        sums.unpaid += len(unpaid) - unpaid.count(0)
        sums.waits.extend(line.waits(tape.at))
        sums.cleared += Amount(0 if line.cleared_at is None else line.unpaid)
    calendar = Calendar(rules.zone)
    sales = tape.sales if every else array("q", accumulate(tape.paid[row] for row in rows))
    for month, end in months:
        reached = bisect_left(rows, end)
        _reach(sums, lines, sales[reached - 1] if reached else 0, end)
        ended = (line for line in _every(lines) if line.cleared_at is not None)
        sums.owed -= Amount(
            sum(line.unpaid for line in ended if calendar.month(line.cleared_at or _NEVER) <= month)
        )
        sums.mark(month)
    return sums


def _reach(sums: Figures, lines: Lines, sales: int, end: int) -> None:
    """Let the sums be what they were before row `end`."""
    sums.sales = Amount(sales)
    sums.contributed = sums.rebated = sums.promised = Amount(0)
    for line in _every(lines):
        last = bisect_left(line.rows, end) - 1
        if last >= 0:
            sums.contributed += Amount(line.contributed[last])
            sums.rebated += Amount(line.paid[last])
            sums.promised += Amount(line.promised[last])
    sums.for_line, sums.paid_of_promised = sums.contributed, sums.rebated
    sums.owed = sums.promised - sums.rebated


def _months(
    tape: Tape, rules: SimulationRules, clearings: Iterable[Instant]
) -> Iterator[tuple[str, int]]:
    """Yield each month in which something happened or was cleared, and the row after its last."""
    calendar, row = Calendar(rules.zone), 0
    ends: dict[str, int] = {}
    while row < len(tape):
        month = calendar.month(Instant(tape.at[row]))
        row = bisect_right(tape.at, month, lo=row, key=lambda at: calendar.month(Instant(at)))
        ends[month] = row
    for month in map(calendar.month, clearings):
        ends.setdefault(
            month, bisect_left(tape.at, month, key=lambda at: calendar.month(Instant(at)))
        )
    yield from sorted(ends.items())
