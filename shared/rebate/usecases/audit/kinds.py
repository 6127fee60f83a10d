"""Which accounts each kind of journal entry touches, and where entries of that kind come from."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rebate.domain.ledger import JournalEntry, JournalKind, Posting, is_known, parts_of
from rebate.domain.movements import MovementKind
from rebate.domain.names import QueueId
from rebate.domain.plans import referral
from rebate.domain.plans.registry import PLANS
from rebate.usecases.money.backing import SOURCES
from rebate.usecases.storage.rows.journal import Journal

_MONEY = ("wallet/cash", "wallet/pending")
_VALUE = ("wallet/points", "wallet/love", "wallet/love_frozen", "wallet/voucher")
_COMMISSION = ("wallet/cash", "platform/commissions")

_OF_QUEUES: Mapping[str, tuple[str, ...]] = {
    JournalKind.CONTRIBUTION: ("queue", *_MONEY),
    JournalKind.POOL_RUN: ("queue", *_MONEY),
    JournalKind.MERGE: ("queue",),
    JournalKind.DROPPED: ("queue",),
    JournalKind.REPURCHASE: ("queue", "wallet/cash"),
    JournalKind.RANDOM_RETURN: ("issued", "wallet/points"),
    JournalKind.EXCHANGE: ("issued", *_VALUE),
    JournalKind.REFUND: ("queue", "issued", *_MONEY, *_VALUE),
}
"""With what the names of the accounts begin to which entries of queues may post, by kind."""


class _Origin(NamedTuple):
    """Where entries come from that no queue makes, and to which accounts they may post."""

    source: str
    accounts: tuple[str, ...]


_OTHERS: Mapping[str, _Origin] = {
    JournalKind.COMMISSION: _Origin("referral/", _COMMISSION),
    JournalKind.DIVIDEND: _Origin("dividend/", _COMMISSION),
    JournalKind.RELEASE: _Origin("release#", _MONEY),
    JournalKind.COLLECT: _Origin("collect#", _MONEY),
}


def unknown_accounts(row: Journal) -> Iterator[str]:
    """Yield what a row says of accounts that there are not."""
    for entry in row.entries:
        for posting in entry.postings:
            if not is_known(posting.account):
                yield f"posts to {posting.account}, and there is no such account"


def unknown_kinds(row: Journal) -> Iterator[str]:
    """Yield what in a row no code of this release writes: kinds, and what they do not touch."""
    for entry in row.entries:
        yield from _unknown(row.source, entry)


def _unknown(source: str, entry: JournalEntry) -> Iterator[str]:
    kind = entry.kind
    if kind in set(MovementKind) or source.partition("/")[0] in SOURCES:
        return  # held against what asked for it
    origin = _OTHERS.get(kind)
    if origin:
        if not source.startswith(origin.source):
            yield f"holds a {kind}, and those have sources of their own"
        allowed = origin.accounts
    elif kind in _OF_QUEUES:
        if not _is_line(source):
            yield f"holds a {kind}, and is of no queue"
        allowed = _OF_QUEUES[kind]
    else:
        yield f"holds a {kind}, and there is no such kind of movement"
        return
    for posting in entry.postings:
        if not _may_post(source, posting, allowed):
            yield f"posts to {posting.account}, which a {kind} does not touch"


def _is_line(source: str) -> bool:
    """Tell whether a source is a queue; of a plan that is not known any may be."""
    name = PLANS.queue(QueueId(source))
    return name is None or name.kind is not referral.KIND


def _may_post(source: str, posting: Posting, allowed: tuple[str, ...]) -> bool:
    kind, pocket, owner = parts_of(posting.account)
    if kind in {"queue", "issued"} and owner != source:
        return False
    return kind in allowed or f"{kind}/{pocket}" in allowed
