"""Times the methods over time against statsmodels and R on the same generated series, one thread each.

    cargo build --release -p wardmote-stats --example time_speed
    peers/bin/python benches/peers/time_speed.py --ours target/release/examples/time_speed

Prints seconds for all series and how many times as long the peer takes. Python's and R's start and
imports are not timed, nor is reading.
"""

import argparse
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
    return parser.parse_args()


def best(rounds, work):
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def main():
    asked = arguments()
    counts = [series(seed, asked.months, 4 + seed % 60, 1.5, 0.3) for seed in range(asked.series)]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "series.txt"
        path.write_text("\n".join(" ".join(map(str, line)) for line in counts) + "\n")
        ours = json.loads(subprocess.check_output([asked.ours, path, str(asked.rounds)]))
        logs = [np.log(np.array(line) + 0.5) for line in counts[: asked.peer_series]]
        scale = asked.series / len(logs)
        theirs = {
            "stl": scale * best(asked.rounds, lambda: [STL(y, period=12).fit() for y in logs]),
            "stl_robust": scale * best(
                1, lambda: [STL(y, period=12, robust=True).fit() for y in logs]
            ),
        }
        script = pathlib.Path(__file__).with_name("farrington_speed.R")
        if "farrington" in ours:
            command = ["Rscript", script, path, str(asked.spike_series)]
            found = float(subprocess.check_output(command).decode().split()[-1])
            theirs["farrington"] = found * asked.series / asked.spike_series
    print(f"{asked.series} series of {asked.months} months; seconds, one thread")
    for task, seconds in ours.items():
        print(f"{task:12} ours {seconds:9.3f}  peer {theirs[task]:9.1f}  {theirs[task] / seconds:6.1f} times")


if __name__ == "__main__":
    main()
