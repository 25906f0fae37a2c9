"""One bad invoice does not hold up the others, and nothing is lost while a disk is full."""

from __future__ import annotations

import base64
import itertools
import os
import re
import shutil
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from en16931.pdfa3 import extract_xml
from fault_campaign import Campaign
from fault_judge import Expected, told
from fault_rig import nodes, switch
from ground.services import start_all


def pause(seconds: float, campaign: Campaign, ready) -> bool:
    """Wait until `ready` is true, the lanes running."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if ready():
            return True
        campaign.wake()
        time.sleep(0.3)
    return False


def state_of(campaign: Campaign, number: str) -> str:
    return [row.state for row in campaign.rows() if row.number == number][-1]


@pytest.fixture
def poisoned(rig):
    """A campaign with running nodes and nothing armed."""
    start_all()
    with (
        Campaign(rig, "poisoned") as campaign,
        nodes(rig, campaign.database.name, campaign.folder) as campaign.nodes,
    ):
        yield campaign


@pytest.mark.timeout(600)
def test_one_bad_invoice_among_others(poisoned, tell):
    moves = poisoned.moves(16)
    numbers = list(moves)
    broken, lost, locked = numbers[0], numbers[6], numbers[11]

    # A page that cannot be drawn, between five that can.
    switch(poisoned.folder, broken=[broken])
    poisoned.ask("enqueue", [moves[number] for number in numbers[:6]])

    # A file that vanished from the store, between four that are there.
    files = poisoned.ask_once("hold", [moves[number] for number in numbers[6:11]])
    kept = Path(files[0]).read_bytes()
    os.unlink(files[0])

    # One that a person is editing while it leaves: the row of the invoice is locked all the time.
    poisoned.ask_once("hold", [moves[number] for number in numbers[11:16]])
    with closing(poisoned.rig.cluster.connect(poisoned.database.name)) as person:
        person.autocommit = False
        with person.cursor() as cr:
            cr.execute(
                "UPDATE account_move SET narration = narration WHERE id = %s", [moves[locked]]
            )
            poisoned.database.all(
                "UPDATE efacture_exchange SET next_attempt = NULL WHERE state = 'queued' RETURNING id"
            )
            poisoned.run_lanes()
            assert pause(60, poisoned, lambda: state_of(poisoned, locked) == "accepted"), (
                "the platform took it: our row says so although the invoice is being edited"
            )
            with pytest.raises(RuntimeError):
                poisoned.nodes[0].client().call(
                    "account.move", "write", [moves[locked]], {"ref": "edited"}
                )
            person.rollback()

    others = [number for number in numbers if number not in (broken, lost)]
    ended = pause(
        90, poisoned, lambda: all(state_of(poisoned, number) == "accepted" for number in others)
    )
    rows = {row.number: row for row in poisoned.rows()}
    assert ended, told([f"{n} is {rows[n].state}: {rows[n].error_message}" for n in others])
    assert rows[broken].state in ("failed", "preparing"), rows[broken]
    assert rows[broken].error_message, "the reason is told"
    assert rows[lost].state in ("queued", "failed"), rows[lost]
    assert rows[lost].error_message, "the reason is told"
    poisoned.settle_acknowledgements()
    poisoned.wait(20, lambda found: not found["apply"])
    problems = poisoned.verdict(
        numbers,
        {
            broken: Expected(frozenset({"failed", "preparing"}), deposits=0),
            lost: Expected(frozenset({"failed", "queued"}), deposits=0),
        },
    )
    assert not problems, told(problems)
    tell(
        f"poisoned: {len(others)} of {len(numbers)} left; page not drawn → {rows[broken].state} "
        f"({rows[broken].error_message}); file lost → {rows[lost].state} ({rows[lost].error_message})"
    )

    # The administrator puts the file back, the page is mended: both leave.
    Path(files[0]).write_bytes(kept)
    switch(poisoned.folder)
    again = [moves[number] for number in (broken, lost) if state_of(poisoned, number) == "failed"]
    if again:
        poisoned.nodes[0].client().call("efacture.faults", "again", again)
    poisoned.database.all(
        "UPDATE efacture_exchange SET next_attempt = NULL WHERE state = ANY(%s) RETURNING id",
        ["queued", "preparing"],
    )
    poisoned.run_lanes()
    assert not poisoned.wait(90)
    poisoned.settle_acknowledgements()
    problems = poisoned.verdict(numbers)
    assert not problems, told(problems)


@pytest.mark.timeout(600)
def test_an_invoice_edited_while_its_document_is_made(poisoned, tell):
    """What was saved last before the freeze is what the platform has."""
    number, move = next(iter(poisoned.moves(1).items()))
    client = poisoned.nodes[0].client()
    poisoned.ask("enqueue", [move])
    saved, refused, until = None, "", time.monotonic() + 150
    for attempt in itertools.count():
        if time.monotonic() > until:
            break
        time.sleep(
            min(1.0, attempt / 200)
        )  # a person pauses sooner or later; one who never does is never overtaken
        try:
            client.call("account.move", "write", [move], {"narration": f"<p>edition {attempt}</p>"})
            saved = attempt
        except RuntimeError as error:
            refused = str(error)
            break
    assert refused, "the invoice is final once its document waits to be sent"
    assert not poisoned.wait(90)
    poisoned.settle_acknowledgements()
    row = client.call(
        "efacture.exchange", "search_read", [("move_id", "=", move)], ["file", "filename"]
    )[-1]
    content = base64.b64decode(row["file"])
    found = extract_xml(content)
    text = (found[1] if found else content).decode()
    editions = re.findall(r"edition (\d+)", text)
    problems = poisoned.verdict([number])
    assert not problems, told(problems)
    assert editions == ([str(saved)] if saved is not None else []), (
        f"saved last: {saved}; sent: {editions}"
    )
    tell(
        f"edited while it left: {saved if saved is not None else 'no'} edition saved last is what was sent"
    )


NAMESPACE = """
set -e
cp -a "$1" "$1.before"
mount -t tmpfs -o "size=$2m,mode=700" tmpfs "$1"
cp -a "$1.before/." "$1/"
rm -rf "$1.before"
shift 2
exec "$@"
"""


@pytest.mark.timeout(600)
def test_a_full_disk(rig, tell):
    """No room for a new document: what is ready leaves, the others wait and leave when there is room."""
    tried = subprocess.run(
        ["unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", "/tmp"],
        capture_output=True,
        check=False,
    )
    if tried.returncode:
        pytest.skip(f"no small disk can be mounted here: {tried.stderr.decode().strip()}")
    start_all()
    with Campaign(rig, "full_disk") as campaign:
        store = rig.databases.filestore / campaign.database.name
        store.mkdir(parents=True, exist_ok=True)
        size = 4 + sum(p.stat().st_blocks * 512 for p in store.rglob("*") if p.is_file()) // 2**20
        prefix = ["unshare", "-Urm", "sh", "-c", NAMESPACE, "sh", str(store), str(size)]
        moves = campaign.moves(14)
        numbers = list(moves)
        with nodes(
            rig, campaign.database.name, campaign.folder, number=1, prefix=prefix
        ) as campaign.nodes:
            client = campaign.nodes[0].client()
            client.call("efacture.faults", "hold", [moves[number] for number in numbers[:8]])
            ballast = client.call("efacture.faults", "fill_disk")
            campaign.database.all(
                "UPDATE efacture_exchange SET next_attempt = NULL WHERE state = 'queued' RETURNING id"
            )
            campaign.ask("enqueue", [moves[number] for number in numbers[8:]])
            campaign.run_lanes()
            ready = pause(
                60, campaign, lambda: all(state_of(campaign, n) == "accepted" for n in numbers[:8])
            )
            pause(30, campaign, lambda: all(row.error_message for row in campaign.rows()[8:]))
            rows = {row.number: row for row in campaign.rows()}
            assert ready, told([f"{n} is {rows[n].state}: {rows[n].error_message}" for n in rows])
            waiting = {rows[n].state for n in numbers[8:]}
            reasons = {rows[n].error_message for n in numbers[8:]}
            assert not waiting - {"preparing"}, f"{waiting}: {reasons}"
            client.call("efacture.faults", "free_disk")
            campaign.database.all(
                "UPDATE efacture_exchange SET next_attempt = NULL WHERE state = 'preparing' RETURNING id"
            )
            campaign.run_lanes()
            left = campaign.wait(90)
            campaign.settle_acknowledgements()
            problems = campaign.verdict(numbers)
        shutil.rmtree(f"{store}.before", ignore_errors=True)
    assert not left, dict(left)
    assert not problems, told(problems)
    tell(
        f"full disk ({ballast >> 20} MB taken): 8 ready ones left, 6 waited ({reasons}) and left when there was room"
    )
