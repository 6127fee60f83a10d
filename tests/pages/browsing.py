"""Somebody who opens the pages in a real browser, before the real API on a store in memory."""

import gzip
import json
import re
import shutil
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

from local.commands.demo import play_days
from local.deployment import LocalDeployment
from local.http import served
from local.memory import deployed_in_memory
from local.shop_day import ZONE
from local.sign_in.issuer import PATH, LocalIssuer
from local.sign_in.tokens import SigningKey
from local.summary import PAGES

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
PHONE, DESK = (390, 844), (1440, 900)
LOCALES = ("zh-CN", "en")
THEMES = ("light", "dark")
KINDS = "|".join(
    (
        *("desk", "member", "merchant", "story", "error", "choice", "does", "wallet", "draw"),
        *("draws", "status", "kind", "figure", "sign_in", "invite", "invited", "team", "rules"),
        *("exchange", "filter", "tab", "notice", "reward", "movement", "pocket"),
    )
)
"""How keys of texts begin."""

ORDERS = 120
TIMEOUT_MS = 15_000
RULES_OF_A_LOOK = (
    *("color-contrast", "link-in-text-block", "document-title", "html-has-lang", "html-lang-valid"),
    *("button-name", "link-name", "label", "select-name", "summary-name", "image-alt"),
    *("role-img-alt", "svg-img-alt", "aria-command-name", "aria-dialog-name"),
    *("aria-input-field-name", "aria-toggle-field-name", "empty-heading"),
)
"""Rules of axe that another language or theme can break; markup, roles and keys are the same."""
QUIET_FRAMES = 6
"""So many frames without an open request, one after another, and a page is taken as whole."""


def shop_after_a_day() -> AbstractContextManager[tuple[str, LocalIssuer]]:
    """Yield the address of a small shop after a day of orders, and who signs people in there."""
    return shop_after(lambda deployment: play_days(deployment, ORDERS, yesterday()))


def yesterday() -> date:
    """Return the last day that is over where the shop is."""
    return datetime.now(ZONE).date() - timedelta(days=1)


@contextmanager
def shop_after(begin: Callable[[LocalDeployment], object]) -> Iterator[tuple[str, LocalIssuer]]:
    """Yield the address of a new deployment after what it begins with, and who signs in there."""
    issuers: list[LocalIssuer] = []

    def issuer_at(address: str) -> LocalIssuer:
        key = SigningKey.kept_in(None)
        issuers.append(LocalIssuer(address, key, lambda _: None, lambda: ["m01", "m02"]))
        return issuers[0]

    with deployed_in_memory() as deployment:
        begin(deployment)
        with served(deployment.functions, 0, PAGES, issuer_at) as address:
            yield address, issuers[0]


def browser_here() -> str | None:
    """Return where Debian's chromium is: the one without windows, which takes half, comes first."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


@contextmanager
def chromium():
    """Yield Debian's chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - where it is installed

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=browser_here(), args=["--no-sandbox"])
        yield found
        found.close()


def signed_in(issuer: LocalIssuer, role: str, name: str) -> dict[str, str]:
    """Return what a browser keeps of somebody who signed in: its place, and tokens."""
    told = issuer.for_pages()[role]
    proof, back = "p" * 43, issuer.url.removesuffix(PATH.rstrip("/"))
    shown = urlsafe_b64encode(sha256(proof.encode()).digest()).decode().rstrip("=")
    who = {"member": name} if role == "member" else {"who": name, "role": "admin"}
    asked = {
        **who,
        "client_id": told["client_id"],
        "redirect_uri": back,
        "response_type": "code",
        "scope": told["scope"],
        "code_challenge": shown,
        "code_challenge_method": "S256",
    }
    (code,) = parse_qs(urlsplit(issuer.sign_in(asked)).query)["code"]
    tokens = issuer.tokens(
        {
            "grant_type": "authorization_code",
            "client_id": told["client_id"],
            "code": code,
            "code_verifier": proof,
            "redirect_uri": back,
        }
    )
    profile = {"sub": name, "name": name}
    kept = {**tokens, "expires_at": int(time.time()) + tokens["expires_in"], "profile": profile}
    return {f"oidc.user:{told['authority']}:{told['client_id']}": json.dumps(kept)}


def asked(address, issuer, member, method, path, body=None):
    """Return what the API answers a member."""
    (kept,) = signed_in(issuer, "member", member).values()
    headers = {"Authorization": f"Bearer {json.loads(kept)['access_token']}"}
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{address}/v1/{path}", data, headers, method=method)
    with urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@cache
