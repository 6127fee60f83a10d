"""What people did: by who, by what, or all, the newest first (Rules 8.5 and 8.9)."""

from collections.abc import Iterable
from itertools import islice

from rebate.contracts.acts import ActChangeShown, Acts, ActShown
from rebate.contracts.api import PAGE_SIZE
from rebate.domain.records import dataclass
from rebate.domain.times import Instant, datetime_of
from rebate.usecases.office.acts import acts_of, acts_on
from rebate.usecases.storage.in_time import newest_first
from rebate.usecases.storage.office import Act
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import ACTS, act_key
from rebate.usecases.storage.rows.lists import ListItem

ROWS_READ_MAX = 1_000
"""Rows that one page reads: where most is passed over it is short, and the next goes on."""


@dataclass(frozen=True, slots=True)
class WantedActs:
    """Which acts: of somebody, of a kind or on a thing, from an instant on, before another."""

    who: str | None = None
    what: str | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None

    def has(self, act: Act) -> bool:
        """Tell whether an act is among them; those before `starts_at` are never asked about."""
        return self.who is None or act.who == self.who


def show_acts(store: Store, wanted: WantedActs, after: str | None = None) -> Acts:
    """Return a page of acts; where both are asked for, of what was done those that are theirs."""
    found: list[Act] = []
    for read, act in enumerate(_acts(store, wanted, after), 1):
        if wanted.starts_at is not None and act.at < wanted.starts_at:
            break
        found += [act] if wanted.has(act) else []
        if len(found) == PAGE_SIZE or read == ROWS_READ_MAX:
            return Acts(tuple(map(act_shown, found)), key_of(act).sort)
    return Acts(tuple(map(act_shown, found)))


def acts_on_queue(store: Store, queue: str, since: Instant) -> tuple[ActShown, ...]:
    """Return what people did to a queue since an instant, the newest first."""
    wanted = WantedActs(what=f"queue/{queue}", starts_at=since)
    return show_acts(store, wanted).acts


def act_shown(act: Act) -> ActShown:
    """Return an act as operators see it."""
    return ActShown(
        id=act.id,
        at=datetime_of(act.at),
        who=act.who,
        role=act.role,
        what=act.what,
        reason=act.reason,
        request=act.request,
        changes=tuple(
            ActChangeShown(each.target, each.before, each.after, each.hidden)
            for each in act.changes
        ),
        more=act.more,
    )


def _acts(store: Store, wanted: WantedActs, after: str | None) -> Iterable[Act]:
    ends_at = wanted.ends_at
    if wanted.who is None and wanted.what is None:
        yield from newest_first(store, Act, [ACTS], after=after, ends_at=ends_at)
        return
    list_ = acts_of(wanted.who or "") if wanted.what is None else acts_on(wanted.what)
    items = newest_first(store, ListItem, [list_], after=after, ends_at=ends_at)
    while some := list(islice(items, PAGE_SIZE)):
        keys = [act_key(item.at, item.id) for item in some]
        acts = store.get_many(Act, keys)
        yield from (acts[key] for key in keys if key in acts)
