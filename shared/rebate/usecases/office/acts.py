"""The trail of acts: whatever a person changes leaves a row, in the same transaction (Rule 8.9).

Whoever lets a person act says so by `acting`; the first commit within then carries the act's row,
by `recorded`, in every store. So no use case needs to know of it, and none can leave it out. What
further commits carry out of the same act (settling, the next page of products) follows from that.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import uuid4

from rebate.domain.exports import ExportJob
from rebate.domain.gifts import Gift, GiftCount, Redemption
from rebate.domain.records import fields_of, is_record
from rebate.domain.requests import DayCount, FrozenLove, Request
from rebate.domain.times import Instant
from rebate.domain.wire import form_of, tag_of
from rebate.domain.withdrawals import Withdrawal
from rebate.usecases.storage.office import Act, ActChange, Erasure, KnownName, OrderPlace
from rebate.usecases.storage.ports import WRITES_MAX, Place, Put, Remove, Store, Write
from rebate.usecases.storage.rows.catalog import Member, Product, Shop
from rebate.usecases.storage.rows.inbox import Answer, Inbox
from rebate.usecases.storage.rows.journal import Journal, StatementEntry
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, number
from rebate.usecases.storage.rows.lists import ListItem
from rebate.usecases.storage.rows.notices import Wording
from rebate.usecases.storage.rows.settings import CurrentSettings, PlannedSettings, SettingsVersion

CHANGES_MAX = 50
"""Things that one act's row tells of."""

TARGETS_MAX = 10
"""Things under which an act is found."""

TEXT_CHARS_MAX = 200
ROW_BYTES_MAX = 100_000

_FOLLOWS = frozenset(
    {
        *(Answer, CurrentSettings, DayCount, FrozenLove, GiftCount, Journal),
        *(KnownName, ListItem, OrderPlace, StatementEntry),
    }
)
"""What only follows from what an act changed."""

_HIDDEN: Mapping[type, frozenset[str]] = {
    Erasure: frozenset(),
    ExportJob: frozenset(),
    Gift: frozenset(),
    Member: frozenset({"nickname", "avatar_url"}),
    PlannedSettings: frozenset({"document", "request"}),
    Product: frozenset(),
    Redemption: frozenset({"tracking"}),
    Request: frozenset(),
    Shop: frozenset(),
    Withdrawal: frozenset({"paid"}),
    Wording: frozenset(),
}
"""Of what is told field by field, what is not: of any other kind only which fields changed is."""

_BOOKKEEPING = frozenset({"version", "told", "seen", "saved_at", "saved_by", "sender"})


@dataclass(slots=True)
class Acting:
    """Who acts just now, as what, and what they do; `reason` and `request` are as they said."""

    who: str
    role: str
    what: str
    at: Instant
    reason: str | None = None
    request: str | None = None
    is_recorded: bool = False


_ACTING: ContextVar[Acting | None] = ContextVar("acting", default=None)


@contextmanager
def acting(act: Acting) -> Iterator[None]:
    """Let the first commit within carry the row of an act."""
    token = _ACTING.set(act)
    try:
        yield
    finally:
        _ACTING.reset(token)


@contextmanager
def recorded(store: Store, writes: Sequence[Write]) -> Iterator[Sequence[Write]]:
    """Yield writes with the row of the act that they are part of, if it has none yet."""
    act = _ACTING.get()
    if act is None or act.is_recorded:
        yield writes
        return
    yield _with_row(store, act, writes)
    act.is_recorded = True


def _with_row(store: Store, act: Acting, writes: Sequence[Write]) -> list[Write]:
    row = _row(store, act, writes)
    room = max(0, WRITES_MAX - len(writes) - 1)
    return [*writes, Put(row), *(Put(each) for each in _lists(row)[:room])]


def acts_of(who: str) -> str:
    """Return the list of what somebody did."""
    return f"acts of/{who}"


def acts_on(what: str) -> str:
    """Return the list of acts of a kind (`withdrawals/decide`), or on a thing (`queue/mall`)."""
    return f"acts/{what}"


def _row(store: Store, act: Acting, writes: Sequence[Write]) -> Act:
    changes = [each for each in _changes(store, writes) if each.before or each.after or each.hidden]
    told, size = [], 0
    for change in changes[:CHANGES_MAX]:
        size += len(json.dumps([change.before, change.after]).encode())
        fits = size <= ROW_BYTES_MAX
        told.append(change if fits else ActChange(change.target, hidden=tuple(change.after)))
    return Act(
        act.at,
        uuid4().hex,
        act.who,
        act.role,
        act.what,
        act.reason,
        act.request,
        tuple(told),
        len(changes) - len(told),
    )


