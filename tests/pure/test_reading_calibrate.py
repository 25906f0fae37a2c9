"""Confidence that people may rely on: what is said to be 95 % sure is right 95 times of 100."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench._reading_calibrate import ANY, Sample, apply, curve, fit, interpolate


def test_few_right_readings_give_no_certainty():
    points = curve([(0.9, True, 1.0)] * 5)
    assert points == [[0.9, pytest.approx(0.75 * 6 / 7 + 0.25 * 0.9, abs=1e-3)]]
    assert points[0][1] < 0.9


def test_a_hundred_readings_of_one_layout_weigh_no_more_than_four():
    one = [Sample("number", "text", 0.9, True, "d1")] * 100
    many = [Sample("number", "text", 0.9, True, f"d{n}") for n in range(100)]
    assert fit(one) == {}, "one layout is no measurement"
    assert apply(fit(many), "number", "text", 0.9) > 0.96


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.floats(0.1, 1)), min_size=1))
def test_a_higher_score_is_never_less_probable(weighted):
    points = curve(weighted)
    assert [p for _, p in points] == sorted(p for _, p in points)
    assert [s for s, _ in points] == sorted(s for s, _ in points)
    assert all(0 < p < 1 for _, p in points)


def test_the_table_says_what_happens():
    dice = Random(7)
    samples = []
    for n in range(4000):
        score = dice.random()
        samples.append(Sample("net", "text", score, dice.random() < score**2, f"x{n}"))
    table = fit(samples)
    for score in (0.3, 0.6, 0.9):
        assert apply(table, "net", "text", score) == pytest.approx(
            0.75 * score**2 + 0.25 * score, abs=0.08
        )


def test_a_group_with_few_samples_takes_the_table_of_all():
    samples = [Sample("number", "text", 0.9, True, f"d{n}") for n in range(50)]
    samples += [Sample("terms", "text", 0.9, True, "t1")]
    table = fit(samples)
    assert "terms" not in table
    assert apply(table, "terms", "text", 0.9) == apply(table, ANY, "text", 0.9)
    assert apply(table, "terms", "poor", 0.4) == 0.4, "text says nothing about poor scans"
    samples += [
        Sample("number", quality, 0.9, False, f"s{n}")
        for n in range(50)
        for quality in ("clean", "poor")
    ]
    mixed = fit(samples)
    assert apply(mixed, "terms", "unheard-of", 0.9) == apply(mixed, ANY, ANY, 0.9) < 0.6
    assert apply({}, "terms", "text", 0.4) == 0.4


def test_between_two_points_it_is_a_straight_line():
    points = [[0.2, 0.1], [0.6, 0.5], [0.6, 0.5]]
    assert interpolate(points, 0.0) == 0.1
    assert interpolate(points, 0.4) == pytest.approx(0.3)
    assert interpolate(points, 1.0) == 0.5
