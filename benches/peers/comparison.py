"""Values for the tests of wardmote-stats' methods of comparison, from other people's code.

    pip install -r comparison-requirements.txt
    python comparison.py ../../crates/stats/tests/it/peers

All input is drawn here from a fixed seed; nothing is real. Input and answers go into one JSON file a
method, so that the tests need no Python. What a package has is asked of the package (named in each
`source`); the rest is written out from the paper, apart from the Rust.
"""

import itertools
import json
import pathlib
import sys
import warnings

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

PINNED = {"numpy": "2.4.6", "scipy": "1.17.1", "statsmodels": "0.15.0"}


def check_versions():
    found = {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__}
    if found != PINNED:
        sys.exit(f"pinned {PINNED}, found {found}")


def rng(stream):
    return np.random.default_rng([20050424, stream])


def over_counts(draw, mean, dispersion):
    """Counts whose variance is `dispersion` times their mean."""
    mean = np.asarray(mean, float)
    return draw.poisson(draw.gamma(mean / (dispersion - 1.0), dispersion - 1.0))


def lag_factor(residuals, neighbours):
    centred = residuals - residuals.mean()
    products = centred[:-1] * centred[1:]
    lag1 = float((products * neighbours).sum() / (centred**2).sum())
    r = max(lag1, 0.0)
    return lag1, (1 + r) / (1 - r)


def two_way(table, rows_follow):
    """Pearson's statistic over its degrees of freedom of a Poisson GLM with row and month effects."""
    table = np.asarray(table, float)
    rows, months = table.shape
    row, month = np.repeat(np.arange(rows), months), np.tile(np.arange(months), rows)
    design = np.column_stack(
        [np.ones(rows * months)] + [row == r for r in range(1, rows)] + [month == m for m in range(1, months)]
    ).astype(float)
    fit = sm.GLM(table.ravel(), design, family=sm.families.Poisson()).fit(tol=1e-14, maxiter=200)
    neighbours = np.ones(rows * months - 1)
    if not rows_follow:
        neighbours[months - 1 :: months] = 0
    lag1, factor = lag_factor(np.asarray(fit.resid_pearson), neighbours)
    phi = fit.pearson_chi2 / fit.df_resid
    return {"phi": phi, "lag1": lag1, "used": max(phi, 1.0) * factor, "df": int(fit.df_resid)}


# ---------------------------------------------------------------------------------------------


