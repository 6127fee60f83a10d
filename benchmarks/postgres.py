"""A second baseline: the same mall queue in PostgreSQL, batches of orders in a stored function.

It is what a shop would build that has PostgreSQL already, and it is built well: orders are inserted
before the queue's row is locked, the head of the line stays in variables, and what a batch gives
members is written once a member. It keeps what `benchmarks.naive` keeps: orders with digest and
ratios, the queue, entries, wallets, and a journal row an order, for the same rules.

A server of its own runs in a folder of its own behind a socket in there. What it has acknowledged
outlives a kill of the server, and need not outlive a failure of the machine: as with the embedded
engine, that is.
"""

import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psycopg

from benchmarks.naive import QUEUE, Conflicting, digest

SERVER_USER = "postgres"
"""As whom the server runs where we are root: it refuses to be that."""

START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 30

SERVER_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "max_connections": "32",
    "shared_buffers": "128MB",
    "max_wal_size": "4GB",
    "log_min_messages": "panic",
}
"""`fsync` is off as the engine, too, waits for no disk: SQLite's `synchronous = NORMAL`."""

_SCHEMA = """
CREATE TABLE orders (
    id text PRIMARY KEY, digest text NOT NULL, member text NOT NULL, paid_at text NOT NULL,
    lines jsonb NOT NULL, contribution bigint NOT NULL,
    extraction_bps integer NOT NULL, entitlement_bps integer NOT NULL);
CREATE TABLE queues (
    id text PRIMARY KEY, head bigint NOT NULL, next bigint NOT NULL,
    contributed bigint NOT NULL, retained bigint NOT NULL, orders bigint NOT NULL);
CREATE TABLE entries (
    queue text, place bigint, order_id text NOT NULL, line text NOT NULL, member text NOT NULL,
    entitlement bigint NOT NULL, paid bigint NOT NULL, status text NOT NULL,
    PRIMARY KEY (queue, place));
CREATE TABLE wallets (member text PRIMARY KEY, cash bigint NOT NULL, version bigint NOT NULL);
CREATE TABLE journal (
    queue text, number bigint, order_id text NOT NULL, at text NOT NULL, postings jsonb NOT NULL,
    PRIMARY KEY (queue, number));
INSERT INTO queues VALUES ('mall', 0, 0, 0, 0, 0);

CREATE FUNCTION share(amount bigint, bps integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE AS 'SELECT amount * bps / 10000';

-- Accepts and settles a batch of paid orders; returns for each whether it is new, and raises
-- unique_violation, having stored nothing, if one is known with other content.
CREATE FUNCTION accept(batch jsonb, extraction integer, entitlement integer)
    RETURNS boolean[] LANGUAGE plpgsql AS $$
DECLARE
    fresh text[];
    answers boolean[] := '{}';
    told record;
    line record;
    mall queues%ROWTYPE;
    head entries%ROWTYPE;
    touched boolean := false;  -- whether `head` is to be written
    due bigint;
    got bigint;
    postings jsonb;
    earners text[] := '{}';
    earned bigint[] := '{}';
BEGIN
    -- in order of their ids, so that batches that overlap wait for each other and never both
    WITH stored AS (
        INSERT INTO orders
        SELECT DISTINCT ON (o->>'order_id') o->>'order_id', o->>'digest', o->'member'->>'id',
            o->>'paid_at', o->'lines',
            (SELECT sum(share((l->>'paid')::bigint, extraction))
             FROM jsonb_array_elements(o->'lines') AS l),
            extraction, entitlement
        FROM jsonb_array_elements(batch) WITH ORDINALITY AS told(o, n) ORDER BY o->>'order_id', n
        ON CONFLICT DO NOTHING RETURNING id
    )
    SELECT coalesce(array_agg(id), '{}') INTO fresh FROM stored;
    IF EXISTS (
        SELECT FROM jsonb_array_elements(batch) AS o JOIN orders ON id = o->>'order_id'
        WHERE digest <> o->>'digest'
    ) THEN
        RAISE unique_violation;
    END IF;

    SELECT * INTO mall FROM queues WHERE id = 'mall' FOR UPDATE;
    FOR told IN
        SELECT o->>'order_id' AS id, o->'member'->>'id' AS member, o->>'paid_at' AS paid_at,
            o->'lines' AS lines
        FROM jsonb_array_elements(batch) WITH ORDINALITY AS each(o, n) ORDER BY n
    LOOP
        answers := answers || (told.id = ANY(fresh));
        CONTINUE WHEN NOT told.id = ANY(fresh);
        fresh := array_remove(fresh, told.id);
        SELECT contribution INTO due FROM orders WHERE id = told.id;
        mall.contributed := mall.contributed + due;
        postings := jsonb_build_array(jsonb_build_object('account', 'contributed', 'amount', -due));
        WHILE due > 0 AND mall.head < mall.next LOOP
            IF head.place IS DISTINCT FROM mall.head THEN
                SELECT * INTO head FROM entries WHERE queue = 'mall' AND place = mall.head;
            END IF;
            got := least(due, head.entitlement - head.paid);
            due := due - got;
            head.paid := head.paid + got;
            touched := true;
            earners := earners || head.member;
            earned := earned || got;
            postings := postings || jsonb_build_object('account', 'wallet/' || head.member,
                'amount', got, 'entry', head.order_id || '/' || head.line);
            IF head.paid = head.entitlement THEN
                UPDATE entries SET paid = head.paid, status = 'completed'
                WHERE queue = 'mall' AND place = head.place;
                mall.head := mall.head + 1;
                touched := false;
            END IF;
        END LOOP;
        IF due > 0 THEN
            mall.retained := mall.retained + due;
            postings := postings || jsonb_build_object('account', 'retained', 'amount', due);
        END IF;
        FOR line IN
            SELECT l->>'line_id' AS id, share((l->>'paid')::bigint, entitlement) AS wanted
            FROM jsonb_array_elements(told.lines) WITH ORDINALITY AS each(l, n) ORDER BY n
        LOOP
            CONTINUE WHEN line.wanted = 0;
            INSERT INTO entries VALUES
                ('mall', mall.next, told.id, line.id, told.member, line.wanted, 0, 'waiting');
            mall.next := mall.next + 1;
        END LOOP;
        mall.orders := mall.orders + 1;
        INSERT INTO journal VALUES ('mall', mall.orders, told.id, told.paid_at, postings);
    END LOOP;
    IF touched THEN
        UPDATE entries SET paid = head.paid WHERE queue = 'mall' AND place = head.place;
    END IF;
    INSERT INTO wallets AS w
    SELECT member, sum(amount), 1 FROM unnest(earners, earned) AS got(member, amount)
    GROUP BY member
    ON CONFLICT (member) DO UPDATE SET cash = w.cash + excluded.cash, version = w.version + 1;
    UPDATE queues SET head = mall.head, next = mall.next, contributed = mall.contributed,
        retained = mall.retained, orders = mall.orders WHERE id = 'mall';
    RETURN answers;
END $$;
"""