def _axe() -> str:
    return AXE.read_text("utf-8")


@cache
def _compressed(file: Path) -> int:
    return len(gzip.compress(file.read_bytes()))


@dataclass
class Seen:
    """What a page did while it was looked at."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def new_context(browser, address, *, locale, theme):
    """Return a browser's storage and cache for somebody of a language and a theme."""
    context = browser.new_context(
        locale=locale, color_scheme=theme, reduced_motion="reduce", base_url=address
    )
    context.set_default_timeout(TIMEOUT_MS)
    return context


def forget(context, address) -> None:
    """Leave nothing in a context of who was there, but built files in its cache."""
    empty = context.pages[0] if context.pages else context.new_page()
    session = context.new_cdp_session(empty)
    session.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "all"})
    session.detach()


class Visit:
    """Somebody who opens pages: what their browser keeps of them, a language, a size."""

    def __init__(self, context, *, kept, locale, size) -> None:
        self.locale = locale
        self.seen = Seen()
        self.page = context.new_page()
        width, height = size
        self.page.set_viewport_size({"width": width, "height": height})
        for key, value in kept.items():
            put = f"localStorage.setItem({json.dumps(key)}, {json.dumps(value)})"
            once = f"if (!localStorage.getItem({json.dumps(key)})) {put}"
            self.page.add_init_script(f"try {{ {once} }} catch {{}}")
        self.page.on("pageerror", lambda error: self.seen.errors.append(str(error)))
        self.page.on("console", self._note)
        self._asking: set[object] = set()
        self.page.on("request", self._begin)
        self.page.on("requestfinished", self._end)
        self.page.on("requestfailed", self._end)

    def _begin(self, request) -> None:
        self.seen.requests.append(request.url)
        self._asking.add(request)

    def _end(self, request) -> None:
        self._asking.discard(request)

    def _note(self, message) -> None:
        if message.type == "error":
            self.seen.errors.append(message.text)

    def close(self) -> None:
        self.page.close()

    def open(self, path: str):
        """Load a page from its address."""
        self.page.goto(path)
        self.page.wait_for_selector("h1")
        self.settled()
        return self.page

    def walk(self, path: str):
        """Go on to a page from the one that is open, as a link does; open the first."""
        if not self.page.url.startswith("http"):
            return self.open(path)
        self.page.evaluate("path => history.pushState(null, '', path)", path)
        self.page.wait_for_selector("h1")
        self.settled()
        return self.page

    def settled(self) -> None:
        """Wait until nothing is asked for any more, and nothing is shown in its stead."""
        quiet = 0
        while quiet < QUIET_FRAMES:
            self.page.evaluate("() => new Promise(requestAnimationFrame)")
            quiet = 0 if self._asking else quiet + 1
        self.page.wait_for_selector(".ant-skeleton, .skeleton", state="detached")

    def violations(self, only: Sequence[str] = ()) -> list[str]:
        """Return what axe finds; its script comes in beside the page's policy."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_axe())
        options = {"resultTypes": ["violations"], **({"runOnly": list(only)} if only else {})}
        found = self.page.evaluate("options => axe.run(document, options)", options)
        return [
            f"{each['id']}: {node['target']} {node['failureSummary']}"
            for each in found["violations"]
            for node in each["nodes"]
        ]

    def slips_of_a_look(self) -> list[str]:
        """Return what axe finds on a page whose markup passed in another language and theme."""
        return self.violations(RULES_OF_A_LOOK)

    @contextmanager
    def told(self, pattern: str, **answer) -> Iterator[None]:
        """Answer what is asked for meanwhile instead of the API."""
        self.page.route(pattern, lambda route: route.fulfill(**answer))
        yield
        self.page.unroute(pattern)

    def keys_shown(self) -> list[str]:
        """Return keys of texts that stand where their text should."""
        text = self.page.inner_text("body")
        return re.findall(rf"\b(?:{KINDS})\.[a-z_]+\b", text)

    def weight(self) -> int:
        """Return how many bytes of built files were fetched, compressed."""
        paths = {urlsplit(url).path.lstrip("/") for url in self.seen.requests}
        files = [PAGES / path for path in paths if path.startswith("assets/")]
        return sum(map(_compressed, files))

    def nodes(self) -> int:
        return self.page.evaluate("document.querySelectorAll('*').length")
