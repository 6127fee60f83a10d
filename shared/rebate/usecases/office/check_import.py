"""What stands against an older system's file, given what is stored: it is checked whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice

from rebate.contracts.imports import (
    PROBLEMS_MAX,
    BalanceLine,
    ImportFile,
    ImportLine,
    InvalidImport,
    MemberLine,
    PlaceLine,
    PoolLine,
    digest_of,
)
from rebate.contracts.problems import Problem
from rebate.domain.names import QueueId
from rebate.domain.orders import Order
from rebate.domain.plans import queue_rebate
from rebate.domain.plans.registry import PLANS
from rebate.domain.queue_names import QueueName
from rebate.domain.terms import Terms
from rebate.usecases.catalog.bonds import UPLINE_MAX
from rebate.usecases.settlement.plan_of import shown_plan_of
from rebate.usecases.storage.office import ImportedLine
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.keys import Key

AT_ONCE = 100

LINES_PER_ORDER_MAX = 20
"""Waiting places of one order: what one row of an order and one transaction hold."""


def new_lines(store: Store, terms: Terms, file: ImportFile) -> list[tuple[int, ImportLine]]:
    """Return the lines of a file that do not count yet, if all of it may be imported.

    Raises:
        InvalidImport: something stands against it; nothing of it counts.
    """
    known = _known(store, (line.id for _, line in file.lines))
    new = [(number, line) for number, line in file.lines if line.id not in known]
    problems = [
        *_changed(file.lines, known),
        *_of_members(store, [(n, each) for n, each in new if isinstance(each, MemberLine)]),
        *_of_people(store, file.lines, new),
        *_of_places(store, terms, file.lines, {line.id for _, line in new}),
        *(each for n, line in new if isinstance(line, PoolLine) for each in _of_pool(n, line)),
    ]
    if problems:
        raise InvalidImport(problems[:PROBLEMS_MAX])
    return new


def import_digest(places: Iterable[PlaceLine]) -> str:
    """Return the digest of an order of which these are the places, in any order."""
    return "import " + sha256(" ".join(sorted(map(digest_of, places))).encode()).hexdigest()


def _known(store: Store, names: Iterable[str]) -> dict[str, str]:
    """Return the digests of the lines that count already, by their ids."""
    found: dict[str, str] = {}
    rest = iter(names)
    while some := list(islice(rest, AT_ONCE)):
        rows = store.get_many(ImportedLine, map(Key, some)).values()
        found.update((row.id, row.digest) for row in rows)
    return found


def _changed(
    lines: Iterable[tuple[int, ImportLine]], known: Mapping[str, str]
) -> Iterator[Problem]:
    for number, line in lines:
        if known.get(line.id, digest_of(line)) != digest_of(line):
            message = f"{line.id} was imported with other content"
            yield Problem(f"line {number}.id", message)


def _of_members(store: Store, lines: Sequence[tuple[int, MemberLine]]) -> Iterator[Problem]:
    """Yield where a referrer cannot be bound: another was, or it would close a loop (Rule 2.5)."""
    stored = _members(store, (line.member for _, line in lines))
    above: dict[str, str | None] = {name: row.referrer for name, row in stored.items()}
    seen: dict[str, int] = {}
    for number, line in lines:
        first = seen.setdefault(line.member, number)
        if first != number:
            yield Problem(f"line {number}.member", f"{line.member} is that of line {first} too")
        bound = above.get(line.member)
        if line.referrer is None or bound == line.referrer:
            continue
        if bound is not None:
            message = f"{line.member} is bound to {bound}, not to {line.referrer}"
            yield Problem(f"line {number}.referrer", message)
            continue
        above[line.member] = line.referrer
    for number, line in lines:
        if line.referrer is not None and _closes_loop(store, line.member, above):
            yield Problem(f"line {number}.referrer", "would close a loop of referrals")


def _closes_loop(store: Store, member: str, above: dict[str, str | None]) -> bool:
    upline = above.get(member)
    for _ in range(UPLINE_MAX):
        if upline is None or upline == member:
            return upline == member
        if upline not in above:
            row = store.get(Member, Key(upline))
            above[upline] = row.referrer if row else None
        upline = above[upline]
    return True


def _of_people(
    store: Store, lines: Iterable[tuple[int, ImportLine]], new: Sequence[tuple[int, ImportLine]]
) -> Iterator[Problem]:
    """Yield where a balance or a place is of nobody: neither in the file nor known."""
    named = {line.member for _, line in lines if isinstance(line, MemberLine)}
    owned = [(n, each) for n, each in new if isinstance(each, BalanceLine | PlaceLine)]
    others = [(n, each) for n, each in owned if each.member not in named]
    stored = _members(store, (each.member for _, each in others))
    for number, line in others:
        if line.member not in stored:
            yield Problem(f"line {number}.member", f"there is no member {line.member}")


def _members(store: Store, names: Iterable[str]) -> dict[str, Member]:
    found: dict[str, Member] = {}
    rest = iter(dict.fromkeys(names))
    while some := list(islice(rest, AT_ONCE)):
        rows = store.get_many(Member, map(Key, some)).values()
        found.update((row.id, row) for row in rows)
    return found


def _of_places(
    store: Store, terms: Terms, lines: Iterable[tuple[int, ImportLine]], new: set[str]
) -> Iterator[Problem]:
    """Yield where a place cannot be one: of no such queue, or of an order that is another's."""
    orders: dict[str, list[tuple[int, PlaceLine]]] = {}
    for number, line in lines:
        if isinstance(line, PlaceLine):
            yield from _of_queue(terms, number, line)
            orders.setdefault(line.order, []).append((number, line))
    wanted = [name for name, places in orders.items() if any(p.id in new for _, p in places)]
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        stored = store.get_many(Order, map(Key, some))
        for name in some:
            order = stored.get(Key(name))
            own = import_digest([place for _, place in orders[name]])
            yield from _of_order(orders[name], known=order is not None and order.digest != own)