def funnel():
    draw = rng(1)
    tails = [stats.norm.sf(2.0), stats.norm.sf(3.0)]
    left = 0.8 + 2 * 0.1 * stats.norm.ppf(0.9) ** 2 - 2 * stats.norm.ppf(0.9) * stats.norm.pdf(stats.norm.ppf(0.9))
    cases = []
    for kind in ["rates", "shares"]:
        size = draw.integers(60, 4000, 24)
        size[:3] = [9, 25, 40]
        base = 0.02 if kind == "rates" else 0.3
        level = np.clip(base * np.exp(0.25 * draw.normal(size=24)), 0, 0.95)
        count = draw.poisson(level * size) if kind == "rates" else draw.binomial(size, level)
        target = count.sum() / size.sum()
        law = (lambda n: stats.poisson(target * n)) if kind == "rates" else (lambda n: stats.binom(n, target))
        variance = 1 / (4 * size)
        root = np.sqrt if kind == "rates" else (lambda share: np.arcsin(np.sqrt(share)))
        back = np.square if kind == "rates" else (lambda angle: np.sin(angle) ** 2)
        value, middle = root(count / size), root(target)
        z = (value - middle) / np.sqrt(variance)
        winsorised = np.asarray(stats.mstats.winsorize(z, limits=(0.1, 0.1)))
        phi_winsorised = float((winsorised**2).mean())
        phi = phi_winsorised / left
        weight = 1 / variance
        n = len(z)
        tau_squared = max(0.0, (n * phi - (n - 1)) / (weight.sum() - (weight**2).sum() / weight.sum()))
        df = n - 2 * int(0.1 * n) - 1
        limits, p = [], []
        for c, s in zip(count, size):
            d = law(int(s))
            row = []
            for tail in tails:
                low = int(d.ppf(tail))
                lower = low - (d.cdf(low) - tail) / d.pmf(low)
                # The largest count with at least `tail` at or above it: one less than the smallest
                # with less than `tail` above or at it.
                high = int(d.isf(tail))
                while d.sf(high - 1) < tail:
                    high -= 1
                upper = high + (d.sf(high - 1) - tail) / d.pmf(high)
                top = np.inf if kind == "rates" else s
                row += [max(lower, 0.0) / s, min(upper, top) / s]
            limits.append(row)
            p.append(min(1.0, 2 * min(d.cdf(c), d.sf(c - 1))))
        z_add = (value - middle) / np.sqrt(variance + tau_squared)
        z_multiply = z / np.sqrt(max(phi, 1.0))
        cases.append({
            "kind": kind, "count": count.tolist(), "size": size.tolist(), "target": target,
            "z": z.tolist(), "limits": limits, "p": p,
            "adjusted": multipletests(p, method="fdr_bh")[1].tolist(),
            "phi_winsorised": phi_winsorised, "phi": phi, "tau_squared": tau_squared, "df": df,
            "z_multiply": z_multiply.tolist(), "z_add": z_add.tolist(),
            "p_add": (2 * stats.t.sf(np.abs(z_add), df)).tolist(),
            "upper_2sd_add": back(middle + stats.t.isf(tails[0], df) * np.sqrt(variance + tau_squared)).tolist(),
            "normal_3sd": (target + 3 * np.sqrt((target if kind == "rates" else target * (1 - target)) / size)).tolist(),
        })
    return {"source": "scipy poisson, binom, mstats.winsorize, t; statsmodels multipletests(fdr_bh)", "cases": cases}


def rank_intervals():
    draw = rng(2)
    cases = []
    for dispersion, df in [(1.0, None), (2.4, 33)]:
        population = draw.integers(800, 9000, 12)
        events = draw.poisson(population * 0.03 * np.exp(0.5 * draw.normal(size=12)))
        log_rate = np.log(events / population)
        error = np.sqrt(dispersion * (1 / events[:, None] + 1 / events[None, :]))
        z = (log_rate[:, None] - log_rate[None, :]) / error
        law = stats.norm if df is None else stats.t(df)
        pairs = [(i, j) for i in range(12) for j in range(12) if i != j]
        p = [law.sf(z[pair]) for pair in pairs]
        shown = multipletests(p, alpha=0.05, method="holm")[0]
        above, below = [0] * 12, [0] * 12
        for (high, low), is_shown in zip(pairs, shown):
            if is_shown:
                below[high] += 1
                above[low] += 1
        cases.append({
            "events": events.tolist(), "population": population.tolist(), "dispersion": dispersion, "df": df,
            "n_shown": int(shown.sum()),
            "lower": [1 + n for n in above], "upper": [12 - n for n in below],
        })
    return {"source": "statsmodels multipletests(holm) over all ordered pairs; scipy norm, t", "cases": cases}