def _lists(row: Act) -> list[ListItem]:
    """Return the places of an act: by who, by what, and by each thing that it changed."""
    targets = [acts_on(change.target) for change in row.changes]
    members = [acts_on(f"member/{member}") for member in _members(row.changes)]
    things = dict.fromkeys([*members, *targets])
    lists = dict.fromkeys([acts_of(row.who), acts_on(row.what), *[*things][:TARGETS_MAX]])
    return [ListItem(each, row.at, row.id) for each in lists]


def _members(changes: Iterable[ActChange]) -> Iterator[str]:
    for change in changes:
        for told in (change.before, change.after):
            if isinstance(told.get("member"), str):
                yield told["member"]


def _changes(store: Store, writes: Sequence[Write]) -> Iterator[ActChange]:
    places = {_place(write): write for write in writes if _is_told(write)}
    changed = {place: _before(place, write) for place, write in places.items()}
    known = store.get_all(each for each in changed.values() if each)
    for place, write in places.items():
        before = known.get(changed[place] or place)
        after = write.row if isinstance(write, Put) else None
        yield _change(place[0], place[1], before, after)


def _is_told(write: Write) -> bool:
    if isinstance(write, Put):
        return type(write.row) not in _FOLLOWS
    return isinstance(write, Remove) and write.kind not in _FOLLOWS


def _place(write: Write) -> Place:
    if isinstance(write, Put):
        return type(write.row), key_of(write.row)
    assert isinstance(write, Remove), "others are not told"
    return write.kind, write.key


def _before(place: Place, write: Write) -> Place | None:
    """Return where it stands what a write changes, None where there is nothing.

    Settings are saved beside those before.
    """
    if isinstance(write, Put) and isinstance(write.row, SettingsVersion):
        return SettingsVersion, Key(number(write.row.number - 1))
    is_new = isinstance(write, Put) and (write.expects == 0 or isinstance(write.row, Inbox))
    return None if is_new else place


def _change(kind: type, key: Key, before: object, after: object) -> ActChange:
    if isinstance(after, SettingsVersion):
        return _of_settings(before, after)
    if isinstance(after, Inbox):
        return ActChange(f"queue/{after.queue}", after={"command": _command(after)})
    old, new = _told(before), _told(after)
    hidden = _HIDDEN.get(kind)
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    shown = [name for name in changed if hidden is not None and name not in hidden]
    return ActChange(
        _target(kind, key, before or after),
        {name: old[name] for name in shown if name in old},
        {name: new[name] for name in [*shown, *_always(new, hidden)] if name in new},
        tuple(sorted(set(changed) - {*shown})),
    )


def _always(told: Mapping[str, Any], hidden: frozenset[str] | None) -> tuple[str, ...]:
    """Return the fields that are told though they stay as they are: whose it is."""
    return ("member",) if hidden is not None and "member" in told else ()


def _target(kind: type, key: Key, row: object) -> str:
    if isinstance(row, Request):
        return f"{row.kind}/{row.id}"
    return f"{form_of(kind).kind}/{key.partition}"


def _of_settings(before: object, after: SettingsVersion) -> ActChange:
    # Few functions save settings.
    from rebate.contracts.problems import render_path  # noqa: PLC0415
    from rebate.usecases.settings.changes import differences  # noqa: PLC0415

    old = before.document if isinstance(before, SettingsVersion) else {}
    found = differences(old, after.document)
    return ActChange(
        "settings",
        {render_path(each.path): _plain(each.before) for each in found},
        {"version": after.number, **{render_path(d.path): _plain(d.after) for d in found}},
    )


def _command(row: Inbox) -> str:
    return tag_of(type(row.command)) or type(row.command).__name__


def _told(row: object) -> dict[str, Any]:
    """Return a row as an act tells of it, what only keeps it in order left out."""
    if row is None:
        return {}
    told = ((name, _plain(value)) for name, value in fields_of(row) if name not in _BOOKKEEPING)
    return {name: value for name, value in told if value not in (None, [], {})}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever stands in a row
    """Return a value as JSON has it, long texts cut."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value if len(value) <= TEXT_CHARS_MAX else f"{value[:TEXT_CHARS_MAX]}…"
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if value is not None and is_record(type(value)):
        return {name: _plain(each) for name, each in fields_of(value)}
    return value
