"""Exports as jobs: asked for once, carried out by one, whole, and over after a day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import get_args

import pytest

from rebate.contracts.office import EXPORTED
from rebate.contracts.requests import JobExport
from rebate.domain.errors import Mismatch, Unavailable
from rebate.domain.times import DAY, SECOND, Instant
from rebate.usecases.office.export_jobs import (
    LEASE,
    TRIES_MAX,
    ExportRunner,
    ask_export,
    file_name,
    find_export,
    show_exports,
    shown,
)
from rebate.usecases.office.exports import EXPORTS, Period
from tests.engine import Player
from tests.fakes import MemoryStore
from tests.plans import MALL

ALL = Period()
NOON = Instant(1_000 * DAY + DAY // 2)


@dataclass
class Clock:
    at: Instant = NOON

    def now(self) -> Instant:
        return self.at

    def due_by(self) -> Instant:
        return self.at


@dataclass
class Files:
    """Keeps files; `meanwhile` is done with the first bytes of one."""

    texts: dict[str, str] = field(default_factory=dict)
    meanwhile: object = None

    def write(self, name: str, media_type: str, parts: Iterable[bytes]) -> None:
        found = b""
        for part in parts:
            found += part
            if callable(self.meanwhile):
                self.meanwhile()
        self.texts[name] = found.decode()

    def link(self, name: str) -> str:
        return f"https://files.example/{name}"


class Desk:
    """A shop with some orders, and who asks for exports of them."""

    def __init__(self) -> None:
        player = Player({"settings": MALL, "steps": []}, MemoryStore())
        player.begin()
        for number in range(3):
            player.step({"buy": {"order": f"o{number}", "member": "A", "paid": 1000}})
        self.store, self.clock, self.files = player.store, Clock(), Files()
        self.terms = player.app.settings.in_force().terms
        self.may = True

    def ask(self, id_: str = "e1", what: str = "orders", *, is_csv: bool = True, by: str = "op"):
        return ask_export(self.store, self.clock, what, ALL, is_csv=is_csv, id_=id_, by=by)

    def runner(self) -> ExportRunner:
        return ExportRunner(self.store, self.clock, self.files, self.terms, lambda: self.may)

    def job(self, id_: str = "e1"):
        return find_export(self.store, self.clock, id_)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_what_can_be_asked_for_is_what_can_be_exported():
    assert {*get_args(JobExport)} == {*EXPORTS}
    assert {*EXPORTED} < {*get_args(JobExport)}


@pytest.mark.parametrize("what", get_args(JobExport))
@pytest.mark.parametrize("is_csv", [True, False])
def test_an_export_has_every_row_and_says_how_many(desk, what, is_csv):
    desk.ask(what=what, is_csv=is_csv)
    (job,) = desk.runner().run()
    text = desk.files.texts[file_name(job)]
    assert (job.state, job.rows) == ("done", text.count("\n") - is_csv)
    assert job.bytes == len(text.encode())
    assert job.rows > 0 or what in {"withdrawals", "rewards"}


def test_the_same_asked_twice_is_one_export_and_other_content_is_refused(desk):
    first = desk.ask()
    assert desk.ask() == first
    assert len(desk.runner().run()) == 1
    assert desk.ask().state == "done"
    for other in ({"what": "journal"}, {"is_csv": False}, {"by": "another"}):
        with pytest.raises(Mismatch):
            desk.ask(**other)
    assert desk.runner().run() == []


def test_a_link_is_shown_once_there_is_a_file(desk):
    assert shown(desk.ask(), desk.files).link is None
    (job,) = desk.runner().run()
    assert shown(job, desk.files).link == desk.files.link(file_name(job))
    assert show_exports(desk.store, desk.clock).exports[0].link is None


def test_how_far_it_is_is_told_while_it_runs(desk):
    seen = []

    def later() -> None:
        desk.clock.at = Instant(desk.clock.at + 6 * SECOND)
        seen.append(desk.job())

    desk.files.meanwhile = later
    desk.ask()
    desk.runner().run()
    assert {job.state for job in seen} == {"running"}
    assert desk.job().rows == 3


def test_nobody_begins_what_somebody_is_at(desk):
    desk.files.meanwhile = lambda: others.extend(desk.runner().run())
    others: list[object] = []
    desk.ask()
    assert len(desk.runner().run()) == 1
    assert others == []


def test_what_was_cut_off_begins_anew_and_fails_in_the_end(desk):
    def fails() -> None:
        raise Unavailable("S3")

    desk.files.meanwhile = fails
    desk.ask()
    for tries in range(1, TRIES_MAX + 1):
        assert desk.runner().run() == []
        assert (desk.job().state, desk.job().tries) == ("running", tries)
        assert desk.runner().run() == []
        assert desk.job().tries == tries
        desk.clock.at = Instant(desk.clock.at + LEASE)
    (job,) = desk.runner().run()
    assert (job.state, job.until) == ("failed", None)
    assert "3 times" in job.reason
    desk.clock.at = Instant(desk.clock.at + LEASE)
    assert desk.runner().run() == []


def test_a_second_try_writes_the_whole_file(desk):
    def fails() -> None:
        desk.files.meanwhile = None
        raise Unavailable("S3")

    desk.files.meanwhile = fails
    desk.ask()
    desk.runner().run()
    desk.clock.at = Instant(desk.clock.at + LEASE)
    (job,) = desk.runner().run()
    assert (job.state, job.rows, job.tries) == ("done", 3, 2)


def test_what_takes_longer_than_a_function_may_fails_with_what_to_do(desk):
    def over() -> None:
        desk.may = False

    desk.files.meanwhile = over
    desk.ask()
    desk.ask("e2")
    (job,) = desk.runner().run()
    assert (job.id, job.state) == ("e1", "failed")
    assert "narrow from and to" in job.reason
    assert desk.files.texts == {}
    assert desk.job("e2").state == "waiting"


def test_an_export_is_gone_after_a_day_and_its_id_is_free(desk):
    desk.ask()
    desk.runner().run()
    desk.clock.at = Instant(desk.clock.at + DAY)
    assert desk.job() is None
    assert show_exports(desk.store, desk.clock).exports == ()
    again = desk.ask(what="journal")
    assert again.state == "waiting"
    (job,) = desk.runner().run()
    assert job.what == "journal"


def test_the_newest_is_shown_first_and_the_oldest_carried_out_first(desk):
    desk.ask("e1")
    desk.clock.at = Instant(desk.clock.at + SECOND)
    desk.ask("e0")
    assert [each.id for each in show_exports(desk.store, desk.clock).exports] == ["e0", "e1"]
    assert [each.id for each in desk.runner().run()] == ["e1", "e0"]


def before_the_first_commit(store, do):
    """Let somebody else do something between what is read and the commit that rests on it."""
    commit = store.commit

    def disturbed(writes):
        store.commit = commit
        do()
        commit(writes)

    store.commit = disturbed


def test_two_ask_for_different_exports_under_one_id_at_once(desk):
    before_the_first_commit(desk.store, lambda: desk.ask(what="journal"))
    with pytest.raises(Mismatch):
        desk.ask()
    assert desk.job().what == "journal"


def test_two_begin_an_export_at_once(desk):
    desk.ask()
    others: list[object] = []
    before_the_first_commit(desk.store, lambda: others.extend(desk.runner().run()))
    assert (desk.runner().run(), len(others)) == ([], 1)
    assert desk.job().tries == 1