def disproportionality():
    draw = rng(3)
    months = 24
    residents = [8200.0, 61400.0]
    season = 1 + 0.2 * np.sin(np.arange(months) / 2)
    group = over_counts(draw, 14 * season, 1.8)
    reference = over_counts(draw, 48 * season, 1.8)
    # Months that find more follow one another, so that both dispersion and autocorrelation count.
    course = 0.12 * np.sin(np.arange(months) / 4)
    finds = [draw.binomial(group, 0.24 + course), draw.binomial(reference, 0.29 + course)]
    dispersion = two_way([group, reference], rows_follow=False)
    design = np.array([[1.0, 0.0], [1.0, 1.0]])
    fit = sm.GLM([reference.sum(), group.sum()], design, family=sm.families.Poisson(),
                 offset=np.log([residents[1], residents[0]])).fit(scale=dispersion["used"], tol=1e-14)
    z = fit.params[1] / fit.bse[1]
    t = stats.t(dispersion["df"])
    half = t.isf(0.025) * fit.bse[1]

    of, with_ = np.concatenate([reference, group]), np.concatenate([finds[1], finds[0]])
    is_group = np.repeat([0.0, 1.0], months)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shares = sm.GLM(np.column_stack([with_, of - with_]), sm.add_constant(is_group),
                        family=sm.families.Binomial()).fit(tol=1e-14)
    neighbours = np.ones(2 * months - 1)
    neighbours[months - 1] = 0
    _, factor = lag_factor(np.asarray(shares.resid_pearson), neighbours)
    phi = shares.pearson_chi2 / shares.df_resid
    z_plain = sm.stats.proportions_ztest([finds[0].sum(), finds[1].sum()], [group.sum(), reference.sum()])[0]
    z_shares = z_plain / np.sqrt(max(phi, 1.0) * factor)
    return {
        "source": "statsmodels GLM (Poisson, Binomial), proportions_ztest; scipy t",
        "residents": residents,
        "group": [[int(w), int(n)] for w, n in zip(finds[0], group)],
        "reference": [[int(w), int(n)] for w, n in zip(finds[1], reference)],
        "used": dispersion["used"], "df": dispersion["df"],
        "ratio": float(np.exp(fit.params[1])),
        "lower": float(np.exp(fit.params[1] - half)), "upper": float(np.exp(fit.params[1] + half)),
        "p": float(2 * t.sf(abs(z))),
        "finds_phi": float(phi), "finds_factor": float(factor), "finds_z": float(z_shares), "finds_p": float(2 * stats.t(shares.df_resid).sf(abs(z_shares))),
        "finds_difference": float(finds[0].sum() / group.sum() - finds[1].sum() / reference.sum()),
    }


def displacement():
    draw = rng(4)
    means = {"target": (26, 17), "control": (25, 24), "buffer": (31, 33), "buffer_control": (30, 29)}
    season = 1 + 0.25 * np.cos(np.arange(12) / 2)
    series = {name: [over_counts(draw, m * season, 2.2) for m in pair] for name, pair in means.items()}
    found = {name: two_way(pair, rows_follow=True) for name, pair in series.items()}
    change = {name: pair[1].sum() - pair[0].sum() for name, pair in series.items()}
    total = {name: pair[1].sum() + pair[0].sum() for name, pair in series.items()}
    difference = change["target"] - change["control"] + change["buffer"] - change["buffer_control"]
    parts = {name: found[name]["used"] * total[name] for name in series}
    variance = sum(parts.values())
    df = int(variance**2 / sum(parts[n] ** 2 / found[n]["df"] for n in parts))
    z = difference / np.sqrt(variance)
    relative, relative_variance = 0.0, 0.0
    for name, control in [("target", "control"), ("buffer", "buffer_control")]:
        a0, a1 = (p.sum() for p in series[name])
        c0, c1 = (p.sum() for p in series[control])
        fa, fc = found[name]["used"], found[control]["used"]
        # The gradient of a1 - a0 * c1 / c0.
        gradient = np.array([1.0, -c1 / c0, -a0 / c0, a0 * c1 / c0**2])
        relative += a1 - a0 * c1 / c0
        relative_variance += gradient**2 @ np.array([fa * a1, fa * a0, fc * c1, fc * c0])
    relative_p = 2 * stats.t(df).sf(abs(relative) / np.sqrt(relative_variance))

    def quotient(a0, a1, b0, b1, c0, c1):
        def contrast(x0, x1):
            v = (x1 / c1) ** 2 * (1 / x1 + 1 / c1) + (x0 / c0) ** 2 * (1 / x0 + 1 / c0)
            half = stats.norm.isf(0.025) * np.sqrt(v)
            middle = x1 / c1 - x0 / c0
            return [middle, middle - half, middle + half]
        return {"counts": [a0, a1, b0, b1, c0, c1], "target": contrast(a0, a1), "buffer": contrast(b0, b1)}

    return {
        "source": "statsmodels GLM (Poisson); scipy t, norm; the papers' formulas",
        "months": {name: [p.tolist() for p in pair] for name, pair in series.items()},
        "difference": int(difference), "standard_error": float(np.sqrt(variance)), "df": df,
        "standard_error_plain": float(np.sqrt(sum(total.values()))), "p": float(2 * stats.t(df).sf(abs(z))),
        "proportional": [float(relative), float(np.sqrt(relative_variance)), float(relative_p)],
        "quotients": [quotient(100, 70, 80, 84, 400, 400), quotient(240, 150, 310, 390, 520, 540),
                      quotient(260, 170, 330, 250, 900, 880), quotient(100, 100, 90, 95, 300, 270)],
    }