def _of_pool(number: int, line: PoolLine) -> Iterator[Problem]:
    """Yield where a pool is of no queue."""
    if _line_of(line.queue) is None:
        yield _no_queue(number, line)


def _line_of(queue: str) -> QueueName | None:
    """Return what the name of a queue says in which somebody can wait, None where it is none."""
    name = PLANS.queue(QueueId(queue))
    return name if name is not None and name.kind.has_line else None


def _no_queue(number: int, line: PlaceLine | PoolLine) -> Problem:
    return Problem(f"line {number}.queue", f"there is no such queue: {line.queue}")


def _of_queue(terms: Terms, number: int, line: PlaceLine) -> Iterator[Problem]:
    queue, path = QueueId(line.queue), f"line {number}"
    name = _line_of(queue)
    if name is None:
        yield _no_queue(number, line)
        return
    by_line = name.plan is queue_rebate.PLAN
    if shown_plan_of(queue, terms).rewards_to_exit is not None:
        message = "counts rewards, and a place brings none along"
        yield Problem(f"{path}.queue", f"{queue} {message}")
    if (line.line is not None) != by_line:
        needs = "is required" if by_line else "goes only with the queue-rebate plan"
        yield Problem(f"{path}.line", f"{needs} in {queue}")
    if not by_line and line.completed_at is None:
        yield Problem(f"{path}.completed_at", f"is required in {queue}")
    if name.kind.all_of and line.store is None:
        yield Problem(f"{path}.store", f"is required in {queue}")
    if name.owner and line.store not in {None, name.owner} and name.kind.name != "product":
        yield Problem(f"{path}.store", f"must be {name.owner} in {queue}")


def _of_order(places: Sequence[tuple[int, PlaceLine]], *, known: bool) -> Iterator[Problem]:
    first, line = places[0]
    if known:
        yield Problem(f"line {first}.order", f"{line.order} is known, and not from this file")
    if len(places) > LINES_PER_ORDER_MAX:
        message = f"{line.order} has {len(places)} places; {LINES_PER_ORDER_MAX} are the most"
        yield Problem(f"line {first}.order", message)
    names = set()
    for number, each in places:
        same = (each.member, each.paid_at, each.completed_at)
        if same != (line.member, line.paid_at, line.completed_at):
            message = f"must be of one member, paid_at and completed_at, as line {first}"
            yield Problem(f"line {number}.order", message)
        if (each.queue, each.line) in names:
            yield Problem(f"line {number}.line", f"{each.order} has this place twice")
        names.add((each.queue, each.line))
