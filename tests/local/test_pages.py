"""The pages on one machine: served whole and nothing beside them, in two languages that agree."""

import gzip
import http.client
import json
import re
import signal
import subprocess
import sys
from base64 import b64encode
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import get_args

import pytest

from local.environment import changed
from local.http import served
from local.summary import PAGES as BUILT
from rebate.bootstrap import app, installed, wire
from rebate.contracts.events_in import Channel
from rebate.contracts.notice_texts import KINDS as NOTICE_KINDS
from rebate.contracts.notice_texts import LOCALES
from rebate.contracts.pages import IMMUTABLE, page_config
from rebate.domain import gifts, withdrawals
from rebate.domain.currencies import DECIMALS
from rebate.domain.errors import Code
from rebate.domain.ledger import BalanceType, QueueAccount, Reason
from rebate.domain.movements import MovementKind
from rebate.domain.plans.registry import PLANS
from rebate.domain.scopes import CUMULATIVE, FIXED, LEVEL, LOTTERY
from rebate.domain.tickets import Status
from tests.fakes import MemoryStore

ROOT = Path(__file__).parent.parent.parent
EMPTY = f"'sha256-{b64encode(sha256(b'').digest()).decode()}'"
"""A style element with nothing in it."""
WEB = ROOT / "web"
SOURCES = sorted(
    path for path in WEB.rglob("*.ts*") if "dist" not in path.parts and path.name != "tsconfig.json"
)
BUNDLES = ("member", "desk", "merchant")
FILES = {
    "index.html": "text/html; charset=utf-8",
    "desk.html": "text/html; charset=utf-8",
    "api.html": "text/html; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "assets/member/app-1.js": "text/javascript; charset=utf-8",
    "assets/member/app-1.css": "text/css; charset=utf-8",
}


def texts(locale, *names):
    files = (WEB / "texts" / locale / f"{name}.json" for name in names)
    return {
        key: text for file in files for key, text in json.loads(file.read_text("utf-8")).items()
    }


class Api:
    """Functions that note who asks, and answer with it."""

    def call(self, name, event):
        claims = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims", {})
        answer = {"function": name, "sub": claims.get("sub"), "scope": claims.get("scope")}
        return {"statusCode": 200, "headers": {}, "body": json.dumps(answer)}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"what {name} holds")
    return folder


@pytest.fixture(scope="module")
def address(pages):
    with served(Api(), 0, pages) as given:
        yield given


