"""Draws that anyone can check: commitments, odds, and every draw of a day recomputed."""

import hmac
from datetime import date
from hashlib import sha256

import pytest

from rebate.domain.draws import Group, Lottery, Luck
from rebate.domain.errors import Rejected
from rebate.domain.money import Bps
from rebate.domain.records import replace
from rebate.domain.tickets import Status, Ticket
from rebate.usecases.draws.show_draws import show_draws, show_entry_draw
from rebate.usecases.draws.verify_draws import verify_draws
from rebate.usecases.entries.exchange_entry import Wish
from rebate.usecases.notices.show_notices import show_notices
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.settings import Seed
from tests.engine import Player

DAY = "2026-03-01"
LOTTERY = {
    "kind": "fixed",
    "prizes": [{"bps": 1000, "weight": 3}, {"bps": 20000, "weight": 1}],
    "miss_weight": 2,
}
PLAN = {
    "enabled": True,
    "extraction_bps": 1000,
    "entitlement": {"fixed_bps": 10000, "lottery": LOTTERY},
    "exchange": {"points_bps": 10000},
    "random_return": {"cash": 2, "points": 1},
}
ORDERS = 24


def playing(plan=PLAN, orders=ORDERS, **more):
    """A day of orders by as many members; those that wait are drawn before anyone is paid."""
    settings = {"currency": "CNY", "timezone": "Asia/Shanghai", "queue_rebate": plan, **more}
    steps = [{"buy": {"order": f"o{n}", "member": f"m{n}", "paid": 10000}} for n in range(orders)]
    player = Player({"settings": settings, "steps": steps, "draw_seed": "any"})
    player.play()
    return player


def drawn(**more):
    """As `playing`, with nothing contributed, so that all may be drawn; converted ones cannot."""
    player = playing(PLAN | {"extraction_bps": 0}, **more)
    for ticket in list(player.store.scan(Ticket)):
        player.step({"draw": {"queue": "mall", "entry": f"{ticket.order}/1"}})
    return player


def verified(player, day=DAY):
    terms = player.app.settings.in_force().terms
    return verify_draws(player.store, player.store.get(Seed, Key(day)), terms.zone)


def tamper(player, change, chosen):
    """Change the first ticket that is `chosen`, behind the engine's back."""
    for ticket in player.store.scan(Ticket):
        line = ticket.lines[0]
        if chosen(line):
            changed = ticket.with_line(0, change(line))
            key = key_of(changed)
            player.store.rows[Ticket][key.partition][key.sort] = changed
            return ticket
    raise AssertionError("no such ticket")


def test_every_draw_of_a_day_is_recomputed():
    """Lotteries and places of random return, each from the seed and what the ticket keeps."""
    player = drawn()
    result = verified(player)
    converted = player.refusals.count("entry_not_waiting")
    assert converted == ORDERS // 3
    assert result.lottery == ORDERS - converted
    assert result.random_return == ORDERS
    assert result.holds


def test_draws_of_another_day_are_left_to_that_day():
    player = drawn()
    player.app.seeds.of(date(2026, 3, 2))
    result = verified(player, "2026-03-02")
    assert (result.lottery, result.random_return, result.holds) == (0, 0, True)


@pytest.mark.parametrize(
    ("change", "chosen", "message"),
    [
        (
            lambda line: replace(line, entitlement_bps=777),
            lambda line: line.entry.drawn,
            "not 777",
        ),
        (
            lambda line: replace(line, lottery=None),
            lambda line: line.entry.drawn,
            "no lottery decides it",
        ),
        (
            lambda line: replace(line, lottery=Lottery(((Bps(123), 1),))),
            lambda line: line.entry.drawn,
            "draws a ratio of 123",
        ),
        (
            lambda line: replace(
                line, random_return=replace(line.random_return, luck=Luck("0" * 64))
            ),
            lambda line: True,
            "its luck is",
        ),
        (
            lambda line: replace(line, entry=replace(line.entry, status=Status.CONVERTED)),
            lambda line: line.entry.status is Status.WAITING,
            "gives a cash place of its group, not a points place",
        ),
        (
            lambda line: replace(line, entry=replace(line.entry, group=Group(9, 0))),
            lambda line: line.entry.status is Status.WAITING,
            "not 9 cash and 0 points places",
        ),
    ],
    ids=["ratio", "no lottery", "other odds", "luck", "outcome", "group"],
)
def test_a_draw_that_was_tampered_with_is_named(change, chosen, message):
    player = drawn()
    ticket = tamper(player, change, chosen)
    result = verified(player)
    assert not result.holds
    named = [str(each) for each in result.differences]
    assert any(f"mall, entry {ticket.order}/1: " in text and message in text for text in named)


def test_another_seed_than_was_committed_to_is_told():
    player = drawn()
    seed = player.store.get(Seed, Key(DAY))
    player.store.rows[Seed][DAY][""] = replace(seed, secret="00" * 32)
    result = verified(player)
    assert not result.keeps_commitment
    assert result.more


