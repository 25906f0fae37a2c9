"""Every invoice on the platform exactly once, whatever dies."""

from __future__ import annotations

import pytest
from fault_campaign import ALWAYS, Campaign, Plan
from fault_judge import told

SUBMISSIONS = 1000
# Faults by what they cost: these keep a connection busy for seconds each time they go off.
SLOW = {"slow", "slow_after", "trickle", "huge"}
ALL_POINTS = {"after_claim": 0.03, "after_call": 0.03, "before_outcome": 0.03, "before_apply": 0.03}


def row(name: str, probability: float, **options) -> dict:
    return {"fault": name, "probability": probability, "seconds": 1.0, **options}


@pytest.mark.timeout(420)
def test_some_of_everything(rig, tell):
    """The one of every day: mixed faults, kills by name and at random, a node and the database restarted."""
    with Campaign(rig, "mixed") as campaign:
        known = [name for name in campaign.fault_names() if name != ALWAYS]
        plan = Plan(
            "mixed",
            bulk=130,
            real=20,
            faults=[row(name, 0.004 if name in SLOW else 0.01) for name in known],
            points=ALL_POINTS,
            worker_kills=0.25,
            node_kills=1,
            restarts=1,
            peace_after=45,
            drain=120,
        )
        result = campaign.run(plan)
    tell("\n".join(result.lines()))
    assert not result.problems, told(result.problems)


@pytest.mark.full
@pytest.mark.timeout(3 * 3600)
def test_a_thousand_under_every_fault_switch(rig, tell):
    """Each switch of the platform in turn, then all of them together."""
    bad = []
    with Campaign(rig, "names") as campaign:
        known = [name for name in campaign.fault_names() if name != ALWAYS]
    plans = [
        Plan(
            name,
            bulk=SUBMISSIONS,
            faults=[row(name, 0.02 if name in SLOW else 0.2)],
            points=ALL_POINTS,
            worker_kills=0.2,
            node_kills=1,
            restarts=1,
            chunk=100,
            peace_after=120,
        )
        for name in [ALWAYS, *known]
    ]
    plans[0].faults = []  # nothing but kills
    plans.append(
        Plan(
            "all together",
            bulk=SUBMISSIONS - 100,
            real=100,
            faults=[row(name, 0.004 if name in SLOW else 0.01) for name in known],
            points=ALL_POINTS,
            worker_kills=0.3,
            node_kills=2,
            restarts=2,
            chunk=100,
            peace_after=180,
        )
    )
    for number, plan in enumerate(plans, 1):
        with Campaign(rig, plan.name.replace(" ", "_")) as campaign:
            result = campaign.run(plan)
        tell(f"{number}/{len(plans)} " + "\n".join(result.lines()))
        if result.problems:
            tell(f"  WRONG {told(result.problems)}")
            bad.append(plan.name)
    assert not bad, f"not exactly once under {', '.join(bad)}"
