"""How the cost of a method grows with n, ours and a peer's, plotted.

    cargo build --release -p wardmote-stats --example place_speed --example time_speed
    peers/bin/python benches/peers/growth.py --examples target/release/examples --svg benches/peers/growth.svg

(peers: a virtual environment with place-requirements.txt.) The data are those of place_speed.py and
generate.py, the first n of them. Warm calls, the best of three of ours and of two of a peer's, which has
its settings of place_speed.py with one job. Prints a table in Markdown, with the power of n by which the
cost grows over the last doubling; near it, work of fixed cost does not count.
"""

import argparse
import json
import math
import pathlib
import subprocess
import tempfile
import time

import generate
import place_speed

HALVINGS = 4
# Task, what n counts, the largest n, its arrays, and what a peer is called.
PLACE = [
    ("local-moran", "areas", place_speed.N_AREAS, ["values", "centroids"], "esda"),
    ("gi-star", "areas", place_speed.N_AREAS, ["values", "centroids"], "esda"),
    ("density", "events", place_speed.N_EVENTS, ["events"], "KDEpy"),
    ("near-repeat", "events", place_speed.N_BURGLARIES, ["burglaries", "days"], "numpy"),
]


def sizes(largest):
    return [largest >> k for k in range(HALVINGS, -1, -1)]


def of_peer(task, data):
    name, call = next(iter(place_speed.TASKS[task](data)))
    times = []
    for _ in range(3):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * getattr(call, "scale", 1) + getattr(call, "extra", 0))
    return min(times[1:])


def measured(examples):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        whole = place_speed.generate(folder)
        for task, counted, largest, arrays, peer in PLACE:
            ours, theirs = [], []
            for n in sizes(largest):
                data = {name: whole[name][:n] for name in arrays}
                for name, values in data.items():
                    values.astype("<f8").tofile(folder / f"{name}.f64")
                printed = subprocess.check_output([examples / "place_speed", task, folder, "4"])
                ours.append(min(json.loads(printed)["seconds"][1:]))
                theirs.append(of_peer(task, data))
            yield f"{task} ({counted})", sizes(largest), {"ours": ours, peer: theirs}
        largest = place_speed.N_AREAS
        lines = [
            " ".join(map(str, generate.series(seed, 60, 4 + seed % 60, 1.5, 0.3)))
            for seed in range(largest)
        ]
        found = []
        for n in sizes(largest):
            (folder / "series.txt").write_text("\n".join(lines[:n]) + "\n")
            printed = subprocess.check_output([examples / "time_speed", folder / "series.txt", "3"])
            found.append(json.loads(printed))
        for task in ("stl", "farrington"):
            yield f"{task} (series of 60 months)", sizes(largest), {"ours": [one[task] for one in found]}


def power(ns, seconds):
    return math.log(seconds[-1] / seconds[-2]) / math.log(ns[-1] / ns[-2])


def plot(panels, path):
    width, height, left, top = 300, 220, 56, 40
    columns = 3
    out = []
    for index, (title, ns, lines) in enumerate(panels):
        x0, y0 = (index % columns) * width, (index // columns) * height
        values = [seconds for line in lines.values() for seconds in line]
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        x = lambda n: x0 + left + (math.log(n / ns[0]) / math.log(ns[-1] / ns[0])) * (width - left - 70)
        y = lambda s: y0 + height - 40 - (math.log10(s) - low) / (high - low) * (height - 40 - top)
        text = lambda at, down, words, more="": out.append(
            f'<text x="{at:.1f}" y="{down:.1f}" font-size="12" {more}>{words}</text>'
        )
        text(x0 + 8, y0 + 20, title, 'font-weight="bold"')
        for decade in range(low, high + 1):
            out.append(
                f'<line x1="{x(ns[0]):.1f}" x2="{x(ns[-1]):.1f}" y1="{y(10**decade):.1f}" '
                f'y2="{y(10**decade):.1f}" stroke="#b1b4b6"/>'
            )
            text(x0 + left - 6, y(10**decade) + 4, f"{10.0**decade:g} s", 'text-anchor="end"')
        for n in (ns[0], ns[-1]):
            text(x(n), y0 + height - 22, f"{n:,}", 'text-anchor="middle"')
        for name, seconds in lines.items():
            dash = "" if name == "ours" else ' stroke-dasharray="5 4"'
            at = " ".join(f"{x(n):.1f},{y(s):.1f}" for n, s in zip(ns, seconds))
            out.append(f'<polyline points="{at}" fill="none" stroke="#0b0c0c" stroke-width="2"{dash}/>')
            text(x(ns[-1]) + 6, y(seconds[-1]) + 4, name)
    rows = -(-len(panels) // columns)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {columns * width} {rows * height}" '
        'font-family="Arial, Helvetica, sans-serif" role="img" aria-label="Seconds against n, both axes '
        'logarithmic"><rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(out) + "\n</svg>\n"
    )


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--examples", required=True, type=pathlib.Path)
    arguments.add_argument("--svg", required=True, type=pathlib.Path)
    asked = arguments.parse_args()
    panels = []
    for panel in measured(asked.examples):
        panels.append(panel)
        title, ns, lines = panel
        for name, seconds in lines.items():
            cells = " | ".join(f"{value:.3f}" for value in seconds)
            print(f"| {title}, {ns[0]:,} to {ns[-1]:,} | {name} | {cells} | {power(ns, seconds):.2f} |", flush=True)
    plot(panels, asked.svg)


if __name__ == "__main__":
    main()
