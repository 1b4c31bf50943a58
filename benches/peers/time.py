"""Records what independent programs find, for the tests of wardmote-stats' methods over time.

    python3 -m venv peers && peers/bin/pip install -r benches/peers/requirements.txt
    peers/bin/python benches/peers/time.py            # writes crates/stats/tests/it/peers/*.json
    Rscript benches/peers/farrington.R                # the same for spikes (R surveillance 1.20.3)

The series are generated (generate.py) and stand in the recordings, beside tool and version.
"""

import json
import math
import pathlib
import warnings

import numpy as np
import ruptures
import scipy
import scipy.stats
import statsmodels
import statsmodels.api as sm
from statsmodels.discrete.discrete_model import NegativeBinomial
from statsmodels.tsa.seasonal import STL

from generate import Generator, series

OUT = pathlib.Path(__file__).resolve().parents[2] / "crates/stats/tests/it/peers"


def listed(values):
    """Ten digits are more than any test asks for."""
    return [float(f"{value:.10g}") for value in np.asarray(values).ravel()]


def write(name, tool, content):
    path = OUT / f"{name}.json"
    cases = content if isinstance(content, list) else [content]
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    path.write_text(f'{{"tool": "{tool}", "cases": [\n{lines}\n]}}\n')
    print(path.name, len(cases), "cases")


