"""Decree 631 lived through whole: every day of five and a half years, every hour around each date, every task.

    DEBUG=true .venv/bin/python -m bench.simulation [SEED ...] [--disturbed | --killed]

On a throwaway database, one seed after the other; fails where anything is not as the plan says. It takes its time.
"""

import argparse
import os
import sys
from pathlib import Path

import pytest


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seeds", nargs="*", type=int, default=[631])
    parser.add_argument("--disturbed", action="store_true", help="workers are away, and the clock goes back and forth")
    parser.add_argument("--killed", action="store_true", help="workers are killed at random moments; fewer hours a day")
    asked = parser.parse_args()
    os.environ["SIMULATION_SEEDS"] = " ".join(map(str, asked.seeds))
    os.environ["SIMULATION_DISTURBED"] = "yes" if asked.disturbed else ""
    chosen = "killed_workers" if asked.killed else "every_hour_of"
    tests = str(Path(__file__).with_name("every_hour.py"))
    sys.exit(pytest.main([tests, "-k", chosen, "-q", "--durations=0", "--tb=short"]))


if __name__ == "__main__":
    main()
