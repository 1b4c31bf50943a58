//! `compare` and `funnel`: does an area differ from the others?

use wardmote_stats::dispersion::dispersion_over_areas;
use wardmote_stats::funnel::{
    FunnelArea, FunnelLimits, FunnelWarning, Overdispersion, Position, Target, funnel_of_rates,
};
use wardmote_stats::rates::{Exposure, rate_ratio};

use crate::analysis::{Analysis, AnalysisError, Panel, fields, p_in_words};

fn exposures(method: &'static str, panel: &Panel) -> Result<Vec<Exposure>, AnalysisError> {
    let populations = panel.populations(method)?;
    let pairs = panel.totals().into_iter().zip(populations);
    Ok(pairs.map(|(events, population)| Exposure { events, population: *population }).collect())
}

/// One area's rate against that of all others together.
pub fn compare(panel: &Panel, id: &str) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "compare";
    let of = AnalysisError::of(METHOD);
    let index = panel.position("--this", id)?;
    let areas = exposures(METHOD, panel)?;
    let others = areas.iter().enumerate().filter(|(other, _)| *other != index);
    let rest = others.fold(Exposure { events: 0, population: 0.0 }, |sum, (_, area)| Exposure {
        events: sum.events + area.events,
        population: sum.population + area.population,
    });
    let mut warnings = panel.warnings.clone();
    let estimated = if panel.labels.len() > 1 {
        Some(dispersion_over_areas(&panel.counts).map_err(AnalysisError::of(METHOD))?)
    } else {
        warnings.push("without months nothing says how much more than chance the counts vary: p is too small for crime; give --date".into());
        None
    };
    let found = match estimated {
        Some(dispersion) => rate_ratio(areas[index], rest, dispersion),
        None => rate_ratio(areas[index], rest, 1.0),
    }
    .map_err(of)?;
    let per_1000 = |area: Exposure| 1000.0 * area.events as f64 / area.population;
    let results = fields! {
        "ratio": found.ratio,
        "lower": found.interval.lower,
        "upper": found.interval.upper,
        "z": found.z,
        "p": found.p_value,
        "events": areas[index].events,
        "population": areas[index].population,
        "per_1000": per_1000(areas[index]),
        "others_events": rest.events,
        "others_population": rest.population,
        "others_per_1000": per_1000(rest),
    };
    let parameters = panel.parameters().and(fields! {
        "this": id,
        "against": "all others together",
        "dispersion": found.dispersion,
        "dispersion_from": if estimated.is_some() { "areas over months, times (1+r)/(1-r), not below 1" } else { "chance alone" },
        "degrees_of_freedom": found.standard_error.degrees_of_freedom,
        "confidence": 0.95,
        "sides": "two-sided",
        "correction": "none",
    });
    let verdict = match (found.p_value <= 0.05, found.ratio > 1.0) {
        (false, _) => "No difference can be told from chance",
        (true, true) => "Higher",
        (true, false) => "Lower",
    };
    let in_words = format!(
        "{verdict}: {:.2} per 1,000 against {:.2}, {:.2} times the rate of the others (95% limits {:.2} to {:.2}), {}.",
        per_1000(areas[index]),
        per_1000(rest),
        found.ratio,
        found.interval.lower,
        found.interval.upper,
        p_in_words(found.p_value)
    );
    let n = panel.ids.len() as u64;
    Ok(Analysis {
        method: METHOD,
        parameters,
        n,
        results: results.into(),
        warnings,
        in_words: vec![in_words],
    })
}

/// Which areas stand outside what chance and the usual spread explain.
pub fn funnel(
    panel: &Panel,
    target: Option<f64>,
    asked: Overdispersion,
) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "funnel";
    // A target is stated per 1,000, as rates are read.
    let target = target.map_or(Target::Pooled, |per_1000| Target::Given(per_1000 / 1000.0));
    let areas = exposures(METHOD, panel)?;
    let found = funnel_of_rates(&areas, target, asked).map_err(AnalysisError::of(METHOD))?;
    let row = |(i, area): (usize, &FunnelArea)| {
        fields! {
            "id": panel.ids[i].as_str(),
            "per_1000": 1000.0 * area.value,
            "position": match area.position {
                Position::Below3 => "below-3sd",
                Position::Below2 => "below-2sd",
                Position::Inside => "inside",
                Position::Above2 => "above-2sd",
                Position::Above3 => "above-3sd",
            },
            "z": area.z,
            "p": area.p_value,
            "p_adjusted": area.adjusted_p_value,
            "events": areas[i].events,
            "expected": area.expected,
            "population": areas[i].population,
            "lower_2sd": 1000.0 * area.limits_2sd.lower,
            "upper_2sd": 1000.0 * area.limits_2sd.upper,
            "lower_3sd": 1000.0 * area.limits_3sd.lower,
            "upper_3sd": 1000.0 * area.limits_3sd.upper,
        }
    };
    let word = |overdispersion| match overdispersion {
        Overdispersion::Ignore => "ignore",
        Overdispersion::Multiply => "multiply",
        Overdispersion::Add => "add",
    };
    let parameters = panel.parameters().and(fields! {
        "target_per_1000": 1000.0 * found.target,
        "target_given": found.target_given,
        "limits": match found.limits {
            FunnelLimits::ExactPoisson => "exact poisson".to_owned(),
            FunnelLimits::ExactBinomial => "exact binomial".to_owned(),
            FunnelLimits::StudentOfRoots { degrees_of_freedom } => format!("student-t of square roots, {degrees_of_freedom} degrees of freedom"),
        },
        "overdispersion_asked": word(found.asked),
        "overdispersion_used": word(found.used),
        "phi": found.phi,
        "phi_winsorised": found.phi_winsorised,
        "tau_squared": found.tau_squared,
        "winsorised_at_each_end": found.winsorised_at_each_end,
        "sides": "two-sided",
        "correction": "benjamini-hochberg",
        "units": "per 1,000",
    });
    let warnings = found.warnings.iter().map(|warning| match warning {
        FunnelWarning::TooFewForOverdispersion { n_areas } => format!(
            "{n_areas} areas are too few to estimate the usual spread: the limits are those of chance alone"
        ),
        FunnelWarning::FewExpected { n_areas } => {
            format!("{n_areas} areas expect fewer than five events: their limits are rough")
        }
    });
    let out = found
        .areas
        .iter()
        .filter(|area| matches!(area.position, Position::Below3 | Position::Above3));
    let in_words = format!(
        "{} of {} areas stand outside the limits of three standard deviations about {:.2} per 1,000.",
        out.count(),
        areas.len(),
        1000.0 * found.target
    );
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: areas.len() as u64,
        results: found.areas.iter().enumerate().map(row).collect::<Vec<_>>().into(),
        warnings: panel.warnings.iter().cloned().chain(warnings).collect(),
        in_words: vec![in_words],
    })
}
