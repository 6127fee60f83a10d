"""The pages: served whole and nothing beside them, in two languages that say the same."""

import http.client
import json
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import get_args
from urllib.parse import urljoin

import pytest

from local.http import served
from rebate.contracts.events_in import Channel
from rebate.contracts.notice_texts import KINDS as NOTICE_KINDS
from rebate.contracts.notice_texts import LOCALES
from rebate.domain.ledger import BalanceType, QueueAccount, Reason
from rebate.domain.plans.registry import PLANS
from rebate.domain.scopes import CUMULATIVE, FIXED, LEVEL, LOTTERY
from rebate.domain.tickets import Status

ROOT = Path(__file__).parent.parent.parent
WEB = ROOT / "web"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
FILES = sorted(str(file.relative_to(WEB)) for file in WEB.rglob("*") if file.is_file())
PAGES = [name for name in FILES if name.endswith(".html")]
SCRIPTS = [name for name in FILES if name.endswith(".js")]
TEXTS = {
    locale: json.loads((WEB / "assets" / "texts" / f"{locale}.json").read_text())
    for locale in LOCALES
}


class Api:
    """Functions that note who asks, and answer with it."""

    def call(self, name, event):
        claims = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims", {})
        answer = {"function": name, "sub": claims.get("sub"), "scope": claims.get("scope")}
        return {"statusCode": 200, "headers": {}, "body": json.dumps(answer)}


@pytest.fixture(scope="module")
def address():
    with served(Api(), 0, WEB) as given:
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
def test_every_file_is_served_as_what_it_is(address, name):
    status, headers, body = get(address, f"/{name}")
    assert (status, body) == (200, (WEB / name).read_bytes())
    assert headers["Content-Type"] == TYPES[Path(name).suffix]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_start_page_is_where_one_comes_first(address):
    status, headers, body = get(address, "/")
    assert (status, body) == (200, (WEB / "index.html").read_bytes())
    assert headers["Content-Type"] == TYPES[".html"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_load_and_run_only_what_comes_from_here(address, name):
    policy = get(address, f"/{name}")[1]["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/../README.md",
        "/..%2fREADME.md",
        "/%2e%2e/pyproject.toml",
        "/assets/../../pyproject.toml",
        "//etc/hostname",
        "/assets",
        "/assets/",
        "/nothing.html",
        "/index.html%00.css",
    ],
)
def test_what_is_no_page_is_not_found(address, path):
    assert get(address, path)[0] == 404


def test_a_link_does_not_lead_out_of_the_pages(tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    (tmp_path / "secret.json").write_text("{}")
    (pages / "page.json").symlink_to(tmp_path / "secret.json")
    with served(Api(), 0, pages) as address:
        assert get(address, "/page.json")[0] == 404


def test_names_in_any_script_say_who_asks(address):
    body = get(address, "/v1/me/entries", X_Dev_Member="%E5%B0%8F%E7%8E%8B")[2]
    assert json.loads(body) == {"function": "api", "sub": "小王", "scope": "rebate/member"}
    body = get(address, "/v1/queues", X_Dev_Operator="anna")[2]
    assert json.loads(body) == {"function": "api", "sub": "anna", "scope": "rebate/operator"}


def test_pages_name_only_files_that_are_there():
    named = {
        urljoin(page, link)
        for page in PAGES
        for link in re.findall(r'(?:src|href|action)="([^"#?]+)"', (WEB / page).read_text())
        if link != "./"
    }
    imported = {
        urljoin(script, path)
        for script in SCRIPTS
        for path in re.findall(
            r'^(?:import|\}).* from "([^"]+)";$', (WEB / script).read_text(), re.MULTILINE
        )
    }
    assert named | imported <= set(FILES)
    assert "assets/member/main.js" in named
    assert "assets/dom.js" in imported


@pytest.mark.parametrize("name", PAGES)
def test_pages_hold_no_script_and_no_style_of_their_own(name):
    markup = (WEB / name).read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script[^>]*>[^<]", markup)


@pytest.mark.parametrize("name", SCRIPTS)
def test_data_is_never_read_as_markup_or_as_code(name):
    code = (WEB / name).read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", code)


def test_scripts_are_valid_and_what_they_compute_is_right():
    tests = sorted((ROOT / "tests" / "web").glob("*.test.js"))
    command = ["node", "--experimental-vm-modules", "--test", *tests]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.search(r"^# pass (\d+)", done.stdout, re.MULTILINE)[1]) >= len(SCRIPTS)


def test_both_languages_have_the_same_texts_with_the_same_names_in_braces():
    one, other = (TEXTS[locale] for locale in LOCALES)
    assert list(one) == list(other)
    for key in one:
        names = [sorted(re.findall(r"\{\w+\}", texts[key])) for texts in (one, other)]
        assert names[0] == names[1], key
        assert one[key].strip(), key


def test_every_text_is_used_and_every_text_that_is_used_is_there():
    literal, open_ended = _keys()
    for locale in LOCALES:
        assert literal <= set(TEXTS[locale])
    unused = {
        key
        for key in TEXTS[LOCALES[0]]
        if key not in literal and not any(key.startswith(start) for start in open_ended)
    }
    assert not unused


def _keys():
    """Return the keys that pages name, and how those begin whose end is data."""
    literal = set()
    open_ended = set()
    known = "|".join(sorted({key.split(".")[0] for key in TEXTS[LOCALES[0]] if "." in key}))
    for name in (*PAGES, *SCRIPTS):
        code = (WEB / name).read_text()
        literal |= set(re.findall(r'\b(?:t|named)\(\s*"([^"]+)"', code))
        literal |= set(re.findall(r'data-text="([^"]+)"', code))
        literal |= set(re.findall(rf'"((?:{known})\.(?!html|js)[a-z_]+)"', code))
        open_ended |= set(re.findall(r"\b(?:t|named)\(\s*`([^$`]+)\$", code))
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
        ("notice", list(NOTICE_KINDS)),
        ("channel", list(get_args(Channel))),
        ("rule", [LEVEL, CUMULATIVE, LOTTERY, FIXED]),
    ],
)
def test_all_that_the_api_says_has_a_text(locale, kind, values):
    missing = [value for value in values if f"{kind}.{value}" not in TEXTS[locale]]
    assert not missing


@pytest.mark.engine
def test_the_demo_says_where_its_pages_are_and_they_find_their_api(tmp_path):
    with _demo("--orders", "4", "--port", "0", "--store", str(tmp_path)) as said:
        told = re.search(r"^Pages: (http://127\.0\.0\.1:\d+)/$", said, re.MULTILINE)
        address = told[1]
        assert get(address, "/")[2] == (WEB / "index.html").read_bytes()
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
            assert process.wait(timeout=20) == 0