def harm():
    draw = rng(5)
    weights = [1.0, 8.0, 20.0, 365.0, 1095.0]
    means = np.array([400, 150, 60, 14, 2.5])
    earlier, later = draw.poisson(means), draw.poisson(means * 1.15)
    w = np.array(weights)
    s = [float(w @ n) for n in (earlier, later)]
    v = [float((w * w) @ n) for n in (earlier, later)]

    def limits(total, variance):
        lower = stats.gamma(total**2 / variance, scale=variance / total).ppf(0.025)
        total, variance = total + w.max(), variance + w.max() ** 2
        return [lower, stats.gamma(total**2 / variance, scale=variance / total).ppf(0.975)]

    out = []
    for dispersion, df in [(1.0, None), (2.5, 11)]:
        # Satterthwaite: the variance sum(w^2 n) has itself the variance sum(w^4 n).
        own = 2 * sum(v) ** 2 / float((w**4) @ (earlier + later))
        joint = int(1 / (1 / own + (0 if df is None else 1 / df)))
        law = stats.t(joint)
        error = np.sqrt(dispersion * (v[0] / s[0] ** 2 + v[1] / s[1] ** 2))
        z = (s[1] - s[0]) / np.sqrt(dispersion * (v[0] + v[1]))
        # Fieller: the ratios that the test of s1 - ratio * s0 does not reject.
        g = law.isf(0.025) ** 2 * dispersion
        ends = np.sort(np.roots([s[0] ** 2 - g * v[0], -2 * s[0] * s[1], s[1] ** 2 - g * v[1]]))
        out.append({"dispersion": dispersion, "df": df, "joint": joint, "error": float(error), "z": float(z),
                    "p": float(2 * law.sf(abs(z))),
                    "percent": [float(100 * (x - 1)) for x in (s[1] / s[0], *ends)]})
    # Where events fall at random: the expected share of the top, summed over the exact law of one
    # kind of two events in ten areas with a top of one: both in one area (1/10) or apart.
    exact = 1 / 10 * 1.0 + 9 / 10 * 0.5
    return {"source": "scipy gamma, t; numpy roots", "weights": weights, "earlier": earlier.tolist(),
            "later": later.tolist(), "limits": [limits(*x) for x in zip(s, v)], "tests": out,
            "two_events_in_ten_areas": exact}


def prioritise():
    """Without varied weights every outcome of the scores can be counted, item by item."""
    highest, p_step, share, weights = 5, 0.3, 0.2, np.array([3.0, 2, 1, 2, 1])
    items = [[4, 3, 2, 3, 1, 4, 2], [3, 4, 2, 4, 2, 4, 3], [5, 4, 1, 2, 1, 3, 2]]

    def law(scores):
        outcomes = {}
        for steps in itertools.product((-1, 0, 1), repeat=7):
            chance = np.prod([1 - p_step if s == 0 else p_step / 2 for s in steps])
            new = np.clip(np.array(scores) + steps, 1, highest)
            total = (1 - share) * (weights @ new[:5] / weights.sum()) * new[5] / highest + share * new[6]
            key = round(float(total), 9)
            outcomes[key] = outcomes.get(key, 0.0) + chance
        keys = np.array(sorted(outcomes))
        return keys, np.array([outcomes[k] for k in keys])

    laws = [law(scores) for scores in items]
    in_top = []
    for i, (keys, chances) in enumerate(laws):
        none_above = np.ones(len(keys))
        for j, (others, their) in enumerate(laws):
            if j != i:
                below = np.concatenate([[0.0], np.cumsum(their)])
                none_above = none_above * below[np.searchsorted(others, keys + 1e-9, side="right")]
        in_top.append(float((chances * none_above).sum()))
    totals = [float((1 - share) * (weights @ np.array(s[:5]) / weights.sum()) * s[5] / highest + share * s[6])
              for s in items]
    return {"source": "every outcome of the scores counted with numpy", "highest": highest,
            "step_probability": p_step, "organisational_share": share, "weights": weights.tolist(),
            "items": items, "totals": totals, "in_top_1": in_top}


