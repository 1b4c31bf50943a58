"""Times the place methods of `crates/stats` against what a user would pick instead, in one run.

    nice cargo build --release -p wardmote-stats --example place_speed
    peers/bin/python benches/peers/place_speed.py --ours target/release/examples/place_speed

(peers: a virtual environment with place-requirements.txt.) All data are generated here. Each peer is
asked with its fastest settings: numba on, no simulations kept, the better of n_jobs 1 and 2. The first
call of a process is called cold; the best of the others is warm, and it is what ratios are of. Ours and
the peers take turns, so that a busy machine falls on all. The times of a busy machine mean little; the
seconds of processor beside them, of all threads, move less. Ours hold the start of the process and the
reading of its input; those of n_jobs=2 are spent in other processes and not shown.
"""

import argparse
import json
import math
import pathlib
import resource
import subprocess
import tempfile
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")

N_AREAS, N_EVENTS, N_BURGLARIES = 35_672, 1_000_000, 20_000
EAST, NORTH = 400_000.0, 300_000.0


def generate(folder):
    rng = np.random.default_rng(20)
    data = {}
    data["centroids"] = np.column_stack([
        EAST + rng.uniform(0, 200_000, N_AREAS), NORTH + rng.uniform(0, 200_000, N_AREAS)
    ])
    wave = 3 + 2 * np.sin(data["centroids"][:, 0] / 15_000) * np.cos(data["centroids"][:, 1] / 20_000)
    data["values"] = rng.poisson(wave * 4).astype(float)
    # Half the events in forty towns, half anywhere.
    towns = rng.uniform(5_000, 45_000, (40, 2))
    near = towns[rng.integers(0, 40, N_EVENTS // 2)] + rng.normal(0, 1_500, (N_EVENTS // 2, 2))
    spread = rng.uniform(0, 50_000, (N_EVENTS - N_EVENTS // 2, 2))
    events = np.concatenate([near, spread])
    rng.shuffle(events)
    data["events"] = np.clip(events, 1, 49_999) + [EAST, NORTH]
    towns = rng.uniform(2_000, 18_000, (25, 2))
    burglaries = towns[rng.integers(0, 25, N_BURGLARIES)] + rng.normal(0, 1_000, (N_BURGLARIES, 2))
    data["burglaries"] = burglaries + [EAST, NORTH]
    data["days"] = rng.integers(0, 365, N_BURGLARIES).astype(float)
    n = 200
    data["scan_centroids"] = np.column_stack([
        EAST + rng.uniform(0, 15_000, n), NORTH + rng.uniform(0, 15_000, n)
    ])
    data["scan_expected"] = rng.uniform(1, 5, (n, 12))
    data["scan_counts"] = rng.poisson(data["scan_expected"]).astype(float)
    for name, values in data.items():
        values.astype("<f8").tofile(folder / f"{name}.f64")
    return data


def nearest(centroids):
    import libpysal

    return libpysal.weights.KNN.from_array(centroids, k=6)


def peer_nearest(data):
    yield "libpysal KNN", lambda: nearest(data["centroids"])


def peer_local_moran(data):
    import esda

    w = nearest(data["centroids"])
    w.transform = "r"
    for jobs in (1, 2):
        yield f"esda Moran_Local, n_jobs={jobs}", lambda jobs=jobs: esda.Moran_Local(
            data["values"], w, permutations=999, n_jobs=jobs, keep_simulations=False, seed=1
        ).Is.sum()


def peer_gi_star(data):
    import esda
    import libpysal

    w = libpysal.weights.fill_diagonal(nearest(data["centroids"]), 1)

    def star(jobs):
        # Permuting takes the areas themselves out of the weights that it was given, and the next call
        # would compute Gi, not Gi*.
        w.sparse.setdiag(1)
        return esda.G_Local(
            data["values"], w, transform="B", star=None, permutations=999, n_jobs=jobs,
            keep_simulations=False, seed=1,
        ).Zs.sum()

    for jobs in (1, 2):
        yield f"esda G_Local, n_jobs={jobs}", lambda jobs=jobs: star(jobs)


def peer_density(data, bandwidth=500.0):
    import KDEpy
    from sklearn.neighbors import KernelDensity

    events = data["events"]
    # FFTKDE wants every point within the grid's middles, so it gets one cell more on each side.
    axis = lambda start: start + (np.arange(-1, 501) + 0.5) * 100
    x, y = axis(EAST), axis(NORTH)
    grid = np.stack(np.meshgrid(x, y, indexing="ij"), -1).reshape(-1, 2)

    def fft():
        kde = KDEpy.FFTKDE(kernel="biweight", bw=bandwidth / math.sqrt(7), norm=2)
        return kde.fit(events).evaluate(grid).sum() * N_EVENTS * 1e6

    yield "KDEpy FFTKDE, biweight (binned)", fft
    inner = grid.reshape(502, 502, 2)[1:-1, 1:-1].reshape(-1, 2)

    def sklearn():
        # It has no quartic kernel; Epanechnikov's has the same reach. A full map takes minutes, so one
        # cell in a hundred is timed and the rest scaled: its time is per query point.
        kde = KernelDensity(kernel="epanechnikov", bandwidth=bandwidth, rtol=1e-4).fit(events)
        return np.exp(kde.score_samples(inner[::100])).sum()

    sklearn.scale = 100
    yield "scikit-learn KernelDensity, Epanechnikov (1% of cells, scaled)", sklearn


def peer_near_repeat(data):
    from scipy.spatial import cKDTree

    places, days = data["burglaries"], data["days"].astype(np.int32)
    metres, limits = np.array([100.0, 200.0, 300.0, 400.0]), np.array([7, 14, 21, 28])
    sample = 50

    def vectorised():
        # Pairs by a tree, found once; the table of time bands as a look-up, the cells by bincount.
        pairs = cKDTree(places).query_pairs(400.0, output_type="ndarray")
        first, second = pairs[:, 0].astype(np.int32), pairs[:, 1].astype(np.int32)
        apart = np.hypot(*(places[first] - places[second]).T)
        space = (np.searchsorted(metres, apart) * 5).astype(np.int8)
        band = np.searchsorted(limits, np.arange(366)).astype(np.int8)

        def table(days):
            return np.bincount(space + band[np.abs(days[first] - days[second])], minlength=20)

        observed = table(days)
        rng = np.random.default_rng(1)
        start = time.perf_counter()
        for _ in range(sample):
            table(rng.permutation(days)) >= observed
        # The permutations left out, at the speed of those done.
        vectorised.extra = (time.perf_counter() - start) * (999 - sample) / sample
        return observed.reshape(4, 5)[:, :4].sum()

    yield "vectorised numpy (50 of 999 permutations, scaled)", vectorised


def peer_scan(data):
    centroids, expected, counts = (
        data[name] for name in ("scan_centroids", "scan_expected", "scan_counts")
    )

    def brute():
        # Windows vectorised over radius and start; one replicate of 99 is timed.
        scaled = expected * counts.sum() / expected.sum()
        whole = counts.sum()

        def best(counts):
            top = 0.0
            for centre in range(len(centroids)):
                order = np.argsort(np.hypot(*(centroids - centroids[centre]).T))
                e = scaled[order].cumsum(axis=0)
                size = np.searchsorted(e.sum(axis=1), 0.5 * whole)
                tail = lambda rows: rows[:size, ::-1].cumsum(axis=1)[:, :6]
                e, c = tail(e), tail(counts[order].cumsum(axis=0))
                with np.errstate(divide="ignore", invalid="ignore"):
                    ratio = c * np.log(c / e) + (whole - c) * np.log((whole - c) / (whole - e))
                top = max(top, ratio[c > e].max(initial=0))
            return top

        return best(counts)

    brute.scale = 100
    yield "vectorised numpy (1 of 100 maps, scaled)", brute


TASKS = {
    "nearest": peer_nearest,
    "local-moran": peer_local_moran,
    "gi-star": peer_gi_star,
    "density": peer_density,
    "density-300": lambda data: peer_density(data, 300.0),
    "density-exact": peer_density,
    "near-repeat": peer_near_repeat,
    "scan": peer_scan,
}


def spent_by_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--ours", required=True, help="the built example place_speed")
    arguments.add_argument("--rounds", type=int, default=4, help="calls each, the first one cold")
    arguments.add_argument("--task", action="append", choices=TASKS, help="only this one")
    arguments = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        data = generate(folder)
        for task in arguments.task or TASKS:
            peers = {name: (call, []) for name, call in TASKS[task](data)}
            cold, warm, answer, processor = None, math.inf, None, math.inf
            for _ in range(arguments.rounds):
                before = spent_by_children()
                printed = subprocess.check_output([arguments.ours, task, folder, "3"])
                processor = min(processor, (spent_by_children() - before) / 3)
                found = json.loads(printed)
                cold = cold or found["seconds"][0]
                warm, answer = min(warm, *found["seconds"][1:]), found["answer"]
                for call, seconds in peers.values():
                    start, before = time.perf_counter(), time.process_time()
                    result = call()
                    busy = (time.process_time() - before) * getattr(call, "scale", 1)
                    spent = (time.perf_counter() - start) * getattr(call, "scale", 1)
                    # Of a part that stands for the rest, processor and wall stand in one proportion.
                    extra = getattr(call, "extra", 0)
                    seconds.append((spent + extra, busy * (1 + extra / spent)))
                    call.result = result if np.isscalar(result) else None
            print(
                f"{task}: ours warm {warm:.3f} s ({processor:.3f} of processor), cold {cold:.3f} s, "
                f"answer {answer:.6g}",
                flush=True,
            )
            for name, (call, seconds) in peers.items():
                best, busy = min(seconds[1:])
                shown = "in others" if "n_jobs=2" in name else f"{busy:.3f} of processor"
                print(
                    f"    {name}: warm {best:.3f} s ({shown}), {best / warm:.1f} times ours, "
                    f"cold {seconds[0][0]:.3f} s, answer {call.result}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
