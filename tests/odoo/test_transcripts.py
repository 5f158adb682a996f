"""The stand-in against recordings of real servers: each answer must be the recorded one.

Not replayed, and why:
* `40-j2-*`, `56-j2-*`: the JSON-2 API, in test_json2.py; `82-json2-probe`: a look at a server that was full;
* `02-session-authenticate-*`: browser sessions, which no part of the portal opens;
* `60-webhook-*`: what Odoo sends by itself; the portal takes no webhooks yet.
These are not in odoo17.json and odoo19.json. In them, and not asked:
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.fake_odoo.fixtures import running
from tests.odoo.replay import Replay

NOT_ASKED = {
    "16-picking-validate-partial": "an administrator's wizard; goods are received by FakeOdoo.receive()",
    "32-acl-sync-read-qty_available": "the sum over everything that server had ever ordered",
}
FOLDER = Path(__file__).parents[1] / "transcripts"
RECORDINGS = {
    version: json.loads((FOLDER / f"odoo{version}.json").read_text(encoding="utf-8")) for version in (17, 19)
}
# Recorded in this order; within a section that is not named, alphabetically.
ORDER = """
01 02 10 11 12-po-create 12-po-create-list 12-po-lines
13-po-confirm 13-po-confirm-again 13-po-after-confirm 13-picking-read
14-po-unlink-confirmed 14-po-cancel 14-po-after-cancel 14-po-draft 14-po-reconfirm 14-po-after-reconfirm
14-po-cancel-draft 14-po-unlink-cancelled 15
16-po-after-partial 16-po-after-full 16-cancel-after-full-receipt 16-cancel-after-receipt
20 21-mr-create 21-mr-create-minimal 21-mr-read 21-mr-read-minimal
22-mr-move-stage 22-mr-after-done 22-mr-search-stage-done 22-mr-archive
30 31 32 33 50 51-load-getorcreate-nolineids-1 51-load-getorcreate-nolineids-2 51 52 53 54 55 70
80-confirm-needs-approval 80-approve-as-user 80-cancel-locked 81
""".split()


def in_order(version: int) -> list[str]:
    keys: list[str] = []
    for name in ORDER:
        found = (
            [name]
            if name in RECORDINGS[version]
            else sorted(key for key in RECORDINGS[version] if key.startswith(f"{name}-"))
            if name.isdigit()
            else []
        )
        keys += [key for key in found if key not in keys and key not in NOT_ASKED]
    return keys


def place(replay: Replay, key: str) -> int:
    """Makes an order like that of 12-po-create by hand; the recording `key` is about it. Returns our id."""
    body = replay.recordings[key]["request"]["body"]["params"]["args"]
    vals = replay.recordings["12-po-create"]["request"]["body"]["params"]["args"][5][0]
    with replay.odoo.store.transaction():
        sync = replay.odoo.accounts.uid(replay.odoo.user, replay.odoo.password)
        id_ = replay.odoo.env(sync)["purchase.order"].create({**vals, "origin": "PORTAL-REQ-3"})
    replay.ids["purchase.order"][body[5][0][0]] = id_
    return id_


def pair_lines(replay: Replay) -> None:
    recorded = RECORDINGS[replay.odoo.version]
    order = replay.ids["purchase.order"][recorded["12-po-create"]["response"]["result"]]
    theirs = recorded["12-po-lines"]["request"]["body"]["params"]["args"][5][0]
    replay.ids["purchase.order.line"] = dict(
        zip(theirs, [line["id"] for line in replay.odoo.order(order)["lines"]], strict=True)
    )


def receive_part(replay: Replay) -> None:
    id_ = place(replay, "16-po-after-partial")
    replay.odoo.confirm(id_)
    replay.odoo.receive(id_, {replay.odoo.order(id_)["lines"][0]["id"]: 1})


def receive_rest(replay: Replay) -> None:
    replay.odoo.receive(replay.odoo.orders()[-1]["id"])


def receive_another(replay: Replay) -> None:
    id_ = place(replay, "16-cancel-after-receipt")
    replay.odoo.confirm(id_)
    replay.odoo.receive(id_)


def demand_two_steps(replay: Replay) -> None:
    replay.odoo.change("res.company", 1, po_double_validation="two_step", po_double_validation_amount=0)
    place(replay, "80-confirm-needs-approval")


def lock(replay: Replay) -> None:
    replay.odoo.change("res.company", 1, po_double_validation="one_step", po_lock="lock")
    replay.odoo.confirm(place(replay, "80-cancel-locked"))


BEFORE: dict[str, Callable[[Replay], None]] = {
    "12-po-lines": pair_lines,
    "16-po-after-partial": receive_part,
    "16-po-after-full": receive_rest,
    "16-cancel-after-receipt": receive_another,
    "80-confirm-needs-approval": demand_two_steps,
    "80-cancel-locked": lock,
}


@pytest.fixture(scope="module")
def differences(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, str], str]:
    """The whole conversation, once per version: (version, recording) -> what was different."""
    found = {}
    for version in RECORDINGS:
        with running(version=version, store=tmp_path_factory.mktemp("odoo")) as odoo:
            replay = Replay(odoo, RECORDINGS[version])
            for key in in_order(version):
                if key.startswith("55-race"):
                    continue
                BEFORE.get(key, lambda _: None)(replay)
                found[version, key] = replay.ask(key)
    return found


@pytest.mark.parametrize(
    ("version", "key"),
    [(version, key) for version in RECORDINGS for key in in_order(version) if not key.startswith("55-race")],
)
def test_answers_as_recorded(version: int, key: str, differences: dict[tuple[int, str], str]) -> None:
    assert not differences[version, key], differences[version, key]


def test_race_as_recorded(tmp_path: Path) -> None:
    """Ten calls at once for one external id: one gets the order, nine are told that they met."""
    keys = [key for key in RECORDINGS[19] if key.startswith("55-race")]
    with running(version=19, store=tmp_path) as odoo:
        odoo.fault("meet", count=len(keys), method="load")
        replay = Replay(odoo, RECORDINGS[19])
        with ThreadPoolExecutor(len(keys)) as pool:
            ours = [json.loads(text) for _, text in pool.map(lambda key: replay_raw(replay, key), keys)]
        assert len(odoo.orders()) == 1
    losers = [answer["result"]["messages"] for answer in ours if not answer["result"]["ids"]]
    recorded = [RECORDINGS[19][key]["response"]["result"] for key in keys]
    assert losers == [result["messages"] for result in recorded if not result["ids"]]
    assert len(losers) == len(keys) - 1


def replay_raw(replay: Replay, key: str) -> tuple[int, str]:
    request = replay.recordings[key]["request"]
    body = json.loads(json.dumps(request["body"]))
    replay._translate_question(body["params"], "purchase.order", "load")
    return replay._send(request, body)


@pytest.mark.parametrize("version", RECORDINGS)
def test_nothing_is_left_out_silently(version: int) -> None:
    assert set(RECORDINGS[version]) - set(in_order(version)) <= set(NOT_ASKED)
