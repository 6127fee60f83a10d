"""What members see of their rewards by kind, and what is there of older rows (Rule 5.7)."""

from typing import Any

from rebate.adapters.codec import decode, encode
from rebate.contracts import api
from rebate.domain.fingerprints import fingerprint
from rebate.domain.ledger import BalanceType, JournalEntry, Posting, wallet
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, QueueId
from rebate.domain.queues import Queue
from rebate.domain.records import replace
from rebate.domain.tickets import Entry, Ticket
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.queries.show_progress import show_progress
from rebate.usecases.queries.show_wallet import show_wallet
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.journal import Journal, StatementEntry, StatementMovement
from tests.books import check_books
from tests.engine import Player
from tests.fakes import MemoryStore

SETTINGS: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "alliance": {
        "enabled": True,
        "place_by": "paid",
        "dividend_bps": 4000,
        "merchants": {"Z": {"concession_bps": 0}},
        "heads_bps": [10000],
        "direct_acceleration_bps": 1000,
        "repurchase_acceleration_bps": 500,
    },
    "order_queue": {"enabled": True, "reward_bps": 3000, "rewards_to_exit": 5},
}


def buy(order: str, member: str, paid: int = 10_000) -> dict[str, Any]:
    return {"buy": {"order": order, "member": member, "paid": paid}}


def join(order: str, member: str) -> dict[str, Any]:
    """Buy where the alliance is given nothing: the order only takes its place."""
    bought = buy(order, member)["buy"]
    return {"buy": {**bought, "channel": "store", "store": "Z"}}


def refund(order: str, amount: int) -> dict[str, Any]:
    return {"refund": {"order": order, "line": "1", "amount": amount, "id": f"back-{amount}"}}


def played(*steps: dict[str, Any]) -> Player:
    members = [{"id": "A"}, {"id": "B", "referrer": "A"}]
    player = Player({"settings": SETTINGS, "members": members, "steps": steps})
    player.play()
    check_books(player.store)
    assert audit_books(player.store).differences == []
    return player


def progress(player: Player, member: str, queue: str = "alliance") -> api.ProgressShown:
    terms = player.app.settings.in_force().terms
    return show_progress(player.store, terms, MemberId(member), QueueId(queue))


def statement(player: Player, member: str, source: str = "alliance") -> list[tuple[Any, ...]]:
    shown = show_wallet(player.store, MemberId(member))
    return [
        (moved.kind, moved.reason, moved.amount)
        for row in reversed(shown.statement)
        if row.source == source
        for moved in row.movements
    ]


def test_members_see_what_came_by_place_by_a_friend_and_by_buying_again() -> None:
    """X stands at the head, and B, whom A referred, buys again for 100.00 at 40 %."""
    player = played(join("o1", "X"), join("o2", "A"), join("o3", "B"), buy("o4", "B"))
    assert progress(player, "X").earned_by_reason == {"queue": 2500}
    assert progress(player, "A").earned_by_reason == {"direct": 1000}
    assert progress(player, "B").earned_by_reason == {"repurchase": 500}
    assert statement(player, "A") == [("contribution", "direct", 1000)]
    assert statement(player, "B") == [("contribution", "repurchase", 500)]


def test_the_order_queue_counts_its_rewards_by_place() -> None:
    player = played(buy("o1", "X"), buy("o2", "Y"), buy("o3", "X"), buy("o4", "Y"))
    assert progress(player, "X", "order_queue").earned_by_reason == {"queue": 9000}


def test_kinds_of_several_entries_add_up() -> None:
    """The first is paid in full, what is too much for it goes to the second with the next order."""
    bought = (buy("o3", "B"), buy("o4", "B"), buy("o5", "A"), buy("o6", "C"))
    player = played(join("o1", "A"), join("o2", "A"), *bought)
    seen = progress(player, "A")
    queue = 3000 + 2500 + 2000 + (1500 + 4000)
    assert seen.earned_by_reason == {"queue": queue, "direct": 2000, "repurchase": 500}
    assert seen.earned == queue + 2500


def test_what_was_taken_back_stands_beside_what_was_got() -> None:
    """No kind of reward is rewritten for a refund (Rule 1.6.5)."""
    player = played(join("o1", "A"), buy("o2", "B"), buy("o3", "B"), refund("o1", 5000))
    seen = progress(player, "A")
    assert seen.earned == 5000
    assert seen.earned_by_reason == {"queue": 5500, "direct": 2000, "clawed_back": -2500}
    assert statement(player, "A")[-1] == ("refund", "clawed_back", -2500)


def test_counted_rewards_are_taken_back_with_the_whole_order() -> None:
    player = played(buy("o1", "X"), buy("o2", "Y"), refund("o1", 10_000))
    seen = progress(player, "X", "order_queue")
    assert (seen.earned, seen.earned_by_reason) == (0, {"queue": 3000, "clawed_back": -3000})


def test_rows_from_before_reasons_were_kept_are_read_and_add_up() -> None:
    """What was paid then is of no kind; what is paid now goes on from there."""
    player = played(join("o1", "A"), buy("o2", "B"))
    store = player.store
    heads: dict[str, str] = {}
    for row in [*store.scan(Ticket), *store.scan(StatementEntry), *journal(store)]:
        stored = decode(type(row), encode(without_reasons(row)))
        if isinstance(stored, Journal):
            stored = replace(stored, previous=heads.get(stored.source, ""))
            heads[stored.source] = fingerprint(stored)
        store.commit([Put(stored)])
    for queue in list(store.scan(Queue)):
        store.commit([Put(replace(queue, head=heads[queue.id]))])
    assert progress(player, "A").earned == 4000
    assert progress(player, "A").earned_by_reason == {}
    assert {reason for _, reason, _ in statement(player, "A")} == {None}
    player.step(buy("o3", "B"))
    player.step(refund("o1", 5000))
    assert audit_books(store).differences == []
    seen = progress(player, "A")
    assert (seen.earned, seen.earned_by_reason) == (
        5000,
        {"queue": 2500, "direct": 1000, "clawed_back": -2500},
    )


def journal(store: MemoryStore) -> list[Journal]:
    """Return the rows as they are chained."""
    return sorted(store.scan(Journal), key=lambda row: (row.source, row.number))


def without_reasons(row: Any) -> Any:
    match row:
        case Ticket():
            lines = (replace(line, entry=_bare(line.entry)) for line in row.lines)
            return replace(row, lines=tuple(lines))
        case Journal():
            return replace(row, entries=tuple(map(_unreasoned, row.entries)))
        case _:
            moved = (replace(each, reason=None) for each in row.movements)
            return replace(row, movements=tuple(moved))


def _bare(entry: Entry | None) -> Entry | None:
    return entry and replace(entry, by_reason={})


def _unreasoned(entry: JournalEntry) -> JournalEntry:
    bare = (replace(posting, reason=None) for posting in entry.postings)
    return replace(entry, postings=tuple(bare))


def test_what_is_no_reward_takes_no_room_for_a_reason() -> None:
    posting = Posting(wallet(MemberId("A"), BalanceType.CASH), Amount(1))
    for bare in (
        Entry(Amount(100), 0),
        posting,
        StatementMovement("withdrawal", BalanceType.CASH, Amount(1)),
    ):
        assert "reason" not in encode(bare)
