from collections.abc import Iterator
from pathlib import Path

import pytest
from aws_cdk import App

from infra.app import compose
from infra.packages import Package, Packages
from local.deployment import Clients, deployed
from local.engine import dynamodb
from local.streams import Stream
from tests.infra import tour
from tests.infra.calls import Recorder, recording
from tests.infra.templates import OWN, STAGE, STAGES, Template


@pytest.fixture(scope="session")
def synthesised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The templates of both stages; synthesis fails where a rule is broken."""
    empty = tmp_path_factory.mktemp("empty")
    (empty / "nothing.txt").touch()
    package = Package(empty, "0" * 64)
    out = tmp_path_factory.mktemp("cdk.out")
    app = App(outdir=str(out))
    compose(app, {"stages": STAGES}, Packages(package, package))
    app.synth()
    return out


@pytest.fixture(scope="session")
def service(synthesised: Path) -> Template:
    return Template(synthesised, f"rebate-{STAGE}")


@pytest.fixture(scope="session")
def data(synthesised: Path) -> Template:
    return Template(synthesised, f"rebate-{STAGE}-data")


@pytest.fixture(scope="session")
def own_issuer(synthesised: Path) -> Template:
    return Template(synthesised, f"rebate-{OWN}")


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    """What the functions asked of AWS on the tour."""
    with (
        pytest.MonkeyPatch.context() as patch,
        dynamodb(tmp_path_factory.mktemp("engine")) as address,
        recording() as recorder,
    ):
        patch.setenv("REBATE_SHOP_SECRET", tour.SECRET)
        for module, name, value in tour.SMALL:
            patch.setattr(module, name, value)
        recorder.prefix = "tour-"
        clients = Clients(address)
        with deployed(clients, recorder.prefix) as deployment:
            journal = Stream(clients.streams, f"{recorder.prefix}journal", from_start=True)
            tour.Tour(deployment, journal).go()
        yield recorder
