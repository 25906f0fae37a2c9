"""A worker that was believed dead comes back: its claim is over, its answer changes nothing."""

from __future__ import annotations

import time

import pytest
from fault_campaign import Campaign, wake_process
from fault_judge import told
from fault_rig import happened, nodes, switch

TRIES = 3


class NotComeAbout(AssertionError):
    """The processes did not meet as the scenario needs; nothing is said of the exchange."""


def until(campaign: Campaign, what: str, ready, seconds: float = 150):
    """Wait until `ready` answers something, the lanes running."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        answer = ready()
        if answer:
            return answer
        campaign.run_lanes()
        time.sleep(0.3)
    raise NotComeAbout(f"{what}: not within {seconds:.0f} s; rows {campaign.rows()}")


def stopped(campaign: Campaign, word: str, name: str):
    """The process that stopped (or woke) under this name."""
    for words in happened(campaign.folder):
        if words[0] == word and words[2] == name:
            return int(words[3])
    return None


def lasting(campaign: Campaign) -> bool:
    """Make the claim of the worker that is sending last an hour; whether there is one."""
    return bool(
        campaign.database.all(
            "UPDATE efacture_exchange SET lease_until = now() AT TIME ZONE 'UTC' + interval '1 hour'"
            " WHERE state = 'sending' AND lease_until > now() AT TIME ZONE 'UTC' RETURNING id"
        )
    )


def said(campaign: Campaign, words: str) -> bool:
    """Whether one of the nodes wrote this to its log."""
    return any(words in node.log.read_text(errors="replace") for node in campaign.nodes)


def late_answer(campaign: Campaign, fenced: bool) -> list[str]:
    """The first worker is told *come back later* and freezes before it writes that down. Its lease ends, the row
    is looked up, not found, and sent by a second worker, which freezes after the platform took it. Now the first
    one wakes up and writes *not sent* over the second one's claim, if nothing keeps it from doing so."""
    switch(campaign.folder, stop={"after_call": ["first"]}, unfenced=not fenced)
    campaign.arm({"fault": "too_many", "operation": "flow.submit", "count": 1, "seconds": 1.0})
    (number, move), *_ = campaign.moves(1).items()
    campaign.ask("queue", [move])
    first = until(campaign, "the first worker freezes", lambda: stopped(campaign, "stop", "first"))
    assert campaign.ledger() == []
    switch(campaign.folder, stop={"after_call": ["first", "second"]}, unfenced=not fenced)
    second = until(campaign, "the second sends", lambda: stopped(campaign, "stop", "second"))
    assert second != first
    assert len(campaign.ledger()) == 1
    # However long the first takes to wake up on a busy machine, the second's claim lasts; were it over, the row
    # would be looked up and adopted before the late answer comes.
    if not lasting(campaign):
        raise NotComeAbout("the second's claim was over before the first could be woken up")
    wake_process(first)
    until(campaign, "the first goes on", lambda: stopped(campaign, "woke", "first"))
    if fenced:
        until(campaign, "the first says that it is late", lambda: said(campaign, "Late answer"))
    else:
        until(campaign, "a third worker sends again", lambda: len(campaign.ledger()) > 1)
    wake_process(second)
    campaign.wait(90)
    campaign.settle_acknowledgements()
    campaign.wait(30)
    return campaign.verdict([number])


def judge_late_answer(rig, tell, fenced: bool) -> list[str]:
    """The verdict; a meeting of processes that did not come about is arranged again, and said."""
    for attempt in range(1, TRIES + 1):
        name = f"fence_{'on' if fenced else 'off'}_{attempt}"
        try:
            with (
                Campaign(rig, name) as campaign,
                nodes(
                    rig, campaign.database.name, campaign.folder, limit_time_real=900
                ) as campaign.nodes,
            ):
                return late_answer(campaign, fenced)
        except NotComeAbout as missed:
            if attempt == TRIES:
                raise
            tell(f"late answer, arranged again: {missed}")
    raise AssertionError("unreachable")


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fenced", [True, False], ids=["with_the_token", "without_the_token"])
def test_a_late_answer(rig, tell, fenced):
    """With the token nothing is overwritten; without it the judge finds the invoice twice."""
    problems = judge_late_answer(rig, tell, fenced)
    tell(
        f"late answer, token {'checked' if fenced else 'not checked'}: {told(problems) or 'nothing wrong'}"
    )
    if fenced:
        assert not problems, told(problems)
    else:
        assert any("times on the platform" in problem for problem in problems), told(problems)
