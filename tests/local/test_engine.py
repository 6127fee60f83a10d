"""The embedded engine, for real: it starts, keeps what it acknowledged, and ends when it must."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from local.engine import BINARY_VARIABLE, ENDPOINT_VARIABLE, Engine, EngineUnavailable, dynamodb

pytestmark = pytest.mark.engine


def client(endpoint):
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"max_attempts": 1}, connect_timeout=2, read_timeout=5),
    )


def create_table(endpoint):
    client(endpoint).create_table(
        TableName="notes",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def write(endpoint, note):
    client(endpoint).put_item(TableName="notes", Item={"id": {"S": note}})


def notes(endpoint):
    return {item["id"]["S"] for item in client(endpoint).scan(TableName="notes")["Items"]}


def accepts(endpoint):
    address = urlsplit(endpoint)
    try:
        socket.create_connection((address.hostname, address.port), timeout=1).close()
    except ConnectionRefusedError:
        return False
    return True


def ends_within(seconds, endpoint):
    deadline = time.monotonic() + seconds
    while accepts(endpoint):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_engine_in_memory_answers_until_it_is_stopped():
    with Engine.start() as engine:
        assert client(engine.endpoint).list_tables()["TableNames"] == []
    assert not accepts(engine.endpoint)


def test_stopping_twice_does_no_harm():
    engine = Engine.start()
    engine.stop()
    engine.stop()
    assert not accepts(engine.endpoint)


def test_stopping_does_not_wait_for_clients_that_stay_connected():
    engine = Engine.start()
    address = urlsplit(engine.endpoint)
    with socket.create_connection((address.hostname, address.port)):
        before = time.monotonic()
        engine.stop()
    assert time.monotonic() - before < 4
    assert not accepts(engine.endpoint)


def test_engines_do_not_share_what_they_keep():
    with Engine.start() as one, Engine.start() as other:
        create_table(one.endpoint)
        assert client(other.endpoint).list_tables()["TableNames"] == []


def test_data_outlives_a_restart(tmp_path):
    with Engine.start(tmp_path / "store") as engine:
        create_table(engine.endpoint)
        write(engine.endpoint, "kept")
    with Engine.start(tmp_path / "store") as engine:
        assert notes(engine.endpoint) == {"kept"}


def test_stopped_engine_leaves_one_file(tmp_path):
    with Engine.start(tmp_path) as engine:
        create_table(engine.endpoint)
    assert [path.name for path in tmp_path.iterdir()] == ["dynamodb.sqlite"]


def test_acknowledged_writes_outlive_a_killed_engine(tmp_path):
    with Engine.start(tmp_path) as engine:
        create_table(engine.endpoint)
        for number in range(20):
            write(engine.endpoint, str(number))
        os.kill(engine.pid, signal.SIGKILL)
    with Engine.start(tmp_path) as engine:
        assert notes(engine.endpoint) == {str(number) for number in range(20)}


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_engine_dies_with_a_killed_starter_and_leaves_its_store_usable(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from local.engine import Engine;"
        "print(Engine.start(Path(sys.argv[1])).endpoint, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as starter:
        endpoint = starter.stdout.readline().strip()
        create_table(endpoint)
        starter.kill()
    assert ends_within(5, endpoint)
    with Engine.start(tmp_path) as engine:
        assert notes(engine.endpoint) == set()


def test_engine_outlives_the_thread_that_asked_for_it():
    started = []
    thread = Thread(target=lambda: started.append(Engine.start()))
    thread.start()
    thread.join()
    with started[0] as engine:
        assert not ends_within(0.2, engine.endpoint)


def test_store_in_use_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("local.engine.LOCK_SECONDS_MAX", 0.1)
    with Engine.start(tmp_path), pytest.raises(EngineUnavailable, match="is in use"):
        Engine.start(tmp_path)


def test_refused_start_leaves_the_running_engine_alone(tmp_path, monkeypatch):
    monkeypatch.setattr("local.engine.LOCK_SECONDS_MAX", 0.1)
    with Engine.start(tmp_path) as engine:
        with pytest.raises(EngineUnavailable):
            Engine.start(tmp_path)
        assert client(engine.endpoint).list_tables()["TableNames"] == []


def test_port_taken_meanwhile_makes_way_for_another(monkeypatch):
    with Engine.start() as one:
        taken = urlsplit(one.endpoint).port
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            free = probe.getsockname()[1]
        ports = iter([taken, free])
        monkeypatch.setattr("local.engine._free_port", lambda: next(ports))
        with Engine.start() as other:
            assert other.endpoint == f"http://127.0.0.1:{free}"


def test_missing_binary_is_told_in_one_line_with_the_way_out(monkeypatch):
    monkeypatch.delenv(BINARY_VARIABLE, raising=False)
    monkeypatch.setattr("local.engine._PACKAGED_BINARY", Path("nowhere"))
    with pytest.raises(EngineUnavailable, match=ENDPOINT_VARIABLE) as caught:
        Engine.start()
    assert "\n" not in str(caught.value)


def test_named_binary_that_is_none_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv(BINARY_VARIABLE, str(tmp_path))
    with pytest.raises(EngineUnavailable, match=BINARY_VARIABLE):
        Engine.start()


def test_engine_that_fails_gives_its_own_reason(tmp_path):
    (tmp_path / "dynamodb.sqlite").write_text("no database " * 1000)
    with pytest.raises(EngineUnavailable, match="not a valid SQLite database"):
        Engine.start(tmp_path)


def test_folder_that_cannot_be_a_store_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(EngineUnavailable, match="cannot be a store"):
        Engine.start(tmp_path / "file")


def test_named_endpoint_is_used_as_it_is():
    with (
        Engine.start() as engine,
        dynamodb(environ={ENDPOINT_VARIABLE: engine.endpoint}) as endpoint,
    ):
        assert endpoint == engine.endpoint


def test_without_a_named_endpoint_the_embedded_engine_serves_the_block(tmp_path):
    with dynamodb(tmp_path, environ={}) as endpoint:
        assert accepts(endpoint)
    assert not accepts(endpoint)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:1", "localhost", "http://[", "http://x:y"])
def test_endpoint_where_nothing_answers_is_refused(endpoint):
    with (
        pytest.raises(EngineUnavailable, match=ENDPOINT_VARIABLE),
        dynamodb(environ={ENDPOINT_VARIABLE: endpoint}),
    ):
        pass
