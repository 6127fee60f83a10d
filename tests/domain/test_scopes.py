"""Which scope's rule decides a ratio (Rules 1.2.1, 1.2.6, 1.3)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.draws import Lottery
from rebate.domain.money import NOTHING, WHOLE, Amount, Bps
from rebate.domain.records import replace
from rebate.domain.scopes import Scope, Tier, entitlement, extraction, takes_part
from tests.strategies import examples

LEVEL, CUMULATIVE, LOTTERY, FIXED = "member level", "cumulative spend", "lottery", "fixed"
RULES = (LEVEL, CUMULATIVE, LOTTERY, FIXED)
PRIZES = Lottery(((Bps(1), 1),))

MALL_OR_DESK = (
    (LEVEL, "product"),
    (LEVEL, "plan"),
    (CUMULATIVE, "product"),
    (LOTTERY, "product"),
    (LOTTERY, "plan"),
    (FIXED, "product"),
    (FIXED, "plan"),
)
STORE = (
    (LEVEL, "store product"),
    (LEVEL, "store"),
    (LEVEL, "plan"),
    (CUMULATIVE, "store product"),
    (CUMULATIVE, "store"),
    (LOTTERY, "store product"),
    (LOTTERY, "store"),
    (LOTTERY, "plan"),
    (FIXED, "store product"),
    (FIXED, "store"),
    (FIXED, "plan"),
)
TABLES = {"mall and desk": MALL_OR_DESK, "store": STORE}
ROWS = [(table, row) for table, rows in TABLES.items() for row in range(len(rows))]


def scopes_with(rows: tuple[tuple[str, str], ...], names: list[str]) -> list[Scope]:
    """Scopes that set just these rows; a ratio names its row: 1 000 and its number."""
    scopes = {name: Scope(name, name) for name in names}
    for rule, name in rows:
        ratio = ratio_of(rule, name)
        settings: dict[str, dict[str, Any]] = {
            LEVEL: {"by_level": {"gold": ratio}},
            CUMULATIVE: {"cumulative": (Tier(10, Amount(500), Bps(ratio)),)},
            LOTTERY: {"lottery": PRIZES},
            FIXED: {"fixed_bps": ratio},
        }
        scopes[name] = replace(scopes[name], **settings[rule])
    return [scopes[name] for name in names]


def ratio_of(rule: str, name: str) -> int:
    return 1000 * (1 + RULES.index(rule)) + len(name)


def decided(rows: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """Which rule of which scope decides if these rows are set, the plan's fixed ratio always."""
    names = list(dict.fromkeys(name for _, name in rows if name != "plan"))
    names = [*(n for n in ("store product", "store", "product") if n in names), "plan"]
    always = (*rows, (FIXED, "plan")) if (FIXED, "plan") not in rows else rows
    found = entitlement(scopes_with(always, names), "gold", lambda _days: Amount(1000))
    first_fixed = next(name for rule, name in always if rule == FIXED)
    if found.rule == LOTTERY:
        assert found.lottery == PRIZES
        assert found.bps == ratio_of(FIXED, first_fixed), "a lottery starts with the fixed ratio"
    else:
        assert found.lottery is None
        assert found.bps == ratio_of(found.rule, found.scope)
    return found.rule, found.scope


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_a_row_of_the_table_wins_over_all_below_it(table: str, row: int) -> None:
    assert decided(TABLES[table][row:]) == TABLES[table][row]


@pytest.mark.parametrize(
    ("table", "row"), [(table, row) for table, row in ROWS if row < len(TABLES[table]) - 1]
)
def test_the_next_row_wins_where_a_row_is_not_set(table: str, row: int) -> None:
    above, below = TABLES[table][:row], TABLES[table][row + 1 :]
    assert decided(below) == TABLES[table][row + 1]
    assert not set(above) & set(below)


def test_a_level_without_a_ratio_counts_as_not_set() -> None:
    """Rule 1.3.1; so does a buyer without a level. The trace says why."""
    scopes = scopes_with(((LEVEL, "product"), (FIXED, "plan")), ["product", "plan"])
    reasons = {"silver": "no ratio for level silver", None: "the buyer has no level"}
    for level, reason in reasons.items():
        found = entitlement(scopes, level, lambda _days: NOTHING)
        assert found.decided_by == "fixed of plan"
        assert [(each.scope, each.outcome) for each in found.passed_over] == [("product", reason)]


def test_of_all_tiers_that_are_reached_the_highest_ratio_counts() -> None:
    """Rule 1.3.2: all tiers of a scope are one set; none reached counts as not set."""
    tiers = (
        Tier(10, Amount(1000), Bps(5000)),
        Tier(10, Amount(3000), Bps(6000)),
        Tier(60, Amount(10_000), WHOLE),
    )
    scopes = [
        Scope("product", "product", cumulative=tiers),
        Scope("plan", "plan", fixed_bps=Bps(7)),
    ]
    spent = {10: NOTHING, 60: NOTHING}

    def ratio(in_10_days: int, in_60_days: int) -> int:
        spent.update({10: Amount(in_10_days), 60: Amount(in_60_days)})
        return entitlement(scopes, None, spent.__getitem__).bps

    assert ratio(999, 9_999) == 7
    assert ratio(1000, 1000) == 5000
    assert ratio(3000, 9_999) == 6000
    assert ratio(0, 10_000) == 10_000
    assert ratio(3000, 10_000) == 10_000


@examples(100)
@given(st.lists(st.none() | st.integers(0, 100).map(Bps), min_size=1, max_size=3))
def test_the_most_specific_scope_that_sets_an_extraction_wins(ratios: list[Bps | None]) -> None:
    scopes = [Scope(str(n), str(n), extraction_bps=ratio) for n, ratio in enumerate(ratios)]
    expected = [ratio for ratio in ratios if ratio is not None]
    assert extraction(scopes) == (expected[0] if expected else 0)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((None, None), (True, True)),
        (("both",), (True, True)),
        (("funds_only", None), (True, False)),
        (("queues_only", "both"), (False, True)),
        (("funds_only", "queues_only"), (False, False)),
        (("both", "off"), (False, False)),
        (("off", "both"), (False, False)),
    ],
)
def test_every_scope_must_allow_what_a_line_does(
    parts: tuple[str | None, ...], expected: tuple[bool, bool]
) -> None:
    """(contributes, may earn an entry); a scope that names no part allows both (Rule 1.2.6)."""
    scopes = [Scope(str(n), str(n), part=part) for n, part in enumerate(parts)]
    assert takes_part(scopes) == expected