def is_installed() -> bool:
    """Tell whether a server can be started here."""
    return all(shutil.which(name) for name in ("initdb", "postgres"))


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, and the address of its socket."""

    address: str
    pid: int

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[Self]:
        """Yield a server on an empty store, which is gone afterwards, and the store with it."""
        with tempfile.TemporaryDirectory(prefix="bench-") as made:
            folder, user = Path(made), SERVER_USER if os.getuid() == 0 else None
            if user:
                found = pwd.getpwnam(user)
                os.chown(folder, found.pw_uid, found.pw_gid)
            subprocess.run(
                ["initdb", "-D", folder / "data", "-U", "bench", "--auth=trust", "--no-sync"],
                check=True,
                stdout=subprocess.DEVNULL,
                user=user,
                cwd=folder,
            )
            options = {**SERVER_OPTIONS, "unix_socket_directories": made}
            named = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
            process = subprocess.Popen(
                ["postgres", "-D", folder / "data", *named], user=user, cwd=folder
            )
            try:
                it = cls(f"host={made} user=bench dbname=postgres", process.pid)
                it._wait(process)
                yield it
            finally:
                process.send_signal(signal.SIGQUIT)
                process.wait(STOP_SECONDS_MAX)

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                psycopg.connect(self.address).close()
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return


@dataclass(slots=True)
class PostgresMall:
    """Accepts and settles orders of one mall queue, a batch in one call."""

    connection: "psycopg.Connection[Any]"
    extraction_bps: int
    entitlement_bps: int

    @classmethod
    @contextmanager
    def at(cls, address: str, extraction_bps: int, entitlement_bps: int) -> Iterator[Self]:
        """Yield one on a connection of its own."""
        with psycopg.connect(address, autocommit=True) as connection:
            yield cls(connection, extraction_bps, entitlement_bps)

    def create_tables(self) -> None:
        """Make the tables, and the function."""
        self.connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self.connection.execute(_SCHEMA)

    def accept(self, orders: Sequence[Mapping[str, Any]]) -> list[bool]:
        """Accept and settle paid orders; False for each that was known.

        Raises:
            Conflicting: one of them was known with other content; nothing is stored.
        """
        batch = [{**order, "digest": digest(order)} for order in orders]
        given = (json.dumps(batch), self.extraction_bps, self.entitlement_bps)
        try:
            found = self.connection.execute("SELECT accept(%s::jsonb, %s, %s)", given).fetchone()
        except psycopg.errors.UniqueViolation as error:
            raise Conflicting from error
        assert found is not None
        answers: list[bool] = found[0]
        return answers

    def outcome(self) -> dict[str, Any]:
        """Return what queue, wallets and platform came to, in the form of scenarios."""
        entries = self.connection.execute(
            "SELECT order_id || '/' || line, member, status, entitlement, paid"
            " FROM entries ORDER BY place"
        ).fetchall()
        wallets = self.connection.execute("SELECT member, cash FROM wallets").fetchall()
        contributed, retained = self.connection.execute(
            "SELECT contributed, retained FROM queues"
        ).fetchall()[0]
        names = ("entry", "member", "status", "entitlement", "paid")
        return {
            "wallets": {member: {"cash": cash} for member, cash in wallets},
            "queues": {
                QUEUE: {
                    "pool": 0,
                    "entries": [dict(zip(names, row, strict=True)) for row in entries],
                }
            },
            "platform": {"contributed": contributed, "retained": retained},
        }
