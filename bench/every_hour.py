"""What `bench.simulation` runs: pytest reads it, with Django set up."""

import os

import pytest

from reporting.tests.simulation import Plan, World, disturbed, moments
from reporting.tests.test_simulation import assert_all, live_with_kills

seeds = pytest.mark.parametrize("seed", [int(seed) for seed in os.environ.get("SIMULATION_SEEDS", "631").split()])


@seeds
@pytest.mark.usefixtures("threads", "roadmap", "settings")
def test_every_half_year_with_killed_workers(people, tmp_path, seed):
    plan = Plan(seed)
    live_with_kills(plan, people, tmp_path / "mail", moments(plan, hours=(0, 9, 18), ordinary=(9,), every=4, idle=60))


@seeds
def test_every_hour_of_five_and_a_half_years(roadmap, people, settings, seed):
    plan = Plan(seed)
    world = World(plan, people)
    fired = moments(plan, hours=range(24), ordinary=(0, 9))
    is_disturbed = os.environ.get("SIMULATION_DISTURBED")
    for moment, times in disturbed(plan, fired, seed) if is_disturbed else ((at, 1) for at in fired):
        world.tick(moment, times)
    assert_all(world)
