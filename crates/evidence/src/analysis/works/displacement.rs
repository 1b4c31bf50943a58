//! `displacement`: did it work, or did it move?

use wardmote_stats::displacement::{
    BeforeAfter, DisplacementDifference, DisplacementQuotient, DisplacementWarning, Reading, Role,
    Verdict, displacement_difference, displacement_quotient,
};

use crate::analysis::{Analysis, AnalysisError, Fields, Panel, fields, p_in_words};

const METHOD: &str = "displacement";

/// Which areas are what, and when it began.
#[derive(Debug, Clone, PartialEq)]
pub struct Roles {
    /// Where something was done.
    pub target: String,
    /// Where crime could have moved to.
    pub buffer: Option<String>,
    /// What the target is held against.
    pub control: String,
    /// What the buffer is held against; the control if not given.
    pub buffer_control: Option<String>,
    /// The first month after it began.
    pub change: String,
}

/// Weighted displacement difference and quotient.
pub fn displacement(panel: &Panel, roles: &Roles, level: f64) -> Result<Analysis, AnalysisError> {
    let of = AnalysisError::of(METHOD);
    let at = panel.split("--change", &roles.change)?;
    // The same months before as after, the latest; so season cancels where a year is asked for.
    let length = at.min(panel.labels.len() - at);
    let of_area = |option, role, id: &str| {
        let row = &panel.counts[panel.position(option, id)?];
        let (before, after) = (&row[at - length..at], &row[at..at + length]);
        if length < 2 {
            return Ok(BeforeAfter::counts(before.iter().sum(), after.iter().sum()));
        }
        BeforeAfter::months(role, before, after).map_err(AnalysisError::of(METHOD))
    };
    let target = of_area("--target", Role::Target, &roles.target)?;
    let control = of_area("--control", Role::Control, &roles.control)?;
    let buffer = match &roles.buffer {
        Some(id) => Some(of_area("--buffer", Role::Buffer, id)?),
        None => None,
    };
    let buffer_control = match &roles.buffer_control {
        Some(id) => of_area("--buffer-control", Role::BufferControl, id)?,
        None => control,
    };
    let found = displacement_difference(
        target,
        control,
        buffer.map(|buffer| [buffer, buffer_control]),
        level,
    )
    .map_err(of)?;
    let quotient = match buffer {
        Some(buffer) => Some(
            displacement_quotient(target, buffer, control).map_err(AnalysisError::of(METHOD))?,
        ),
        None => None,
    };
    let counts = |name: &str, area: BeforeAfter| {
        fields! { "role": name, "before": area.before, "after": area.after }
    };
    let mut areas = vec![counts("target", target), counts("control", control)];
    areas.extend(buffer.map(|area| counts("buffer", area)));
    if roles.buffer_control.is_some() {
        areas.push(counts("buffer-control", buffer_control));
    }
    let mut results = results(&found, quotient.as_ref());
    results.add("areas", areas);
    let parameters = parameters(panel, roles, length, level);
    let mut warnings = panel.warnings.clone();
    if length % 12 != 0 {
        warnings.push(format!(
            "{length} months each side are no whole years: season may stand in the difference"
        ));
    }
    let quotient_warnings = quotient.iter().flat_map(|quotient| &quotient.warnings);
    for warning in found.warnings.iter().chain(quotient_warnings) {
        let text = in_words_of(warning);
        if !warnings.contains(&text) {
            warnings.push(text);
        }
    }
    let in_words = format!(
        "{}: a difference of {:.0} events against the control{} (95% limits {:.0} to {:.0}), {}.",
        match found.verdict {
            Verdict::Fell => "It fell",
            Verdict::Rose => "It rose",
            Verdict::CannotTell => "It cannot be told",
        },
        found.difference,
        if buffer.is_some() { ", the buffer included" } else { "" },
        found.interval.lower,
        found.interval.upper,
        p_in_words(found.p_value)
    );
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: found.n_events,
        results: results.into(),
        warnings,
        in_words: vec![in_words],
    })
}

fn parameters(panel: &Panel, roles: &Roles, length: usize, level: f64) -> Fields {
    panel.parameters().and(fields! {
        "target": roles.target.as_str(),
        "buffer": roles.buffer.clone(),
        "control": roles.control.as_str(),
        "buffer_control": roles.buffer.as_ref().map(|_| roles.buffer_control.clone().unwrap_or_else(|| roles.control.clone())),
        "change": roles.change.as_str(),
        "months_each_side": length,
        "alpha": level,
        "sides": "two-sided",
        "correction": "none",
    })
}

fn results(found: &DisplacementDifference, quotient: Option<&DisplacementQuotient>) -> Fields {
    let mut results = fields! {
        "verdict": match found.verdict {
            Verdict::Fell => "fell",
            Verdict::Rose => "rose",
            Verdict::CannotTell => "cannot-tell",
        },
        "difference": found.difference,
        "lower": found.interval.lower,
        "upper": found.interval.upper,
        "standard_error": found.standard_error.value,
        "standard_error_of_chance": found.standard_error_plain,
        "z": found.z,
        "p": found.p_value,
        "target_effect": found.target_effect,
        "buffer_effect": found.buffer_effect,
        "proportional": found.proportional.map(|proportional| fields! {
            "difference": proportional.difference,
            "standard_error": proportional.standard_error.value,
            "p": proportional.p_value,
        }),
    };
    if let Some(quotient) = quotient {
        results = results.and(fields! {
            "quotient": quotient.quotient,
            "quotient_reading": quotient.reading.map(in_word),
            "quotient_can_tell": quotient.can_tell,
        });
    }
    results
}

fn in_word(reading: Reading) -> &'static str {
    match reading {
        Reading::DiffusionBeyondTheEffect => "diffusion-beyond-the-effect",
        Reading::Diffusion => "diffusion",
        Reading::NoChange => "no-change",
        Reading::PartialDisplacement => "partial-displacement",
        Reading::FullDisplacement => "full-displacement",
        Reading::NetHarm => "net-harm",
    }
}

fn in_words_of(warning: &DisplacementWarning) -> String {
    match warning {
        DisplacementWarning::UnlikeCounts { area, ratio } => format!(
            "{area} and its control had unlike counts before, {ratio:.1} to 1: the verdict heeds the proportional difference"
        ),
        DisplacementWarning::FewEvents { events } => {
            format!("{events} events are few: little could be shown")
        }
        DisplacementWarning::NoDispersion { area } => format!(
            "nothing says how much more than chance {area} varies: p is too small for crime"
        ),
    }
}
