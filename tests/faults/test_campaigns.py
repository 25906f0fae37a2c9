"""Every invoice on the platform exactly once, whatever dies."""

from __future__ import annotations

import pytest
from fault_campaign import ALWAYS, Campaign, Plan
from fault_judge import told

from sandbox.faults import COMMON
from sandbox.pa import Platform

SUBMISSIONS = 1000
SWITCHES = [name for name in {**COMMON, **Platform.more_faults} if name != ALWAYS]
# Faults by what they cost: these keep a connection busy for seconds each time they go off.
SLOW = {"slow", "slow_after", "trickle", "huge"}
POINTS = ("after_claim", "after_call", "before_outcome", "before_apply")


def row(name: str, probability: float, **options) -> dict:
    return {"fault": name, "probability": probability, "seconds": 1.0, **options}


@pytest.mark.timeout(900)
def test_some_of_everything(rig, tell):
    """The one of every day: mixed faults, kills by name and at random, a node and the database restarted."""
    with Campaign(rig, "mixed") as campaign:
        assert {ALWAYS, *SWITCHES} <= set(campaign.fault_names())
        plan = Plan(
            "mixed",
            bulk=130,
            real=20,
            faults=[row(name, 0.004 if name in SLOW else 0.01) for name in SWITCHES],
            points={**dict.fromkeys(POINTS, 0.03), "before_apply": 0.1},
            worker_kills=0.25,
            patient=True,
            node_kills=1,
            restarts=1,
            kills_over=15,
            fire=60,
            # Odoo puts off for a minute, more than once, a lane that was killed three times in a row.
            drain=300,
        )
        result = campaign.run(plan)
    tell("\n".join(result.lines()))
    assert not result.problems, told(result.problems)


def thousand(name: str, faults: list[dict], real: int = 0, strokes: int = 1) -> Plan:
    return Plan(
        name,
        bulk=SUBMISSIONS - real,
        real=real,
        faults=faults,
        points={**dict.fromkeys(POINTS, 0.01), "before_apply": 0.05},
        worker_kills=0.2 * strokes,
        node_kills=strokes,
        restarts=strokes,
        chunk=100,
        kills_over=20 * strokes,
    )


# Three at a time, from different parts of the list: a thousand submissions under each of them.
THIRD = -(-len(SWITCHES) // 3)
GROUPS = [(ALWAYS,), *(tuple(SWITCHES[n::THIRD]) for n in range(THIRD))]


@pytest.mark.full
@pytest.mark.timeout(2400)
@pytest.mark.parametrize("names", GROUPS, ids="-".join)
def test_a_thousand_submissions_under(rig, tell, names):
    """Every switch of the platform; `no_dedup` alone is a platform without other faults."""
    faults = [row(name, 0.02 if name in SLOW else 0.2) for name in names if name != ALWAYS]
    with Campaign(rig, "_".join(names)[:50]) as campaign:
        # No life cycle after the deposits: the sending alone is judged here.
        campaign.platform.post("pa", "settings", {"lifecycle": "manual"})
        result = campaign.run(thousand(", ".join(names), faults))
    tell("\n".join(result.lines()))
    assert not result.problems, told(result.problems)
    assert result.figures["submitted_under_fire"] == SUBMISSIONS


@pytest.mark.full
@pytest.mark.timeout(2400)
def test_a_thousand_submissions_under_all_of_them(rig, tell):
    """All switches together, more kills, a hundred of the documents made by the lanes."""
    faults = [row(name, 0.004 if name in SLOW else 0.01) for name in SWITCHES]
    with Campaign(rig, "all") as campaign:
        result = campaign.run(thousand("all", faults, real=100, strokes=3))
    tell("\n".join(result.lines()))
    assert not result.problems, told(result.problems)
    assert result.figures["submitted_under_fire"] == SUBMISSIONS
