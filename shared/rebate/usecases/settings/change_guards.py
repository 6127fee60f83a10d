"""What new settings may not change, given what waits and what was accepted (Rules 0.9 and 0.13)."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from rebate.contracts.problems import Problem, join_paths, shown
from rebate.contracts.settings import InvalidSettings, Settings
from rebate.contracts.settings.risks import acknowledged_at, unacknowledged
from rebate.domain.queues import Queue
from rebate.domain.senders import SendersTerms, SenderTerms, sender_of_key
from rebate.domain.terms import Terms
from rebate.domain.wallets import Wallet
from rebate.usecases.settings.queue_switches import switch_problems
from rebate.usecases.storage.ports import Check, Store, Write
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.orders import KnownSender

TIMEZONE_RISK = "timezone"
"""The name under which an operator accepts that days are others from now on (Rule 0.9)."""

NAMED_MAX = 5
"""Queues and wallets that a refusal names."""


def insist_on_change(store: Store, before: Terms, after: Terms, settings: Settings) -> list[Write]:
    """Insist that settings may take the place of those in force; return what has to stay so.

    Raises:
        InvalidSettings: what waits stands against it, or a sender's orders do.
    """
    problems, checks = change_problems(store, before, after, settings)
    if problems:
        raise InvalidSettings(problems)
    return checks


def change_problems(
    store: Store, before: Terms, after: Terms, settings: Settings
) -> tuple[list[Problem], list[Write]]:
    """Return what stands against settings or has to be acknowledged, and what has to stay so."""
    problems = list(switch_problems(store, before, after, settings))
    if before.currency != after.currency or before.zone != after.zone:
        stands = ", ".join(_in_the_way(store))
        problems += _of_money_and_days(before, after, settings, stands) if stands else ()
    checks: list[Write] = []
    for path, name, message in _of_senders(before.senders, after.senders):
        if store.get(KnownSender, Key(name)) is not None:
            problems.append(Problem(path, message))
        elif name not in {check.key.partition for check in checks if isinstance(check, Check)}:
            checks.append(Check(KnownSender, Key(name), 0))
    return problems, checks


def _of_money_and_days(
    before: Terms, after: Terms, settings: Settings, stands: str
) -> Iterator[Problem]:
    if before.currency != after.currency:
        message = f"cannot change from {before.currency} to {after.currency} while {stands}"
        yield Problem("currency", message)
    zone = after.zone.key
    if before.zone.key != zone and not acknowledged_at(settings, TIMEZONE_RISK, zone):
        message = f"changes from {before.zone.key} to {zone} while {stands}"
        yield unacknowledged("timezone", message, TIMEZONE_RISK, zone)


def _in_the_way(store: Store) -> Iterator[str]:
    """Yield what waits or is held, in words; all that is looked at is named only in part."""
    queues = islice(filter(_waits, store.scan(Queue)), NAMED_MAX)
    waiting = [f"{queue.standing.waiting} in {queue.id}" for queue in queues]
    if waiting:
        yield f"entries wait ({', '.join(waiting)})"
    wallets = islice(filter(_holds, store.scan(Wallet)), NAMED_MAX)
    holding = [wallet.member for wallet in wallets]
    if holding:
        yield f"wallets hold something (of {', '.join(holding)})"
    if next(iter(store.scan(Inbox)), None) is not None:
        yield "orders wait to be settled"


def _waits(queue: Queue) -> bool:
    return queue.standing.waiting > 0 or queue.merging


def _holds(wallet: Wallet) -> bool:
    return any(wallet.balances.values())


def _of_senders(before: SendersTerms, after: SendersTerms) -> Iterator[tuple[str, str, str]]:
    """Yield (path, sender, why not) of what must not change if the sender has an order."""
    for name in sorted({*before.named, *after.named}):
        if _ids(before.of_name(name)) != _ids(after.of_name(name)):
            kept = shown(before.of_name(name).prefix)
            message = f"cannot change from {kept}: the sender has orders with it"
            yield join_paths(f"senders.{name}", "prefix"), name, message
    yield from _taken_over("sources", before.by_source, after.by_source, str)
    yield from _taken_over("keys", before.by_key, after.by_key, sender_of_key)


def _taken_over(
    kind: str, before: Mapping[str, str], after: Mapping[str, str], alone: Callable[[str], str]
) -> Iterator[tuple[str, str, str]]:
    """Yield the sources and keys that were senders by themselves, and are to be another's."""
    for each, name in after.items():
        if each not in before and alone(each) != name:
            message = f"{each} has orders as a sender by itself: name the sender {alone(each)}"
            yield f"senders.{name}.{kind}", alone(each), message


def _ids(sender: SenderTerms) -> tuple[str, bool]:
    return sender.prefix, bool(sender.prefix) and sender.members_shared
