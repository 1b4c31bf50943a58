//! Reviews: a case's clock from what is written of it, what keeps its report from publication, and the
//! yearly counts that are published.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use wardmote_disclosure::{Pattern, Publication, Rules, protect};
use wardmote_domain::clock::{Clock, Due, Facts, StepState, Timing, run};
use wardmote_domain::review::{
    Application, CaseOutcome, Complaint, ThresholdAnswer, YearCounts, year_counts,
};
use wardmote_records::Asking;
use wardmote_records::registers::ItemQuery;

use crate::board::lines;
use crate::business::{Book, Business, Entry, bring, read_items, toml_files};
use crate::law::Law;

/// The registers of cases, with the clock of each.
pub(crate) const CASES: [(&str, &str); 2] =
    [("death-reviews", "domestic-homicide-review"), ("asb-reviews", "asb-case-review")];

/// Every case of some registers that a person may see: each is opened, and logged.
pub(crate) async fn cases(
    business: &Business,
    asking: Asking<'_>,
    registers: &[&str],
) -> anyhow::Result<Book> {
    let mut items = Vec::new();
    for register in registers {
        let mut query =
            ItemQuery { register: (*register).to_owned(), most: 200, ..ItemQuery::default() };
        loop {
            let page = business.records.item_page(asking, &query).await?;
            items.extend(page.items);
            query.after = page.last;
            if query.after.is_none() {
                break;
            }
        }
    }
    Ok(Book::of_items(items, Vec::new()))
}

/// Brings a folder's `reviews/items/*.toml` into its store, if no case is there: a sealed case is found by
/// nobody under its reference, so a second load could not know it. Answers how many were made.
pub(crate) async fn load_folder(business: &Business, folder: &Path) -> anyhow::Result<usize> {
    let folder = folder.join("reviews").join("items");
    let asking = business.asking(None);
    if !folder.is_dir()
        || cases(business, asking, &CASES.map(|(id, _)| id)).await?.iter().next().is_some()
    {
        return Ok(0);
    }
    let mut rows = Vec::new();
    for path in toml_files(&folder)? {
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        rows.extend(read_items(&business.registers, &name, &text)?);
    }
    bring(business, &rows).await
}

/// The clock of a case.
pub(crate) fn clock_of<'a>(law: &'a Law, case: &Entry) -> anyhow::Result<&'a Clock> {
    let found = CASES.iter().find(|(register, _)| *register == case.register);
    let (_, clock) = found.with_context(|| format!("{} has no clock", case.register))?;
    law.clock(clock)
}

/// What is written of a case, as its clock reads it.
pub(crate) fn facts_of(clock: &Clock, case: &Entry) -> anyhow::Result<Facts> {
    Facts::written(clock, case.get("events"), case.get("pauses"), case.get("extensions"))
        .with_context(|| case.reference().to_owned())
}

/// The step of a case that is due first, those that are late before those that are not.
pub(crate) fn next_step<'a>(
    law: &'a Law,
    clock: &'a Clock,
    facts: &Facts,
    on: Date,
) -> Option<StepState<'a>> {
    let states = run(clock, facts, &law.calendar, on);
    let open = states
        .into_iter()
        .filter(|state| matches!(state.timing, Timing::Late { .. } | Timing::Open { .. }));
    let day = |state: &StepState<'_>| match state.due {
        Due::On(day) => day,
        _ => Date::MAX,
    };
    // Of several without a day, the first of the clock.
    open.enumerate().min_by_key(|(index, state)| (day(state), *index)).map(|(_, state)| state)
}

/// Who confirmed which item of the checklist: the item, then who, on a line each.
pub(crate) fn confirmed(case: &Entry) -> BTreeMap<String, String> {
    let confirmed = lines(case, "confirmed");
    let pairs = confirmed.iter().filter_map(|line| line.split_once(char::is_whitespace));
    pairs.map(|(item, by)| (item.to_owned(), by.trim().to_owned())).collect()
}

/// Whether the application of a case meets the threshold, and why.
pub(crate) fn threshold(law: &Law, case: &Entry) -> anyhow::Result<ThresholdAnswer> {
    let threshold = law
        .asb_threshold
        .as_ref()
        .context("reviews/asb-threshold.toml is not there; copy the twin's, and check it")?;
    let clock = clock_of(law, case)?;
    let made = applied(clock, case)?;
    let mut complaints = Vec::new();
    for line in lines(case, "complaints") {
        let days: Vec<&str> = line.split_whitespace().collect();
        let [behaviour, made] = days.as_slice() else {
            anyhow::bail!(
                "{}: complaint {line:?}: write the day of the behaviour, then the day of the complaint",
                case.reference()
            );
        };
        let day = |text: &str| {
            text.parse().with_context(|| format!("{}: {text:?} is no day", case.reference()))
        };
        complaints.push(Complaint { behaviour: day(behaviour)?, made: day(made)? });
    }
    let circumstances: BTreeSet<String> = lines(case, "circumstances").into_iter().collect();
    let application = Application { made, complaints, circumstances };
    Ok(threshold.answer(&application, &law.calendar)?)
}

