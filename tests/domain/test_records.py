"""Records are what frozen dataclasses with slots are, only quicker."""

import copy
import dataclasses
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError
from inspect import Parameter, signature
from pathlib import Path
from textwrap import dedent
from typing import ClassVar

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


def twins(body):
    """Return a record and the standard library's dataclass of the same body."""
    ours = type(body.__name__, (), dict(vars(body)))
    theirs = type(body.__name__, (), dict(vars(body)))
    return (
        dataclass(frozen=True, slots=True)(ours),
        dataclasses.dataclass(frozen=True)(theirs),
    )


class Drawn:
    """Has everything that records promise."""

    worth: int
    side: str = "heads"
    marks: dict[str, int] = field(default_factory=dict)
    seen: int = field(default=0, compare=False)
    secret: str = field(default="s", repr=False)
    most: ClassVar[int] = 9


@pytest.mark.parametrize("kind", twins(Drawn), ids=["record", "dataclass"])
def test_what_a_type_checker_is_told_of_it_holds(kind):
    drawn = kind(1)
    assert repr(drawn).endswith("(worth=1, side='heads', marks={}, seen=0)")
    assert drawn == kind(1, seen=5)
    assert drawn != kind(1, secret="t")
    assert drawn != kind(1, side="tails")
    assert (kind.most, drawn.most) == (9, 9)
    assert kind.__match_args__ == ("worth", "side", "marks", "seen", "secret")
    with pytest.raises(TypeError):
        kind(1, most=3)
    with pytest.raises(TypeError):
        kind(1) < kind(2)  # noqa: B015 - order is not promised
    with pytest.raises(FrozenInstanceError):
        drawn.worth = 2


@pytest.mark.parametrize("kind", twins(Drawn), ids=["record", "dataclass"])
def test_dataclasses_do_with_it_what_they_do_with_their_own(kind):
    drawn = kind(1, marks={"scratched": 1})
    assert dataclasses.is_dataclass(kind)
    assert dataclasses.is_dataclass(drawn)
    fields = dataclasses.fields(kind)
    assert [(each.name, each.compare, each.repr) for each in fields] == [
        ("worth", True, True),
        ("side", True, True),
        ("marks", True, True),
        ("seen", False, True),
        ("secret", True, False),
    ]
    assert [each.type for each in fields] == [int, str, dict[str, int], int, str]
    assert fields[1].default == "heads"
    assert fields[2].default_factory is dict
    assert dataclasses.fields(drawn) == fields
    told = dataclasses.asdict(drawn)
    assert told == {
        "worth": 1,
        "side": "heads",
        "marks": {"scratched": 1},
        "seen": 0,
        "secret": "s",
    }
    assert told["marks"] is not drawn.marks
    assert dataclasses.astuple(drawn) == (1, "heads", {"scratched": 1}, 0, "s")
    assert dataclasses.replace(drawn, side="tails") == kind(1, "tails", {"scratched": 1})


def test_records_inside_are_told_as_well():
    @dataclass(frozen=True, slots=True)
    class Bag:
        coins: tuple[Single, ...]

    assert dataclasses.asdict(Bag((Single(1), Single(2)))) == {
        "coins": ({"worth": 1}, {"worth": 2})
    }


def test_it_can_be_replaced_by_copying():
    assert Coin(1).__replace__(worth=2) == Coin(2)


def test_a_field_by_which_it_is_not_compared_is_not_hashed_either():
    @dataclass(frozen=True, slots=True)
    class Seen:
        worth: int
        times: int = field(default=0, compare=False)

    assert hash(Seen(1)) == hash(Seen(1, 5))
    assert contents_of(Seen(1, 5)) == (1, 5, Seen)
    assert replace(Seen(1), times=3).times == 3


MISTAKES = [
    ({"__annotations__": {"marks": list}, "marks": []}, ValueError, "marks of Kind"),
    ({"__annotations__": {"marks": dict}, "marks": {}}, ValueError, "default_factory"),
    ({"__annotations__": {"a": int, "b": int}, "a": 1}, TypeError, "b of Kind has no default"),
    ({"__annotations__": {"a": int}, "a": field(init=False)}, TypeError, "no such fields"),
    ({"__annotations__": {"a": int}, "a": field(kw_only=True)}, TypeError, "no such fields"),
    ({"__annotations__": {"_": dataclasses.KW_ONLY, "a": int}}, TypeError, "given by place"),
    ({"__annotations__": {"a": dataclasses.InitVar[int]}}, TypeError, "given by place"),
]


@pytest.mark.parametrize(("body", "error", "words"), MISTAKES)
def test_what_it_cannot_do_is_refused_where_the_class_is_written(body, error, words):
    with pytest.raises(error, match=words):
        dataclass(frozen=True, slots=True)(type("Kind", (), body))


def test_it_inherits_nothing():
    with pytest.raises(TypeError, match="inherit nothing"):
        dataclass(frozen=True, slots=True)(type("Kind", (dict,), {"__annotations__": {"a": int}}))


@pytest.mark.parametrize("option", ["order", "kw_only", "eq", "repr", "init", "unsafe_hash"])
def test_options_that_are_not_promised_are_refused(option):
    with pytest.raises(TypeError, match=option):
        dataclass(frozen=True, slots=True, **{option: True})


CHECKED = """
from typing import ClassVar
from rebate.domain.records import dataclass, field, replace

@dataclass(frozen=True, slots=True)
class Coin:
    worth: int
    side: str = "heads"
    most: ClassVar[int] = 9

Coin(1, side="tails")
replace(Coin(1), worth=2)
Coin()
Coin("1")
Coin(1, most=3)
replace(Coin(1), weight=2)
Coin(1).worth = 2
Coin(1) < Coin(2)

@dataclass(frozen=True, slots=True, order=True)
class Ordered:
    worth: int
"""


def test_a_type_checker_refuses_what_is_refused_when_it_runs(tmp_path):
    source = tmp_path / "coins.py"
    source.write_text(dedent(CHECKED))
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", str(source)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    refused = {int(line.split(":")[1]) for line in found.stdout.splitlines() if "error:" in line}
    assert refused == {13, 14, 15, 16, 17, 18, 20}, found.stdout
