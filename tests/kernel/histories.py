"""Histories for tests: a few days of a shop, read into columns, or played by the engine."""

import json
from pathlib import Path
from typing import Any

from rebate.contracts.settings import parse_settings
from rebate.domain.errors import Rejected
from rebate.simulation.history import History, read_history
from rebate.simulation.tape import Tape
from rebate.usecases.orders.admit_event import OpenDoor
from rebate.usecases.settings.terms import terms_of
from tests.engine import Player
from tests.local.retail import shop_events

FOLDER = Path(__file__).parent
SETTINGS = sorted((FOLDER / "settings").glob("*.json"))
SHARED = FOLDER.resolve().parents[2] / "shared" / "data" / "online-retail-2010-12.jsonl"


def settings_in(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document


def lines_of(entries: list[dict[str, Any]]) -> list[bytes]:
    return [json.dumps(entry).encode() for entry in entries]


def history_of(lines: list[bytes], settings: dict[str, Any]) -> History:
    history = History()
    for found in read_history(lines, OpenDoor(terms_of(parse_settings(settings)))):
        history = found
    return history


def tape_of(lines: list[bytes], settings: dict[str, Any]) -> Tape:
    history = history_of(lines, settings)
    assert history.set_aside == []
    return history.tape


def few_days(orders: int = 60) -> list[bytes]:
    """Return the events of a made-up shop: several lines, completions, refunds of whole lines."""
    return lines_of(shop_events(orders))


def engine_outcome(settings: dict[str, Any], lines: list[bytes]) -> dict[str, Any]:
    """Return what the engine, on a store in memory, comes to."""
    player = Player({"settings": settings, "steps": []})
    player.begin()
    for line in lines:
        entry = json.loads(line)
        try:
            player.deliver(entry["detail-type"], entry["detail"])
        except Rejected:
            continue
    return player.outcome()