def get(address, path, **headers):
    """Ask for a path as it stands, without what clients make of it."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=named)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_served_as_what_it_is(address, pages, name):
    status, headers, body = get(address, f"/{name}")
    assert (status, body) == (200, (pages / name).read_bytes())
    assert headers["Content-Type"] == FILES[name]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == (IMMUTABLE if name.startswith("assets/") else "no-cache")


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/", "index.html"),
        ("/wallet?asset=cash", "index.html"),
        ("/desk", "desk.html"),
        ("/api", "api.html"),
        ("/desk/queue?id=store/W", "desk.html"),
    ],
)
def test_what_a_page_shows_stands_in_its_path(address, pages, path, page):
    assert get(address, path)[2] == (pages / page).read_bytes()


def test_pages_load_and_run_only_what_comes_from_here(address):
    policy = get(address, "/desk")[1]["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["connect-src"] == "'self'"
    assert rules["style-src"].split() == ["'self'", EMPTY]
    assert "unsafe" not in policy


def test_what_is_served_is_compressed_for_those_who_read_it(address, pages):
    _, headers, body = get(address, "/", Accept_Encoding="gzip, br")
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == (pages / "index.html").read_bytes()


def test_the_configuration_names_who_signs_in_and_how_many_decimals_money_has(address):
    config = json.loads(get(address, "/config.json")[2])
    assert config == page_config({})
    assert {code: config["decimals"].get(code, 2) for code in DECIMALS} == dict(DECIMALS)


@pytest.mark.parametrize(
    "path",
    [
        "/../README.md",
        "/..%2fREADME.md",
        "/%2e%2e/pyproject.toml",
        "/assets/../../pyproject.toml",
        "/nothing.html",
        "/index.html%00.css",
    ],
)
def test_what_is_no_page_is_not_found(address, path):
    assert get(address, path)[0] == 404


def test_a_link_does_not_lead_out_of_the_pages(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    (tmp_path / "secret.json").write_text("{}")
    (folder / "page.json").symlink_to(tmp_path / "secret.json")
    with served(Api(), 0, folder) as address:
        assert get(address, "/page.json")[0] == 404


def test_names_in_any_script_say_who_asks(address):
    body = get(address, "/v1/me/entries", X_Dev_Member="%E5%B0%8F%E7%8E%8B")[2]
    assert json.loads(body) == {"function": "api", "sub": "小王", "scope": "rebate/member"}
    body = get(address, "/v1/queues", X_Dev_Operator="anna")[2]
    assert json.loads(body) == {"function": "api", "sub": "anna", "scope": "rebate/operator"}


@pytest.mark.parametrize("file", SOURCES, ids=lambda path: str(path.relative_to(WEB)))
def test_data_is_never_read_as_markup_or_as_code(file):
    code = file.read_text("utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet|document\.write|\beval\(", code
    )


def test_what_modules_compute_is_right():
    files = sorted((ROOT / "tests" / "web").glob("*.test.js"))
    done = subprocess.run(
        ["node", "--test", *files], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.search(r"^# pass (\d+)", done.stdout, re.MULTILINE)[1]) >= 10


@pytest.mark.parametrize("name", ["names", *BUNDLES])
def test_both_languages_have_the_same_texts_with_the_same_names_in_braces(name):
    one, other = (_as_one(texts(locale, name)) for locale in LOCALES)
    assert one.keys() == other.keys()
    for key, text in one.items():
        assert _braces(text) == _braces(other[key]), key
        assert text.strip(), key


def _as_one(of):
    """Return texts with their plurals as one: Chinese has a single form."""
    return {
        re.sub(r"_other$", "", key): text for key, text in of.items() if not key.endswith("_one")
    }


def _braces(text):
    return sorted(set(re.findall(r"\{\w+\}", text)))


@pytest.mark.parametrize("bundle", BUNDLES)
def test_every_text_is_used_and_every_text_that_is_used_is_there(bundle):
    known = texts("en", "names", bundle).keys()
    literal, open_ended = _keys(bundle)
    assert not {key for key in literal if not known & {key, f"{key}_other"}}
    own = {re.sub(r"_(one|other)$", "", key) for key in texts("en", bundle)}
    assert not {key for key in own - literal if not key.startswith(tuple(open_ended))}


def _keys(bundle):
    """Return the keys that a bundle names, and how those begin whose end is data."""
    kinds = {key.split(".")[0] for key in texts("en", "names", bundle) if "." in key}
    literal, open_ended = set(), set()
    for file in SOURCES:
        if file.relative_to(WEB).parts[0] not in {bundle, "shared"}:
            continue
        code = file.read_text("utf-8")
        literal |= set(re.findall(r'\bt\(\s*"([^"]+)"', code))
        literal |= set(re.findall(rf'"((?:{"|".join(sorted(kinds))})\.[a-z_]+)"', code))
        open_ended |= set(re.findall(r"\bt\(\s*`([^$`]+)\$", code))
        open_ended |= {f"{kind}." for kind in re.findall(r'named\(\s*"(\w+)"', code)}
    return literal, open_ended


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("kind", [kind.name for plan in PLANS for kind in plan.kinds]),
        ("plan", list(PLANS.names)),
        ("status", list(Status)),
        ("pocket", list(BalanceType)),
        ("till", list(QueueAccount)),
        ("reward", list(Reason)),
        ("movement", list(MovementKind)),
        ("notice", list(NOTICE_KINDS)),
        ("channel", list(get_args(Channel))),
        ("rule", [LEVEL, CUMULATIVE, LOTTERY, FIXED]),
        ("withdrawal", list(withdrawals.WithdrawalState)),
        ("redemption", list(gifts.RedemptionState)),
        ("error", list(Code)),
    ],
)
def test_all_that_the_api_says_has_a_text(locale, kind, values):
    known = texts(locale, "names")
    missing = [value for value in values if f"{kind}.{value}" not in known]
    assert not missing


@pytest.mark.engine
@pytest.mark.skipif(not BUILT.is_dir(), reason="the pages are not built: `make setup` does")
def test_the_demo_says_where_its_pages_are_and_they_find_their_api(tmp_path):
    with _demo("--orders", "4", "--port", "0", "--store", str(tmp_path)) as said:
        told = re.search(r"^Pages: (http://127\.0\.0\.1:\d+)/ ", said, re.MULTILINE)
        address = told[1]
        assert get(address, "/")[2] == (BUILT / "index.html").read_bytes()
        queues = json.loads(get(address, "/v1/queues", X_Dev_Operator="anna")[2])["queues"]
        name = queues[0]["queue"]
        line = json.loads(get(address, f"/v1/queue?id={name}", X_Dev_Operator="anna")[2])["line"]
        member = line[0]["member"]
        mine = json.loads(get(address, "/v1/me/entries", X_Dev_Member=member)[2])
        told = json.loads(get(address, "/v1/me/notices?locale=en", X_Dev_Member=member)[2])
    assert mine["currency"] == "CNY"
    assert line[0]["entry"] in {entry["entry"] for entry in mine["entries"]}
    assert f"Order {line[0]['order_id']} is in line." in {each["text"] for each in told["notices"]}


@contextmanager
def _demo(*arguments):
    """Run the demo; yield what it said until it serves, and end it as Ctrl-C does."""
    command = [sys.executable, "-u", "-m", "local.cli", "demo", *arguments]
    # Whoever runs these tests in the background lets them ignore Ctrl-C, and children inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = ""
            for line in process.stdout:
                said += line
                if line.startswith("Ctrl-C"):
                    break
            yield said
        finally:
            process.send_signal(signal.SIGINT)
            signal.signal(signal.SIGINT, before)
            assert process.wait(timeout=20) == 0


def test_the_file_of_an_export_is_given_out_by_its_link_alone(tmp_path):
    folder = tmp_path / "outside"
    with changed({"REBATE_OUTSIDE": str(folder)}), installed(wire(MemoryStore())):
        files = app().outside.export_files
        files.write("a1b2/orders.csv", "text/csv", [b"order\r\n", b"o1\r\n"])
        with served(Api(), 0, None) as address:
            status, headers, body = get(address, files.link("a1b2/orders.csv"))
            assert (status, body) == (200, b"order\r\no1\r\n")
            assert headers["Content-Disposition"] == 'attachment; filename="orders.csv"'
            assert get(address, "/exports/a1b2/orders.csv")[0] == 403
            assert get(address, files.link("a1b2/none.csv"))[0] == 403
            assert get(address, files.link("../exports.key"))[0] == 403
