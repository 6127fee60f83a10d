"""Records are what frozen dataclasses with slots are, only quicker."""

import copy
import pickle
from dataclasses import FrozenInstanceError
from inspect import Parameter, signature

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.records import (
    REQUIRED,
    contents_of,
    dataclass,
    defaults_of,
    field,
    is_record,
    replace,
)


@dataclass(frozen=True, slots=True)
class Coin:
    """Money in a pocket."""

    worth: int
    marks: dict[str, int] = field(default_factory=dict)
    owner: str = "A"

    @property
    def doubled(self) -> int:
        return 2 * self.worth


@dataclass(frozen=True, slots=True)
class Medal:
    worth: int
    marks: dict[str, int] = field(default_factory=dict)
    owner: str = "A"


@dataclass(frozen=True, slots=True)
class Single:
    worth: int


@dataclass(frozen=True, slots=True)
class Fair:
    heads: int
    tails: int

    def __post_init__(self) -> None:
        assert self.heads == self.tails, "loaded"


@dataclass(slots=True)
class Purse:
    coins: int = 0


def test_it_has_its_fields_defaults_and_methods():
    coin = Coin(7)
    assert (coin.worth, coin.marks, coin.owner, coin.doubled) == (7, {}, "A", 14)
    assert Coin(7, owner="B").owner == "B"
    assert Coin.__doc__ == "Money in a pocket."
    assert repr(coin) == "Coin(worth=7, marks={}, owner='A')"
    assert not hasattr(coin, "__dict__")


def test_its_parameters_are_known_before_the_first_is_made():
    @dataclass(frozen=True, slots=True)
    class Kind:
        kind: str
        marks: dict[str, int] = field(default_factory=dict)
        owner: str = "A"

    parameters = signature(Kind).parameters
    assert [each.default for each in parameters.values()] == [Parameter.empty, REQUIRED, "A"]
    assert Kind(kind="coin") == Kind("coin", {}, owner="A")
    assert [*parameters] == [*signature(Kind).parameters] == ["kind", "marks", "owner"]
    with pytest.raises(TypeError, match="kind"):
        Kind()


def test_each_has_a_default_of_its_own():
    first, second = Coin(1), Coin(1)
    first.marks["scratched"] = 1
    assert second.marks == {}
    assert dict(defaults_of(Coin)) == {"worth": REQUIRED, "marks": {}, "owner": "A"}


def test_it_takes_what_its_fields_say():
    with pytest.raises(TypeError, match="worth"):
        Coin()
    with pytest.raises(TypeError, match="weight"):
        Coin(1, weight=3)
    with pytest.raises(KeyError, match="weight"):
        replace(Coin(1), weight=3)


def test_it_stays_as_it_is():
    coin = Coin(7)
    with pytest.raises(FrozenInstanceError, match="worth of Coin"):
        coin.worth = 8
    with pytest.raises(FrozenInstanceError, match="weight of Coin"):
        coin.weight = 8
    with pytest.raises(FrozenInstanceError, match="worth of Coin"):
        del coin.worth
    assert coin == Coin(7)


@given(st.integers(), st.integers(), st.sampled_from("AB"), st.sampled_from("AB"))
def test_it_equals_what_has_its_class_and_contents(worth, other, owner, another):
    same = (worth, owner) == (other, another)
    assert (Coin(worth, owner=owner) == Coin(other, owner=another)) is same
    assert Coin(worth, owner=owner) != Medal(worth, owner=owner)
    if same:
        assert hash(Single(worth)) == hash(Single(other))


@given(st.integers(), st.integers())
def test_what_is_replaced_differs_in_that_alone(worth, other):
    coin = Coin(worth, {"scratched": 1})
    assert replace(coin, worth=other) == Coin(other, {"scratched": 1})
    assert replace(coin, owner="B") == Coin(worth, {"scratched": 1}, "B")
    assert coin == Coin(worth, {"scratched": 1})
    assert replace(Single(worth), worth=other) == Single(other)


def test_it_is_checked_whenever_one_is_made():
    fair = Fair(1, 1)
    with pytest.raises(AssertionError, match="loaded"):
        Fair(1, 2)
    with pytest.raises(AssertionError, match="loaded"):
        replace(fair, heads=2)


def test_it_is_copied_and_pickled():
    coin = Coin(7, {"scratched": 1}, "B")
    copied = copy.deepcopy(coin)
    assert copied == coin
    assert copied.marks is not coin.marks
    assert pickle.loads(pickle.dumps(coin)) == coin


def test_it_is_matched_by_position():
    match Coin(7, owner="B"):
        case Coin(worth, _, owner):
            assert (worth, owner) == (7, "B")


def test_its_contents_are_told_apart_from_other_dataclasses():
    assert contents_of(Single(7)) == (7, Single)
    assert is_record(Coin)
    assert not is_record(Purse)
    purse = Purse(1)
    purse.coins = 2
    assert replace(purse, coins=3) == Purse(3)
