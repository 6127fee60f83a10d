import fcntl
import json
import os
import secrets
from pathlib import Path

import pytest
from aws_cdk import App

from infra.app import compose
from infra.packages import Package, Packages
from local.deployment import Clients, deployed
from local.engine import dynamodb
from local.streams import Stream
from rebate import bootstrap
from tests.infra import tour
from tests.infra.calls import Recorder, recording
from tests.infra.templates import OLD, OWN, STAGE, STAGES, Template


@pytest.fixture(scope="session")
def synthesised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The templates of all stages, made once for all workers; broken rules fail the synthesis."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    out = shared / "synthesised"
    with (shared / "synthesised.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (out / "manifest.json").exists():
            _synthesise(out, tmp_path_factory.mktemp("empty"))
    return out


def _synthesise(out: Path, empty: Path) -> None:
    (empty / "nothing.txt").touch()
    package = Package(empty, "0" * 64)
    app = App(outdir=str(out))
    compose(app, {"stages": STAGES}, Packages(package, package, empty))
    app.synth()


@pytest.fixture(scope="session")
def service(synthesised: Path) -> Template:
    return Template(synthesised, f"rebate-{STAGE}")


@pytest.fixture(scope="session")
def data(synthesised: Path) -> Template:
    return Template(synthesised, f"rebate-{STAGE}-data")


@pytest.fixture(scope="session")
def pages(synthesised: Path) -> Template:
    return Template(synthesised, f"rebate-{STAGE}-pages")


@pytest.fixture(scope="session")
def own_issuer(synthesised: Path) -> Template:
    return Template(synthesised, f"rebate-{OWN}")


@pytest.fixture(scope="session")
def own_issuer_data(synthesised: Path) -> Template:
    return Template(synthesised, f"rebate-{OWN}-data")


@pytest.fixture(scope="session")
def restored(synthesised: Path) -> Template:
    return Template(synthesised, f"rebate-{OLD}")


@pytest.fixture(scope="session")
def restored_tables(synthesised: Path) -> Template:
    return Template(synthesised, f"rebate-{OLD}-restored-r1")


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorder:
    """What the functions asked of AWS on the tour; nothing of it lasts."""
    with (
        pytest.MonkeyPatch.context() as patch,
        dynamodb(tmp_path_factory.mktemp("engine")) as address,
        recording() as recorder,
    ):
        patch.setenv("REBATE_SHOP_SECRET", tour.SECRET)
        patch.setenv("REBATE_CONNECTORS", json.dumps(tour.ACCOUNTS))
        patch.setattr(bootstrap.Outside, "shop_api", lambda *_: tour.ShopApi())
        # What is drawn is the same every time, so the tour always finds the same.
        patch.setattr(secrets, "token_bytes", bytes)
        for module, name, value in tour.SMALL:
            patch.setattr(module, name, value)
        recorder.prefix = "tour-"
        clients = Clients(address)
        with deployed(clients, recorder.prefix) as deployment:
            journal = Stream(clients.streams, f"{recorder.prefix}journal", from_start=True)
            tour.Tour(deployment, journal).go()
    return recorder
