"""What a function's process is like before its first event."""

import gc

import pytest

from rebate.bootstrap import app


def test_a_process_looks_for_cycles_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rows are freed without that, and a batch has some thousand objects."""
    before = gc.get_threshold()
    monkeypatch.setenv("REBATE_TABLE_PREFIX", "rebate-")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    app.cache_clear()
    try:
        app()
        assert gc.get_threshold()[0] > 10_000
    finally:
        app.cache_clear()
        gc.set_threshold(*before)
