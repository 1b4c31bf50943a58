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
from datetime import timedelta

import numpy as np
import ruptures
import scipy
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


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    stl()
    glm()
    spikes()
