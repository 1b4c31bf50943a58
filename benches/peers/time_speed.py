"""Times the methods over time against statsmodels and R on the same generated series, one thread each.

    cargo build --release -p wardmote-stats --example time_speed
    peers/bin/python benches/peers/time_speed.py --ours target/release/examples/time_speed

Prints seconds for all series and how many times as long the peer takes. Python's and R's start and
imports are not timed, nor is reading.
"""

import argparse
import csv
import json
import pathlib
import subprocess
import tempfile
import time

import numpy as np
from statsmodels.tsa.seasonal import STL

from generate import series


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ours", required=True, help="the example time_speed, built for release")
    parser.add_argument("--series", type=int, default=35_672)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--peer-series", type=int, default=2_000,
                        help="how many of them statsmodels does; its time is scaled up")
    parser.add_argument("--spike-series", type=int, default=200,
                        help="how many of them R surveillance does; its time is scaled up")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--street", type=pathlib.Path,
                        help="a folder of street files of data.police.uk: the series by small area and crime type")
    parser.add_argument("--district", default="Luton", help="whose small areas of those files")
    parser.add_argument("--years", type=int, default=3, help="Farrington's years of past")
    return parser.parse_args()


def of_street_files(folder, district):
    """Counts by month, one series for each small area and crime type that has any."""
    rows = []
    for path in sorted(folder.rglob("*-street.csv")):
        with open(path, newline="") as file:
            rows += [
                (row["LSOA code"], row["Crime type"], row["Month"])
                for row in csv.DictReader(file)
                if row["LSOA name"].startswith(f"{district} ")
            ]
    months = sorted({month for _, _, month in rows})
    counts = {}
    for area, kind, month in rows:
        counts.setdefault((area, kind), dict.fromkeys(months, 0))[month] += 1
    return [list(counts[key].values()) for key in sorted(counts)]


def best(rounds, work):
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def main():
    asked = arguments()
    if asked.street:
        counts = of_street_files(asked.street, asked.district)
    else:
        counts = [series(seed, asked.months, 4 + seed % 60, 1.5, 0.3) for seed in range(asked.series)]
    n_series, n_months = len(counts), len(counts[0])
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "series.txt"
        path.write_text("\n".join(" ".join(map(str, line)) for line in counts) + "\n")
        command = [asked.ours, path, str(asked.rounds), str(asked.years)]
        ours = json.loads(subprocess.check_output(command))
        logs = [np.log(np.array(line) + 0.5) for line in counts[: asked.peer_series]]
        scale = n_series / len(logs)
        theirs = {
            "stl": scale * best(asked.rounds, lambda: [STL(y, period=12).fit() for y in logs]),
            "stl_robust": scale * best(
                1, lambda: [STL(y, period=12, robust=True).fit() for y in logs]
            ),
        }
        script = pathlib.Path(__file__).with_name("farrington_speed.R")
        if "farrington" in ours:
            n_spikes = min(asked.spike_series, n_series)
            command = ["Rscript", script, path, str(n_spikes), str(asked.years)]
            found = float(subprocess.check_output(command).decode().split()[-1])
            theirs["farrington"] = found * n_series / n_spikes
    print(f"{n_series} series of {n_months} months; seconds, one thread")
    for task, seconds in ours.items():
        print(f"{task:12} ours {seconds:9.3f}  peer {theirs[task]:9.1f}  {theirs[task] / seconds:6.1f} times")


if __name__ == "__main__":
    main()
