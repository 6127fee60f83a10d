"""`rebate convert`: what it prints, and how it ends."""

import json
from pathlib import Path

import pytest

from local.cli import main
from tests.connectors.sent import item, moved, order, refund, wc_order, wc_refund

PAYLOADS = Path(__file__).parents[3] / "shared" / "payloads"
SAMPLES = sorted(PAYLOADS.glob("*.in.json"))
BARE = {"currency": "USD", "timezone": "America/New_York"}


def entry(topic, payload, **rest):
    return {"headers": {"X-Shopify-Topic": topic}, "payload": payload, **rest}


def written(tmp_path, content, name="sent.json"):
    file = tmp_path / name
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(file)


def convert(capsys, *arguments, platform="shopify"):
    status = main(["convert", "--from", platform, *arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.mark.skipif(not SAMPLES, reason="the shared payloads are not on this machine")
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_the_samples_come_to_what_they_should(sample, tmp_path, capsys):
    expected = json.loads(sample.with_name(sample.name.replace(".in.", ".expect.")).read_text())
    settings = written(tmp_path, expected["settings"], "settings.json")
    status, out, _ = convert(
        capsys, str(sample), "--settings", settings, "--json", platform=sample.name.split("-")[0]
    )
    found = json.loads(out)
    assert (status, found["events"]) == (0, expected["events"])
    orders = [each["order"] for each in expected["not_converted"]]
    assert [each["order"] for each in found["not_converted"]] == orders


def test_events_stand_one_a_line_and_what_is_not_converted_on_stderr(tmp_path, capsys):
    file = written(
        tmp_path, [entry("orders/paid", order()), entry("orders/paid", order(id=56, test=True))]
    )
    status, out, err = convert(capsys, file)
    (line,) = out.splitlines()
    assert json.loads(line)["detail"]["order_id"] == "55"
    assert (status, err) == (0, "order 56: test order\n")


def test_a_file_may_have_an_object_a_line(tmp_path, capsys):
    entries = [entry("orders/paid", order(id=name)) for name in (1, 2)]
    file = written(tmp_path, "\n\n".join(map(json.dumps, entries)))
    assert len(convert(capsys, file)[1].splitlines()) == 2
    one = written(tmp_path, json.dumps(entries[0]))
    assert len(convert(capsys, one)[1].splitlines()) == 1


def test_an_empty_array_converts_to_nothing(tmp_path, capsys):
    status, out, err = convert(capsys, written(tmp_path, []), "--json")
    assert (status, json.loads(out), err) == (0, {"events": [], "not_converted": []}, "")


def test_refunds_stand_beside_the_order(tmp_path, capsys):
    sent = {
        "headers": {"X-WC-Webhook-Topic": "order.updated"},
        "payload": wc_order(),
        "refunds": [wc_refund(1, "9.00")],
    }
    _, out, _ = convert(capsys, written(tmp_path, [sent]), platform="woocommerce")
    assert json.loads(out.splitlines()[1])["detail"]["lines"] == [{"line_id": "1", "amount": 900}]


def test_fractions_are_read_as_they_are_written(tmp_path, capsys):
    text = json.dumps([entry("orders/paid", order(item(1, "PRICE", price_set=None)))])
    file = written(tmp_path, text.replace('"PRICE"', "1.10"))
    assert json.loads(convert(capsys, file)[1])["detail"]["lines"][0]["paid"] == 110


def test_settings_say_currency_and_what_becomes_of_guests(tmp_path, capsys):
    connectors = {"k": {"sender": "s", "guests": "contribute"}}
    settings = written(tmp_path, {**BARE, "connectors": connectors}, "settings.json")
    file = written(tmp_path, [entry("orders/paid", order(customer=None))])
    status, out, _ = convert(capsys, file, "--settings", settings)
    assert (status, json.loads(out)["detail"]["member"]) == (0, None)


def test_of_several_connectors_one_has_to_be_named(tmp_path, capsys):
    connectors = {
        "web": {"sender": "s", "completed": "closed"},
        "pop-up": {"sender": "t"},
    }
    settings = written(tmp_path, {**BARE, "connectors": connectors}, "settings.json")
    file = written(tmp_path, [entry("orders/paid", order())])
    status, _, err = convert(capsys, file, "--settings", settings)
    assert (status, err) == (
        2,
        "rebate convert: --key is needed, for connectors differ: pop-up or web\n",
    )
    status, _, err = convert(capsys, file, "--settings", settings, "--key", "wep")
    assert status == 2
    assert 'the nearest is "web"' in err
    assert convert(capsys, file, "--settings", settings, "--key", "web")[0] == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is not JSON"),
        ("[1]", "[0]: must be an object, not 1"),
        ([entry("orders/paid", order()), {"headers": {}}], "[1].payload: is required"),
        ([{"headers": {}, "payload": {}}], "[0].headers.X-Shopify-Topic: is required"),
        ([entry("orders/paid", {**order(), "id": None})], "[0].payload.id: must be an id"),
        ([entry("orders/paid", order(), refunds=1)], "[0].refunds: must be a list, not 1"),
        ([{"headers": [], "payload": {}}], "[0].headers: must be an object of texts"),
        (
            [{"headers": {"X-Shopify-Topic": "odd\ud800"}, "payload": {}}],
            "[0].headers.X-Shopify-Topic: must be text that can be written as UTF-8",
        ),
        ([entry("orders/paid", order(id="a\ud800"))], "[0].payload.id: must not hold control"),
        ([entry("orders/paid", order(id="9" * 129))], "[0].payload.id: must have at most 128"),
        (
            [entry("refunds/create", refund(1, [], moved("x")))],
            '[0].payload.transactions[0].amount: must be an amount such as "12.50", not "x"',
        ),
        ('{"headers": {}}\n{"headers": NaN}', "line 2 is not JSON: NaN is no number"),
    ],
)
def test_what_cannot_be_read_exits_2_naming_the_field(tmp_path, capsys, content, told):
    status, out, err = convert(capsys, written(tmp_path, content))
    assert (status, out) == (2, "")
    assert told in err
    assert all(line.startswith("rebate convert: ") for line in err.splitlines())


def test_a_file_that_is_not_there_exits_2(tmp_path, capsys):
    assert convert(capsys, str(tmp_path / "none.json"))[0] == 2