fn applied(clock: &Clock, case: &Entry) -> anyhow::Result<Date> {
    let facts = facts_of(clock, case)?;
    let applied = facts.events.get("applied").and_then(|days| days.first().copied());
    applied.with_context(|| format!("{}: when was it applied for?", case.reference()))
}

/// The counts of a year that must be published, with those withheld that could be worked out.
pub(crate) struct PublishedCounts {
    pub(crate) rows: Vec<(&'static str, Option<u32>)>,
    pub(crate) withheld: usize,
}

/// A year of counts as it was published: `reviews/counts/FROM_TO.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct YearPublished {
    pub(crate) from: String,
    pub(crate) to: String,
    /// What is counted and its number, or that it is withheld.
    pub(crate) counts: Vec<(String, String)>,
    /// How small numbers were protected.
    pub(crate) protection: String,
}

impl YearPublished {
    /// Writes it beside those of other years, and answers where.
    pub(crate) fn write(&self, folder: &Path) -> anyhow::Result<PathBuf> {
        let folder = folder.join("reviews").join("counts");
        std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let path = folder.join(format!("{}_{}.toml", self.from, self.to));
        std::fs::write(&path, toml::to_string_pretty(self)?)
            .with_context(|| path.display().to_string())?;
        Ok(path)
    }

    /// The years that a folder publishes, the latest first.
    pub(crate) fn all(folder: &Path) -> anyhow::Result<Vec<Self>> {
        let paths = toml_files(&folder.join("reviews").join("counts"))?;
        let read = paths.iter().rev().map(|path| Ok(wardmote_evidence::folder::parse(path)?));
        read.collect()
    }
}

/// Counts the applications made between two days.
pub(crate) fn asb_counts(
    law: &Law,
    cases: &Book,
    from: Date,
    to: Date,
) -> anyhow::Result<YearCounts> {
    let mut made = Vec::new();
    for case in cases.all("asb-reviews") {
        let outcome = match case.get("outcome") {
            "threshold-not-met" => CaseOutcome::ThresholdNotMet,
            "reviewed" => CaseOutcome::Reviewed,
            "reviewed-with-recommendations" => CaseOutcome::ReviewedWithRecommendations,
            _ => CaseOutcome::Open,
        };
        made.push((applied(clock_of(law, case)?, case)?, outcome));
    }
    Ok(year_counts(made, from, to))
}

/// Protects the counts of a year as the partnership's rules ask: small ones are withheld, and as many
/// others as it takes that nobody can work them out.
pub(crate) fn protected(counts: YearCounts, rules: &Rules) -> anyhow::Result<PublishedCounts> {
    let YearCounts { applications, threshold_not_met, reviews, with_recommendations } = counts;
    let open = applications - threshold_not_met - reviews;
    let without = reviews - with_recommendations;
    // What is not printed is there all the same for whoever can subtract.
    let publication = Publication::builder()
        .controlled("applications", applications.into())
        .controlled("threshold not met", threshold_not_met.into())
        .controlled("reviews", reviews.into())
        .controlled("with recommendations", with_recommendations.into())
        .hidden("open", open.into())
        .hidden("without recommendations", without.into())
        .sum("applications", ["threshold not met", "reviews", "open"])
        .sum("reviews", ["with recommendations", "without recommendations"])
        .build()?;
    let Pattern { withheld, rounded } = protect(&publication, rules)?.pattern;
    let shown = |key: &str, value: u32| {
        if withheld.contains(key) {
            return None;
        }
        let rounded = rounded.get(key).map(|one| u32::try_from(one.value).unwrap_or(value));
        Some(rounded.unwrap_or(value))
    };
    let rows = vec![
        ("Applications", shown("applications", applications)),
        ("Threshold not met", shown("threshold not met", threshold_not_met)),
        ("Reviews held", shown("reviews", reviews)),
        ("Reviews with recommendations", shown("with recommendations", with_recommendations)),
    ];
    let withheld = rows.iter().filter(|(_, shown)| shown.is_none()).count();
    Ok(PublishedCounts { rows, withheld })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_counts_are_withheld_with_what_gives_them_away() {
        let check = |counts: [u32; 4], shown: [Option<u32>; 4]| {
            let [applications, threshold_not_met, reviews, with_recommendations] = counts;
            let counts =
                YearCounts { applications, threshold_not_met, reviews, with_recommendations };
            let protected = protected(counts, &Rules::default()).unwrap();
            let rows: Vec<Option<u32>> = protected.rows.iter().map(|(_, shown)| *shown).collect();
            assert_eq!(rows, shown, "{counts:?}");
        };
        check([40, 12, 20, 9], [Some(40), Some(12), Some(20), Some(9)]);
        check([0, 0, 0, 0], [Some(0), Some(0), Some(0), Some(0)]);
        // Three reviews are small, and could be worked out where nothing is open.
        let few = protected(
            YearCounts {
                applications: 30,
                threshold_not_met: 27,
                reviews: 3,
                with_recommendations: 0,
            },
            &Rules::default(),
        )
        .unwrap();
        assert_eq!(few.rows[2].1, None);
        assert!(few.rows[0].1.is_none() || few.rows[1].1.is_none(), "{:?}", few.rows);
    }
}
