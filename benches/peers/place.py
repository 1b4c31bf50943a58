"""Values of independent programs for the place methods of `crates/stats`, from generated data.

    python3 -m venv peers && peers/bin/pip install -r benches/peers/place-requirements.txt
    peers/bin/python benches/peers/place.py

writes crates/stats/tests/it/peers/place_*.json: the generated input, and what esda, libpysal, KDEpy,
scipy and plain numpy make of it. Nothing in it is taken from anywhere. Where no program has a method,
the counts here are by brute force, written from the paper and not from the Rust code.
"""

import itertools
import json
import math
import pathlib
import warnings

import numpy as np
import scipy.stats
from shapely.geometry import MultiPolygon, Polygon

warnings.filterwarnings("ignore")

import esda  # noqa: E402
import geopandas  # noqa: E402
import KDEpy  # noqa: E402
import libpysal  # noqa: E402

OUT = pathlib.Path(__file__).parents[2] / "crates/stats/tests/it/peers"
EAST, NORTH = 400_000.0, 300_000.0


def write(name, content):
    def short(value):
        if isinstance(value, dict):
            return {key: short(item) for key, item in value.items()}
        if isinstance(value, (list, tuple, np.ndarray)):
            return [short(item) for item in value]
        if isinstance(value, (float, np.floating)):
            return float(f"{value:.12g}")
        if isinstance(value, np.integer):
            return int(value)
        return value

    path = OUT / f"place_{name}.json"
    path.write_text(json.dumps(short(content), separators=(",", ":")) + "\n")
    print(path.name, path.stat().st_size, "bytes")


def lists(w, n):
    return [sorted(int(j) for j in w.neighbors[i]) for i in range(n)]


def weights():
    """A 6 by 5 patchwork with jittered corners, two of its parcels one area, one parcel with a hole
    that holds another area, and an island."""
    rng = np.random.default_rng(1)
    columns, rows, side = 6, 5, 500.0
    corner = {
        (x, y): (
            round(EAST + side * x + rng.uniform(-120, 120), 1),
            round(NORTH + side * y + rng.uniform(-120, 120), 1),
        )
        for x in range(columns + 1)
        for y in range(rows + 1)
    }
    parcel = lambda x, y: [corner[x, y], corner[x + 1, y], corner[x + 1, y + 1], corner[x, y + 1]]
    areas = [[parcel(x, y)] for y in range(rows) for x in range(columns)]
    # Parcel 0 also owns parcel 29, which drops out: an area of two parts.
    areas[0].append(areas.pop()[0])
    # Parcel 8 has a hole, and area 29 fills it.
    centre = np.mean(areas[8][0], axis=0).round(1)
    hole = [tuple((centre + d).round(1)) for d in [(-60, -50), (70, -40), (60, 80), (-50, 60)]]
    areas[8].append(hole)
    areas.append([hole[::-1]])
    # An island far off.
    areas.append([[(EAST + 9_000 + x, NORTH + y) for x, y in [(0, 0), (300, 0), (0, 300)]]])

    def shape(index, rings):
        if index == 8:
            return Polygon(rings[0], [rings[1]])
        return MultiPolygon([Polygon(ring) for ring in rings])

    frame = geopandas.GeoDataFrame(geometry=[shape(i, rings) for i, rings in enumerate(areas)])
    queen = libpysal.weights.Queen.from_dataframe(frame, use_index=False, silence_warnings=True)
    rook = libpysal.weights.Rook.from_dataframe(frame, use_index=False, silence_warnings=True)
    points = np.column_stack([EAST + rng.uniform(0, 5000, 60), NORTH + rng.uniform(0, 5000, 60)])
    points = points.round(1)
    nearest = libpysal.weights.KNN.from_array(points, k=5)
    band = libpysal.weights.DistanceBand.from_array(
        points, threshold=700.0, binary=True, silence_warnings=True
    )
    write("weights", {
        "tool": f"libpysal {libpysal.__version__}",
        "areas": areas,
        "queen": lists(queen, len(areas)),
        "rook": lists(rook, len(areas)),
        "points": points,
        "nearest_5": lists(nearest, 60),
        "within_700": lists(band, 60),
    })