def test_a_member_checks_a_draw_with_nothing_but_a_hash_function():
    """Rule 1.3.4, with what the API gives and no code of ours."""
    player = drawn()
    name, seen = next(
        (ticket.member, seen)
        for ticket in player.store.scan(Ticket)
        if (seen := entry_draw(player, ticket)).drawn
    )
    seed = bytes.fromhex(seen.seed)
    assert sha256(seed).hexdigest() == seen.commitment
    luck = hmac.new(seed, seen.entry.encode(), sha256).hexdigest()
    assert luck == seen.luck
    spot = int(luck, 16) % seen.odds.total_weight
    expected = 10000
    for prize in seen.odds.prizes:
        if spot < prize.weight:
            expected = prize.bps
            break
        spot -= prize.weight
    assert seen.ratio_bps == expected
    assert name


def test_a_seed_is_secret_until_its_day_is_over():
    player = playing(orders=1)
    terms = player.app.settings.in_force().terms
    during = show_draws(player.app.seeds, terms, player.now, date(2026, 3, 1))
    assert during.days[0].seed is None
    assert len(during.days[0].commitment) == 64
    after = show_draws(player.app.seeds, terms, player.app.clock.now(), date(2026, 3, 1))
    assert sha256(bytes.fromhex(after.days[0].seed)).hexdigest() == during.days[0].commitment


def test_odds_are_published_before_any_draw():
    player = playing(orders=0)
    terms = player.app.settings.in_force().terms
    odds = show_draws(player.app.seeds, terms, player.app.clock.now()).odds
    assert odds["plan"].total_weight == 6
    assert [(prize.bps, prize.weight) for prize in odds["plan"].prizes] == [(1000, 3), (20000, 1)]


def test_odds_of_entries_in_line_stay_whatever_is_set_later():
    """Rule 8.4: worse odds hold for orders accepted after the change, and for no others."""
    player = playing(PLAN | {"random_return": None}, orders=1)
    worse = {"kind": "range", "low_bps": 1, "high_bps": 2}
    player.step({"set": {"queue_rebate": {"entitlement": {"lottery": worse}}}})
    (ticket,) = player.store.scan(Ticket)
    assert entry_draw(player, ticket).odds.total_weight == 6
    player.step({"draw": {"queue": "mall", "entry": "o0/1"}})
    assert player.refusals[-1] is None
    assert entry_draw(player, ticket).ratio_bps in {1000, 10000, 20000}
    player.step({"set": {"queue_rebate": {"entitlement": {"lottery": None}}}})
    assert entry_draw(player, ticket).drawn


def test_a_prize_has_a_highest_value():
    """Rule 8.4: no draw gives an entitlement above the guard's."""
    prizes = {"kind": "fixed", "prizes": [{"bps": 100_000}]}
    plan = PLAN | {"random_return": None, "entitlement": {"fixed_bps": 100, "lottery": prizes}}
    player = playing(plan, orders=1, guards={"lottery_prize_max": 12_345})
    player.step({"draw": {"queue": "mall", "entry": "o0/1"}})
    (entry,) = player.outcome()["queues"]["mall"]["entries"]
    assert entry["entitlement"] == 12_345


@pytest.mark.parametrize(
    ("entry", "by", "steps", "code"),
    [
        ("o1/1", None, 0, "already_paid"),
        ("o9/1", None, 0, "unknown_entry"),
        ("o2/1", "m1", 0, "not_yours"),
        ("o2/1", None, 1, "already_drawn"),
    ],
)
def test_a_draw_that_may_not_be_is_refused_and_changes_nothing(entry, by, steps, code):
    """After a payout, of nothing, of another member's entry, twice."""
    player = playing(PLAN | {"random_return": None}, orders=0)
    for number in range(1, 4):
        player.step({"buy": {"order": f"o{number}", "member": f"m{number}", "paid": 10000}})
    for _ in range(steps):
        player.step({"draw": {"queue": "mall", "entry": entry}})
    before = player.outcome()
    with pytest.raises(Rejected) as refused:
        player.app.entries.draw(Wish("mall", entry), by=by, at=player.now)
    assert refused.value.code == code
    assert player.outcome() == before


def test_an_entry_that_no_lottery_decides_has_no_odds():
    player = playing(PLAN | {"entitlement": {"fixed_bps": 10000}}, orders=1)
    (ticket,) = player.store.scan(Ticket)
    with pytest.raises(Rejected) as refused:
        entry_draw(player, ticket)
    assert refused.value.code == "no_lottery"


def test_the_odds_of_somebody_elses_entry_are_not_told():
    player = playing(orders=2)
    terms = player.app.settings.in_force().terms
    now = player.app.clock.now()
    with pytest.raises(Rejected) as refused:
        show_entry_draw(player.app.seeds, terms, now, member="m0", queue="mall", entry="o1/1")
    assert refused.value.code == "unknown_entry"
    assert show_notices(player.store, terms, "m0", "en").notices == ()


def entry_draw(player, ticket):
    return show_entry_draw(
        player.app.seeds,
        player.app.settings.in_force().terms,
        player.app.clock.now(),
        member=ticket.member,
        queue=ticket.queue,
        entry=f"{ticket.order}/1",
    )