def synthetic_control():
    draw = rng(7)
    cases = []
    for donors, before, after in [(6, 20, 6), (14, 24, 8), (9, 30, 12)]:
        trend = np.cumsum(draw.normal(size=(3, before + after)), axis=1)
        loadings = draw.dirichlet(np.ones(3), donors)
        others = 20 + loadings @ trend + 0.3 * draw.normal(size=(donors, before + after))
        area = 0.6 * others[0] + 0.4 * others[2] + 0.3 * draw.normal(size=before + after)
        area[before:] -= 2.0

        def fit(own, rest):
            a, b = rest[:, :before].T, own[:before]
            best = optimize.minimize(
                lambda w: float(((a @ w - b) ** 2).sum()), np.full(len(rest), 1 / len(rest)),
                jac=lambda w: 2 * a.T @ (a @ w - b), method="SLSQP", bounds=[(0, 1)] * len(rest),
                constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(len(rest))},
                options={"ftol": 1e-15, "maxiter": 5000})
            gap = own - rest.T @ best.x
            rmspe = [float(np.sqrt((g**2).mean())) for g in (gap[:before], gap[before:])]
            return best.x, gap, rmspe

        weights, gap, rmspe = fit(area, others)
        ratios = []
        for j in range(donors):
            _, _, (pre, post) = fit(others[j], np.vstack([area, np.delete(others, j, axis=0)]))
            ratios.append(post / pre)
        ratio = rmspe[1] / rmspe[0]
        cases.append({"n_before": before, "area": area.tolist(), "donors": others.tolist(),
                      "weights": weights.tolist(), "rmspe": rmspe, "effect": gap.tolist(), "ratios": ratios,
                      "p": (1 + sum(r >= ratio for r in ratios)) / (1 + donors)})
    return {"source": "scipy optimize.minimize(SLSQP)", "cases": cases}


def survey():
    cases = []
    for area, rest, ratio, deff, level, power in [
        (0.77, 6.73 / 9, 9.0, 1.3, 0.05, 0.5), (0.77, 6.73 / 9, 9.0, 1.3, 0.05, 0.8), (0.3, 0.36, 1.0, 1.0, 0.05, 0.9),
        (0.05, 0.02, 3.0, 1.8, 0.01, 0.8), (0.6, 0.5, 0.5, 1.1, 0.1, 0.8),
    ]:
        n = samplesize_proportions_2indep_onetail(area - rest, rest, power, ratio=ratio, alpha=level / 2,
                                                  value=0, alternative="larger" if area > rest else "smaller")
        cases.append({"area": area, "rest": rest, "ratio": ratio, "deff": deff, "level": level, "power": power,
                      "n": float(n * deff)})
    return {"source": "statsmodels samplesize_proportions_2indep_onetail, times the design effect", "cases": cases}


def main():
    check_versions()
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for make in [funnel, rank_intervals, disproportionality, displacement, harm, prioritise, synthetic_control, survey]:
        answer = {"made_by": "benches/peers/comparison.py", "versions": PINNED, **make()}
        (out / f"{make.__name__}.json").write_text(json.dumps(answer, indent=1) + "\n")


if __name__ == "__main__":
    main()