def stl():
    """Every option of STL at least twice; lengths that are and are not whole years."""
    options = [
        {},
        {"robust": True},
        {"seasonal": 13, "trend": 25, "low_pass": 17},
        {"seasonal_deg": 0, "trend_deg": 0, "low_pass_deg": 0},
        {"seasonal_deg": 0, "robust": True, "trend": 19},
        {"seasonal_jump": 2, "trend_jump": 3, "low_pass_jump": 4},
        {"seasonal_jump": 3, "trend_jump": 2, "low_pass_jump": 5, "robust": True},
        {"seasonal": 3, "robust": True, "inner_iter": 1, "outer_iter": 4},
        {"seasonal": 611, "seasonal_deg": 0, "inner_iter": 1, "outer_iter": 15, "robust": True},
    ]
    shapes = [(36, 12), (60, 12), (65, 12), (71, 12), (208, 52)]
    cases = []
    for seed, (n, period) in enumerate(shapes, 11):
        counts = series(seed, n, 120, 3.0, 0.4, 0.004, period, bursts=[(n // 2, 3.0)])
        values = [math.log(count + 0.5) for count in counts]
        for option in options:
            if any(option.get(window, 99) <= period for window in ("trend", "low_pass")):
                continue
            # A line through three values fits them: the remainder is rounding, and so would be the
            # robustness weights (statsmodels itself moves by 1e-4 where the input moves by 1e-15).
            if n < 4 * period and option.get("robust") and option.get("seasonal_deg", 1) == 1:
                continue
            fit = {k: option[k] for k in ("inner_iter", "outer_iter") if k in option}
            made = STL(np.array(values), period=period,
                       **{k: v for k, v in option.items() if k not in fit})
            found = made.fit(**fit)
            robust = option.get("robust", False)
            cases.append({
                "counts": counts, **made.config,
                "inner_iter": fit.get("inner_iter", 2 if robust else 5),
                "outer_iter": fit.get("outer_iter", 15 if robust else 0),
                "found_trend": listed(found.trend), "found_seasonal": listed(found.seasonal),
                "found_weights": listed(found.weights),
            })
    write("stl", f"statsmodels {statsmodels.__version__} STL", cases)


def design(n, change=None):
    """Constant, months from the first, eleven months of the year, and a step."""
    columns = [np.ones(n), np.arange(n) / 12.0]
    columns += [(np.arange(n) % 12 == month).astype(float) for month in range(1, 12)]
    if change is not None:
        columns.append((np.arange(n) >= change).astype(float))
    return np.column_stack(columns)


def glm():
    cases = []
    for seed, n, mean, dispersion, extras in [
        (21, 36, 40, 1.0, False), (22, 60, 8, 2.0, True), (23, 84, 300, 6.0, True),
        (24, 48, 2500, 30.0, False), (25, 60, 1.5, 1.5, True),
    ]:
        counts = np.array(series(seed, n, mean, dispersion, 0.3, 0.003))
        x = design(n, n // 2)
        generator = Generator(seed)
        offset = np.array([math.floor(100 * generator.uniform()) / 100 for _ in range(n)])
        weights = np.array([math.ceil(100 * generator.uniform()) / 50 for _ in range(n)])
        given = {"offset": offset, "freq_weights": weights} if extras else {}
        poisson = sm.GLM(counts, x, family=sm.families.Poisson(), **given).fit(tol=1e-14)
        pearson = float(np.sum(poisson.resid_pearson**2 * (weights if extras else 1)))
        case = {
            "counts": counts.tolist(), "design": [listed(row) for row in x],
            "offset": listed(offset) if extras else None,
            "weights": listed(weights) if extras else None,
            "poisson_coefficients": listed(poisson.params), "poisson_bse": listed(poisson.bse),
            "covariance": listed(poisson.cov_params()),
            "deviance": float(poisson.deviance), "pearson": pearson,
            "poisson_log_likelihood": float(poisson.llf),
        }
        mu = poisson.mu
        if np.sum((weights if extras else 1) * ((counts - mu) ** 2 - counts)) <= 0:
            # The likelihood falls from alpha = 0 on: the maximum is the Poisson model.
            case.update(nb_coefficients=listed(poisson.params), nb_alpha=0.0,
                        nb_log_likelihood=float(poisson.llf), nb_bse=listed(poisson.bse))
            cases.append(case)
            continue
        if extras:
            # The discrete model takes no weights: the likelihood is maximised here, by itself.
            case.update(weighted_negative_binomial(counts, x, offset, weights))
        else:
            model = NegativeBinomial(counts, x, loglike_method="nb2")
            start = np.append(poisson.params, 0.05)
            found = model.fit(start, method="bfgs", maxiter=5000, gtol=1e-10, disp=0)
            found = model.fit(found.params, method="newton", maxiter=200, tol=1e-14, disp=0)
            case.update(nb_coefficients=listed(found.params[:-1]), nb_alpha=float(found.params[-1]),
                        nb_log_likelihood=float(found.llf))
        # The expected information at that alpha.
        family = sm.families.NegativeBinomial(alpha=case["nb_alpha"])
        at_alpha = sm.GLM(counts, x, family=family, **given).fit(tol=1e-14)
        case["nb_bse"] = listed(at_alpha.bse)
        cases.append(case)
    tool = f"statsmodels {statsmodels.__version__} GLM and NegativeBinomial, scipy {scipy.__version__}"
    write("glm", tool, cases)


def weighted_negative_binomial(counts, x, offset, weights):
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln

    def fitted(alpha):
        family = sm.families.NegativeBinomial(alpha=alpha)
        return sm.GLM(counts, x, family=family, offset=offset, freq_weights=weights).fit(tol=1e-14)

    def loss(log_alpha):
        r, mu = math.exp(-log_alpha), fitted(math.exp(log_alpha)).mu
        terms = (gammaln(counts + r) - gammaln(r) - gammaln(counts + 1)
                 + counts * np.log(mu / (r + mu)) + r * np.log(r / (r + mu)))
        return -float(np.sum(weights * terms))

    best = minimize_scalar(loss, bracket=(-8, -3, 0), method="brent", options={"xtol": 1e-12})
    alpha = math.exp(best.x)
    return {"nb_coefficients": listed(fitted(alpha).params), "nb_alpha": alpha,
            "nb_log_likelihood": -float(best.fun)}


def spikes():
    """What farrington.R reads, and C3 as it was published, which that package computes otherwise."""
    made = [
        (12, series(31, 84, 40, 1.6, 0.3, 0.004, bursts=[(50, 2.2), (80, 1.9)])),
        (12, series(32, 90, 9, 2.5, 0.2, -0.006, bursts=[(30, 3.0)])),
        (12, series(33, 84, 400, 5.0, 0.3, 0.0, bursts=[(83, 1.5)])),
        (12, series(34, 96, 1.4, 1.2, 0.2, 0.0)),
        (52, series(35, 52 * 6 + 10, 30, 2.0, 0.4, 0.001, 52, bursts=[(200, 2.0), (320, 2.0)])),
        (52, series(36, 52 * 6, 3, 1.3, 0.4, 0.0, 52)),
    ]
    write("spikes_series", "benches/peers/generate.py",
          [{"period": period, "counts": counts} for period, counts in made])
    cases = []
    for number, (_, counts) in enumerate(made[:3]):
        y, baseline = np.array(counts, dtype=float), 7
        standardised = {}
        for t in range(baseline + 2, len(y)):
            past = y[t - baseline - 2 : t - 2]
            standardised[t] = (y[t] - past.mean()) / past.std(ddof=1)
        statistic = [sum(max(0.0, standardised[t - lag] - 1.0) for lag in range(3))
                     for t in range(baseline + 4, len(y))]
        cases.append({"series": number, "statistic": listed(statistic)})
    write("ears_c3", f"numpy {np.__version__}", cases)


def months_of(n, first=1):
    return [(t + first - 1) % 12 + 1 for t in range(n)]


def month_design(times, months, further=()):
    """Constant, time, February to December, and further columns."""
    months = np.array(months)
    columns = [np.ones(len(months)), np.array(times, dtype=float)]
    columns += [(months == month).astype(float) for month in range(2, 13)]
    return np.column_stack(columns + list(further))


def inflation(fit, times):
    """Floored Pearson dispersion, lag-1 autocorrelation of neighbours, and the factor for it."""
    phi = max(float(np.sum(fit.resid_pearson**2)) / fit.df_resid, 1.0)
    centred = fit.resid_pearson - fit.resid_pearson.mean()
    neighbours = np.diff(times) < 1.5
    r = float(np.sum((centred[:-1] * centred[1:])[neighbours]) / np.sum(centred**2))
    return phi, r, (1 + max(r, 0)) / (1 - max(r, 0))


def student(df, level=0.95):
    return float(scipy.stats.t.ppf(0.5 + level / 2, df))


def two_thirds(mean, variance, df, level=0.95):
    """Limits on the scale of the power two thirds."""
    scale = 2 / 3 * mean ** (-1 / 3) * math.sqrt(variance)
    half = student(df, level) * scale
    centre = mean ** (2 / 3)
    return scale, [max(centre - half, 0.0) ** 1.5, (centre + half) ** 1.5]


def interrupted():
    cases = []
    for seed, n, at, mean, dispersion, effect, slope in [
        (41, 60, 36, 60, 2.0, 0.75, 0.0), (42, 48, 30, 12, 1.5, 1.0, 0.01), (43, 84, 60, 300, 6.0, 1.2, -0.01),
    ]:
        bursts = [(t, effect * math.exp(slope * (t - at))) for t in range(at, n)]
        counts = np.array(series(seed, n, mean, dispersion, 0.3, 0.003, bursts=bursts))
        months, times = months_of(n, 4), np.arange(n, dtype=float)
        after = (times >= at).astype(float)
        for change in ("level", "level_and_slope"):
            further = [after] if change == "level" else [after, after * (times - at)]
            x = month_design(times, months, further)
            first = 13
            model = sm.GLM(counts, x, family=sm.families.Poisson())
            fit = model.fit(tol=1e-14)
            phi, r, factor = inflation(fit, times)
            without = x.copy()
            without[:, first:] = 0.0
            mu, mu0 = np.exp(x @ fit.params), np.exp(without @ fit.params)
            post = after > 0
            contrast = mu[post] @ x[post] / mu[post].sum() - mu0[post] @ without[post] / mu0[post].sum()
            log_ratio = math.log(mu[post].sum() / mu0[post].sum())
            lags = 3
            hac = model.fit(tol=1e-14, cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
            case = {"counts": counts.tolist(), "months": months, "change_at": at, "change": change,
                    "lags": lags, "lag1": r, "expected_after": float(mu0[post].sum())}
            for name, cov in [("lag1_factor", fit.cov_params() * phi * factor),
                              ("newey_west", hac.cov_params())]:
                error = math.sqrt(contrast @ cov @ contrast)
                t = student(fit.df_resid)
                case[name] = {
                    "ratio": math.exp(log_ratio), "standard_error": error,
                    "lower": math.exp(log_ratio - t * error), "upper": math.exp(log_ratio + t * error),
                    "p_value": float(2 * scipy.stats.t.sf(abs(log_ratio) / error, fit.df_resid)),
                    "level": float(np.exp(fit.params[first])),
                    "level_error": float(np.sqrt(cov[first, first])),
                    "slope": float(np.exp(fit.params[-1])) if change != "level" else None,
                    "slope_error": float(np.sqrt(cov[-1, -1])) if change != "level" else None,
                }
            cases.append(case)
    write("interrupted", f"statsmodels {statsmodels.__version__} GLM and HAC", cases)


def events():
    cases = []
    for seed, n, start, length, mean, dispersion, effect in [
        (51, 60, 40, 3, 50, 2.0, 1.5), (52, 48, 47, 1, 8, 1.4, 1.0), (53, 72, 30, 6, 400, 8.0, 0.8),
        (54, 40, 36, 4, 20, 1.0, 1.3),
    ]:
        bursts = [(t, effect) for t in range(start, start + length)]
        counts = np.array(series(seed, n, mean, dispersion, 0.3, 0.004, bursts=bursts))
        months = np.array(months_of(n, 7))
        inside = np.zeros(n, dtype=bool)
        inside[start : start + length] = True
        times = np.arange(n, dtype=float)
        x = month_design(times, months)
        fit = sm.GLM(counts[~inside], x[~inside], family=sm.families.Poisson()).fit(tol=1e-14)
        phi, r, factor = inflation(fit, times[~inside])
        mu = np.exp(x[inside] @ fit.params)
        gradient = mu @ x[inside]
        own = phi if length == 1 else phi * factor
        variance = own * mu.sum() + phi * factor * (gradient @ fit.cov_params() @ gradient)
        scale, limits = two_thirds(mu.sum(), variance, fit.df_resid)
        observed = int(counts[inside].sum())
        limits = [max(limits[0] - 0.5, 0.0), limits[1] + 0.5]
        beyond = math.copysign(max(abs(observed - mu.sum()) - 0.5, 0.0), observed - mu.sum())
        t = ((mu.sum() + beyond) ** (2 / 3) - mu.sum() ** (2 / 3)) / scale
        cases.append({"counts": counts.tolist(), "months": months.tolist(), "start": start,
                      "length": length, "observed": observed, "expected": float(mu.sum()),
                      "limits": limits, "t": t, "lag1": r, "dispersion": phi * factor,
                      "p_value": float(2 * scipy.stats.t.sf(abs(t), fit.df_resid))})
    write("events", f"statsmodels {statsmodels.__version__} GLM", cases)


def forecast_from(counts, months, horizon, discount, damping):
    n = len(counts)
    times = (np.arange(n) - (n - 1)) / 12.0
    weights = discount ** (n - 1.0 - np.arange(n))
    model = sm.GLM(counts, month_design(times, months), family=sm.families.Poisson(), var_weights=weights)
    fit = model.fit(tol=1e-14, scale=1.0)
    pearson = np.sum(weights * (counts - fit.mu) ** 2 / fit.mu)
    phi = pearson / weights.sum() * n / fit.df_resid
    ahead = np.cumsum(damping ** np.arange(1, horizon + 1)) / 12.0
    months_ahead = [(months[-1] + h) % 12 + 1 for h in range(horizon)]
    x = month_design(ahead, months_ahead)
    mean = np.exp(x @ fit.params)
    mean_variance = mean**2 * np.einsum("ij,jk,ik->i", x, fit.cov_params(), x)
    return mean, mean_variance, float(phi), fit.df_resid


def forecasts():
    cases = []
    for seed, n, horizon, mean, dispersion, slope, discount, damping, level in [
        (61, 48, 12, 60, 2.0, 0.004, 0.97, 0.9, 0.95), (62, 60, 3, 9, 1.5, -0.006, 0.99, 0.8, 0.8),
        (63, 84, 18, 500, 6.0, 0.0, 1.0, 0.0, 0.95),
    ]:
        counts = np.array(series(seed, n, mean, dispersion, 0.3, slope))
        months = months_of(n, 2)
        errors, forecast_errors, naive_errors, inside, standardised = [], [], [], 0, []
        for origin in range(24, n):
            steps = min(horizon, n - origin)
            mu, var, phi, df = forecast_from(counts[:origin], months[:origin], steps, discount, damping)
            scale = np.mean(np.abs(counts[12:origin] - counts[: origin - 12]))
            known = [error for end, error in standardised if end <= origin]
            widening = max(np.mean(known), 1.0) if known else 1.0
            made = []
            for h in range(steps):
                observed = counts[origin + h]
                variance = max(phi, 1.0) * (mu[h] + var[h])
                _, limits = two_thirds(mu[h], variance * widening, df, level)
                inside += limits[0] <= observed <= limits[1]
                made.append((origin + h + 1, (observed - mu[h]) ** 2 / variance))
                forecast_errors.append(abs(observed - mu[h]) / scale)
                naive_errors.append(abs(observed - counts[origin + h - 12 * (h // 12 + 1)]) / scale)
            standardised += made
        spread = float(np.mean([error for _, error in standardised]))
        mu, var, phi, df = forecast_from(counts, months, horizon, discount, damping)
        used = max(phi, 1.0) * max(spread, 1.0)
        limits = [two_thirds(m, used * (m + v), df, level)[1] for m, v in zip(mu, var)]
        cases.append({"counts": counts.tolist(), "months": months, "horizon": horizon,
                      "discount": discount, "damping": damping, "level": level,
                      "expected": listed(mu), "lower": [low for low, _ in limits],
                      "upper": [up for _, up in limits], "dispersion_used": used, "spread": spread,
                      "mase": float(np.mean(forecast_errors)), "naive": float(np.mean(naive_errors)),
                      "coverage": inside / len(forecast_errors)})
    write("forecast", f"statsmodels {statsmodels.__version__} GLM", cases)


def hours():
    """Minute by minute, as nobody would do it who is in a hurry."""
    generator = Generator(71)
    spans = []
    for number in range(200):
        start = math.floor(generator.uniform() * 30 * 24 * 60) - 20_000
        length = math.floor(generator.uniform() ** 3 * 7 * 24 * 60) if number % 4 else 0
        spans.append([start, start + length])
    by_minutes, by_hours = np.zeros(168), np.zeros(168)
    for start, end in spans:
        minutes = range(start, max(end, start + 1))
        touched = {}
        for minute in minutes:
            by_minutes[minute // 60 % 168] += 1 / len(minutes)
            touched[minute // 60] = True
        for hour in touched:
            by_hours[hour % 168] += 1 / len(touched)
    write("hours_of_week", "minute by minute", {"spans": spans, "by_minutes": listed(by_minutes),
                                                "by_hours": listed(by_hours)})


def segment_cost(counts, exposures, spread, value):
    events, exposure, n = float(np.sum(counts)), float(np.sum(exposures)), len(counts)
    level = events / exposure
    of_events = events * math.log(level) if events > 0 else 0.0
    if spread == "poisson":
        return 2 * (events - of_events) / value
    return 2 * ((events + n * value) * math.log(level + value) - of_events - n * value * math.log(value))


def optimal_partition(counts, exposures, spread, value, penalty, least):
    """Every start for every end (Jackson et al. 2005)."""
    n = len(counts)
    best, start_of = [math.inf] * (n + 1), [0] * (n + 1)
    best[0] = -penalty
    for end in range(least, n + 1):
        for start in range(0, end - least + 1):
            cost = segment_cost(counts[start:end], exposures[start:end], spread, value)
            if best[start] + cost + penalty < best[end]:
                best[end], start_of[end] = best[start] + cost + penalty, start
    positions, end = [], n
    while start_of[end] > 0:
        end = start_of[end]
        positions.insert(0, end)
    return positions, best[n]


class CountCost(ruptures.base.BaseCost):
    model, min_size = "counts", 1

    def __init__(self, spread, value):
        self.spread, self.value = spread, value

    def fit(self, signal):
        self.signal = signal
        return self

    def error(self, start, end):
        part = self.signal[start:end, 0]
        return segment_cost(part, np.ones(len(part)), self.spread, self.value)


def changepoints():
    cases = []
    for seed, n, mean, dispersion, steps, spread, value, penalty, least, exposed in [
        (81, 60, 20, 1.0, [(30, 1.6)], "poisson", 1.0, 2 * math.log(60), 3, False),
        (82, 120, 8, 2.0, [(40, 1.8), (80, 0.5)], "poisson", 2.0, 2 * math.log(120), 2, False),
        (83, 84, 40, 3.0, [], "poisson", 3.0, 2 * math.log(84), 3, False),
        (84, 96, 30, 4.0, [(50, 1.7)], "negative_binomial", 10.0, 2 * math.log(96), 4, False),
        (85, 72, 3, 1.0, [(20, 3.0), (50, 0.4)], "negative_binomial", 5.0, 3.0, 1, False),
        (86, 72, 25, 1.5, [(36, 1.5)], "poisson", 1.5, 2 * math.log(72), 3, True),
        (87, 150, 15, 1.0, [(30, 2.0), (60, 0.7), (90, 1.5), (120, 0.6)], "poisson", 1.0, 1.0, 5, False),
    ]:
        factors, level = {}, 1.0
        for t in range(n):
            level *= dict(steps).get(t, 1.0)
            factors[t] = level
        amplitude = 0.4 if exposed else 0.0
        counts = series(seed, n, mean, dispersion, amplitude, bursts=factors.items())
        exposures = [math.exp(amplitude * math.cos(2 * math.pi * t / 12)) for t in range(n)]
        positions, cost = optimal_partition(counts, exposures, spread, value, penalty, least)
        if not exposed:
            pelt = ruptures.Pelt(custom_cost=CountCost(spread, value), min_size=least, jump=1)
            found = pelt.fit_predict(np.array(counts, dtype=float).reshape(-1, 1), penalty)[:-1]
            assert found == positions, (found, positions)
        cases.append({"counts": counts, "exposures": exposures if exposed else None, "spread": spread,
                      "value": value, "penalty": penalty, "least": least, "positions": positions,
                      "cost": cost})
    write("changepoints", f"exhaustive dynamic program, ruptures {ruptures.__version__}", cases)


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    for record in (stl, glm, spikes, interrupted, events, forecasts, hours, changepoints):
        record()