def moran():
    rng = np.random.default_rng(2)
    side = 9
    n = side * side + 1
    grid = libpysal.weights.lat2W(side, side, rook=False)
    # The last area is an island.
    neighbours = {**grid.neighbors, side * side: []}
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    mean = 4 + 10 * np.exp(-((x - 2) ** 2 + (y - 6) ** 2) / 4)
    counts = np.append(rng.poisson(mean).ravel(), 5)
    values = np.round(counts / rng.uniform(0.8, 1.2, n), 3)
    w = libpysal.weights.W(neighbours, silence_warnings=True)
    found = {}
    for transform in ["r", "b"]:
        w.transform = transform
        i = esda.Moran(values, w, transformation=transform, permutations=0)
        c = esda.Geary(values, w, transformation=transform, permutations=0)
        found[transform] = {
            "moran": [i.I, i.EI, i.VI_norm, i.z_norm, i.VI_rand, i.z_rand, i.p_norm, i.p_rand],
            "geary": [c.C, c.EC, c.VC_norm, c.z_norm, c.VC_rand, c.z_rand, 2 * c.p_norm, 2 * c.p_rand],
        }
        # Geary's p values are one-sided in esda.
    np.random.seed(3)
    w.transform = "r"
    permuted = esda.Moran(values, w, permutations=9999)
    geary = esda.Geary(values, w, permutations=9999)
    w.transform = "r"
    local = esda.Moran_Local(values, w, permutations=9999, seed=4, keep_simulations=False)
    # G_Local needs a row for each area, so the island stays out of it.
    inner = libpysal.weights.W(grid.neighbors, silence_warnings=True)
    star = esda.G_Local(
        values[:-1], inner, transform="B", star=True, permutations=9999, seed=5, n_jobs=1,
        keep_simulations=False,
    )
    write("moran", {
        "tool": f"esda {esda.__version__}, libpysal {libpysal.__version__}",
        "values": values,
        "neighbours": [sorted(neighbours[i]) for i in range(n)],
        "row": found["r"],
        "binary": found["b"],
        # esda's p_sim is the smaller tail, chosen after looking.
        "moran_p_sim_9999": permuted.p_sim,
        "geary_p_sim_9999": geary.p_sim,
        "local": local.Is,
        "local_quadrant": local.q,
        "local_p_sim_9999": local.p_sim,
        "gi_star_z": star.Zs,
        "gi_star_p_one_sided": star.p_norm,
        "gi_star_p_sim_9999": star.p_sim,
    })


def kernel_density():
    rng = np.random.default_rng(6)
    points = np.column_stack([
        EAST + rng.normal(1_000, 350, 80), NORTH + rng.normal(800, 300, 80),
    ]).round(1)
    cell, columns, rows, bandwidth = 100.0, 20, 16, 437.0
    east = EAST + (np.arange(columns) + 0.5) * cell
    north = NORTH + (np.arange(rows) + 0.5) * cell
    grid = np.array([(e, n) for n in north for e in east])
    distance = np.hypot(*(grid[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    u = np.clip(1 - (distance / bandwidth) ** 2, 0, None)
    by_hand = (3 / (np.pi * bandwidth**2) * u**2).sum(axis=1) * 1e6
    # KDEpy states a bandwidth in standard deviations of its one-dimensional kernel: h / sqrt(7).
    kdepy = KDEpy.NaiveKDE(kernel="biweight", bw=bandwidth / math.sqrt(7), norm=2)
    kdepy = kdepy.fit(points).evaluate(grid) * len(points) * 1e6
    # Binned, on a grid with room for every point: KDEpy lists its grid column by column.
    wide = {"west": EAST - 500.0, "south": NORTH - 500.0, "cell": cell, "columns": 30, "rows": 26}
    wide_grid = np.array([
        (wide["west"] + (c + 0.5) * cell, wide["south"] + (r + 0.5) * cell)
        for c in range(wide["columns"]) for r in range(wide["rows"])
    ])
    binned = KDEpy.FFTKDE(kernel="biweight", bw=bandwidth / math.sqrt(7), norm=2)
    binned = binned.fit(points).evaluate(wide_grid) * len(points) * 1e6
    binned = binned.reshape(wide["columns"], wide["rows"]).T.ravel()
    study = (grid[:, 0] < EAST + 1_300) & (grid[:, 1] > NORTH + 300)
    inside = np.array([
        (EAST <= e < EAST + 1_300) and (NORTH + 300 <= n < NORTH + rows * cell) for e, n in points
    ])
    # The kernel's mass on the study area by fine quadrature, for what edge correction must preserve.
    quartile = lambda axis: np.subtract(*np.percentile(points[:, axis], [75, 25])) / 1.349
    spread = [min(points[:, axis].std(ddof=1), quartile(axis)) for axis in (0, 1)]
    factor = ((9 / (5 * np.pi) * 64) / (1 / (4 * np.pi))) ** (1 / 6)
    write("kernel_density", {
        "tool": f"KDEpy 1.1.12 NaiveKDE; numpy {np.__version__} by brute force",
        "points": points,
        "grid": {"west": EAST, "south": NORTH, "cell": cell, "columns": columns, "rows": rows},
        "bandwidth": bandwidth,
        "by_hand": by_hand,
        "kdepy": kdepy,
        "wide": wide,
        "kdepy_fft": binned,
        "study": study.tolist(),
        "n_inside": int(inside.sum()),
        "normal_reference": factor * math.sqrt(spread[0] * spread[1]) * len(points) ** (-1 / 6),
    })


def concentration():
    rng = np.random.default_rng(7)
    counts = rng.negative_binomial(0.4, 0.4 / (0.4 + 0.7), 200)
    n, total = len(counts), counts.sum()
    pairs = np.abs(counts[:, None] - counts[None, :]).sum()
    gini = pairs / (2 * n * total)
    generalised = lambda g: max(n / total, 1) * (g - 1) + 1
    ordered = np.sort(counts)[::-1].cumsum()
    places = [int(np.argmax(ordered >= share * total)) + 1 for share in (0.25, 0.5)]
    sims = [np.bincount(rng.integers(0, n, total), minlength=n) for _ in range(20_000)]
    half = [np.argmax(np.sort(s)[::-1].cumsum() >= 0.5 * total) + 1 for s in sims]
    ginis = [2 * (np.arange(1, n + 1) * np.sort(s)).sum() / (n * total) - (n + 1) / n for s in sims]
    keys = [int(k) for k in rng.integers(0, 40, 60) * rng.integers(1, 3, 60)]
    per_place = np.bincount(np.unique(keys, return_counts=True)[1])
    write("concentration", {
        "tool": f"numpy {np.__version__} and scipy {scipy.__version__} by brute force",
        "counts": counts,
        "gini": gini,
        "generalised_gini": generalised(gini),
        "places": places,
        "half_by_chance": np.mean(half) / n,
        "gini_by_chance": generalised(np.mean(ginis)),
        "keys": keys,
        "at_risk": 300,
        "repeat_places": per_place[1:],
        "expected_places": [
            300 * scipy.stats.binom.pmf(k, len(keys), 1 / 300) for k in range(len(per_place))
        ],
    })


def near_repeat():
    rng = np.random.default_rng(8)
    n = 150
    places = np.column_stack([EAST + rng.uniform(0, 3_000, n), NORTH + rng.uniform(0, 3_000, n)])
    days = rng.integers(0, 200, n)
    # A third follow another event closely; some hit the same place.
    for i in range(100, n):
        source = rng.integers(0, 100)
        places[i] = places[source] + (rng.normal(0, 60, 2) if i % 3 else 0)
        days[i] = days[source] + rng.integers(0, 14)
    places = places.round(1)
    metres, limits = [0.0, 100.0, 200.0, 400.0], [7, 14, 28]
    first, second = np.triu_indices(n, 1)
    apart = np.hypot(*(places[first] - places[second]).T)
    space = np.searchsorted(metres, apart)
    close = space < len(metres)
    first, second, space = first[close], second[close], space[close]

    def table(days):
        time = np.searchsorted(limits, np.abs(days[first] - days[second]))
        cells = np.bincount(space * 4 + time, minlength=16).reshape(4, 4)
        return cells[:, :3].ravel()

    observed = table(days)
    # Under permutation each pair of places gets each pair of days alike, so the mean is exact.
    a, b = np.triu_indices(n, 1)
    shares = np.bincount(np.searchsorted(limits, np.abs(days[a] - days[b])), minlength=4)[:3] / len(a)
    expected = np.outer(np.bincount(space, minlength=4), shares).ravel()
    reached = np.zeros(12)
    for _ in range(9_999):
        reached += table(rng.permutation(days)) >= observed
    write("near_repeat", {
        "tool": f"numpy {np.__version__} by brute force",
        "places": places,
        "days": days,
        "metres": metres,
        "limits": limits,
        "observed": observed,
        "expected": expected,
        "p_9999": (1 + reached) / 10_000,
    })


def scan():
    rng = np.random.default_rng(9)
    n, periods = 25, 8
    centroids = [(EAST + 1_000 * (i % 5), NORTH + 1_000 * (i // 5)) for i in range(n)]
    centroids = (np.array(centroids) + rng.uniform(-300, 300, (n, 2))).round(1)
    population = rng.integers(800, 2_500, n)
    baseline = np.outer(population / 1_000, rng.uniform(0.8, 1.2, periods)).round(4)
    rate = baseline.copy()
    for area in (6, 7, 11, 12):
        rate[area, 5:] *= 3
    counts = rng.poisson(rate)

    def cylinders(prospective):
        total = baseline.sum()
        for centre in range(n):
            d = np.hypot(*(centroids - centroids[centre]).T)
            order = np.argsort(d, kind="stable")
            for size in range(1, n + 1):
                inside = order[:size]
                if baseline[inside].sum() > 0.5 * total:
                    break
                for last in range(periods):
                    if prospective and last != periods - 1:
                        continue
                    for first in range(max(0, last - 3), last + 1):
                        yield frozenset(inside.tolist()), first, last

    def ratios(counts, windows):
        whole, scale = counts.sum(), counts.sum() / baseline.sum()
        for inside, first, last in windows:
            members = sorted(inside)
            c = counts[members, first:last + 1].sum()
            e = baseline[members, first:last + 1].sum() * scale
            if c <= e:
                yield 0.0
            else:
                rest = (whole - c) * math.log((whole - c) / (whole - e)) if c < whole else 0.0
                yield c * math.log(c / e) + rest

    found = {}
    for name, prospective in [("prospective", True), ("retrospective", False)]:
        windows = list(dict.fromkeys(cylinders(prospective)))
        values = list(ratios(counts, windows))
        best = max(range(len(windows)), key=values.__getitem__)
        inside, first, last = windows[best]
        found[name] = {
            "areas": sorted(inside), "first": first, "last": last, "ratio": values[best],
            "observed": int(counts[sorted(inside), first:last + 1].sum()),
        }
        if prospective:
            shares = (baseline / baseline.sum()).ravel()
            reached = sum(
                max(ratios(rng.multinomial(counts.sum(), shares).reshape(n, periods), windows))
                >= values[best]
                for _ in range(499)
            )
            found[name]["p_499"] = (1 + reached) / 500
            # The same for a weaker map, whose p value is not at the bottom.
            quiet = rng.poisson(baseline)
            value = max(ratios(quiet, windows))
            reached = sum(
                max(ratios(rng.multinomial(quiet.sum(), shares).reshape(n, periods), windows))
                >= value
                for _ in range(499)
            )
            found["quiet"] = {"counts": quiet, "ratio": value, "p_499": (1 + reached) / 500}
    write("scan", {
        "tool": f"numpy {np.__version__} by brute force",
        "centroids": centroids, "counts": counts, "baseline": baseline, "longest": 4, **found,
    })


def spatial_change():
    rng = np.random.default_rng(10)
    n = 30
    shares = rng.dirichlet(np.full(n, 1.5))
    later = shares.copy()
    later[[3, 4]] *= [4, 0.1]
    base, test = rng.multinomial(900, shares), rng.multinomial(700, later / later.sum())
    size = round(0.85 * test.sum())
    # What the limits of ever more samples tend to: quantiles of the hypergeometric distribution.
    limits = [
        [scipy.stats.hypergeom.ppf(q, test.sum(), count, size) / size for q in (0.025, 0.975)]
        for count in test
    ]
    fisher = []
    for b, t in zip(base, test):
        chance = [
            scipy.stats.fisher_exact(
                [[t, test.sum() - t], [b, base.sum() - b]], alternative=side
            ).pvalue
            for side in ("less", "greater")
        ]
        fisher.append(min(1, 2 * min(chance)))
    used = base + test > 0
    chi2 = scipy.stats.chi2_contingency(np.array([base, test])[:, used], correction=False)
    # The S-index by the paper, resampled here with other draws.
    labels = np.repeat(np.arange(n), test)
    samples = np.array([
        np.bincount(rng.choice(labels, size, replace=False), minlength=n) / size
        for _ in range(200)
    ])
    samples.sort(axis=0)
    low, high = samples[5], samples[-6]
    similar = (base / base.sum() >= low) & (base / base.sum() <= high)
    write("spatial_change", {
        "tool": f"scipy {scipy.__version__}; numpy {np.__version__} by brute force",
        "base": base, "test": test, "limits": limits, "fisher": fisher,
        "fdr": scipy.stats.false_discovery_control(np.array(fisher)[used]),
        "chi_square": chi2.statistic, "s_index": similar.mean(),
    })


def hotspots():
    rng = np.random.default_rng(11)
    n, periods = 40, 12
    level = rng.gamma(2, 4, n)
    season = 1 + 0.3 * np.sin(np.arange(periods) / 2)
    mean = np.outer(level, season)
    mean[0] *= np.linspace(0.4, 2.4, periods)
    mean[1] *= np.linspace(2.4, 0.4, periods)
    mean[2] *= 4
    counts = rng.negative_binomial(mean / 0.5, 1 / 1.5)
    x, y = counts.sum(axis=1), counts.sum(axis=0)
    fitted = np.outer(x, y) / counts.sum()
    phi = max(1.0, ((counts - fitted) ** 2 / fitted).sum() / ((n - 1) * (periods - 1)))
    t = np.arange(periods)
    share = y / y.sum()
    mean_t, var_t = (t * share).sum(), ((t - (t * share).sum()) ** 2 * share).sum()
    # The variance of a multivariate hypergeometric score, which the exact conditional test has.
    z = [(row * (t - mean_t)).sum() for row in counts]
    z = np.array(z) / np.sqrt(phi * x * var_t * (1 - x / x.sum()))
    p = 2 * scipy.stats.t.sf(np.abs(z), (n - 1) * (periods - 1))
    hot = []
    for row in counts:
        halves = [(row[:6].sum(), y[:6].sum() / n), (row[6:].sum(), y[6:].sum() / n)]
        tails = [scipy.stats.gamma.cdf(e / phi, o / phi) if o else 1.0 for o, e in halves]
        hot.append(max(tails))
    # PAI and PEI by trying every choice of three of eleven cells.
    training, test = rng.poisson(6, 11) * rng.integers(0, 3, 11), rng.poisson(5, 11)
    best = max(sum(test[list(c)]) for c in itertools.combinations(range(11), 3))
    chosen = sorted(range(11), key=lambda i: (-training[i], i))[:3]
    hits = test[chosen].sum()
    write("hotspots", {
        "tool": f"scipy {scipy.__version__} and numpy {np.__version__} by brute force",
        "counts": counts, "phi": phi, "z": z, "p": p,
        "p_adjusted": scipy.stats.false_discovery_control(p),
        "hot_p": hot, "hot_adjusted": scipy.stats.false_discovery_control(hot),
        "training": training, "test": test, "chosen": chosen,
        "pai": (hits / test.sum()) / (3 / 11), "pei": hits / best,
    })


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    for make in [
        weights, moran, kernel_density, concentration, near_repeat, scan, spatial_change, hotspots,
    ]:
        make()
