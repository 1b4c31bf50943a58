//! How often the gate is wrong and how often it finds what is there, counted on drawn series that
//! take the way of a real claim: `testing::change`, `family::correct`, and the verdict's words.
//!
//! Seeds are fixed, so that a test passes or fails the same way everywhere; limits are exact, so that
//! a rate is only refused where chance cannot explain it. `--nocapture` prints the tables that
//! `docs/gate.md` quotes.

mod exact;
mod families;
mod power;
mod sameness;
mod single;

use wardmote_domain::claim::{GatedClass, Rule, Verdict};
use wardmote_evidence::family::{self, Corrected};
use wardmote_evidence::testing;
use wardmote_twin::series::{Season, TwoYears};

/// The nominal rate: that of the rule which every assessment prints.
const LEVEL: f64 = 0.05;

const YEARLY_TOTALS: [f64; 3] = [300.0, 3_000.0, 25_000.0];
const DISPERSIONS: [f64; 3] = [1.0, 1.8, 3.0];

/// The nine districts: each total with each dispersion, seasons in turn.
fn districts() -> impl Iterator<Item = (f64, f64, TwoYears)> {
    let pairs = YEARLY_TOTALS
        .into_iter()
        .flat_map(|total| DISPERSIONS.map(|dispersion| (total, dispersion)));
    let seasons = [Season::Crime, Season::AntiSocialBehaviour].into_iter().cycle();
    pairs.zip(seasons).map(|((total, dispersion), season)| {
        (total, dispersion, TwoYears::new(total, dispersion, season).unwrap())
    })
}

/// Asks of each series whether it changed, and corrects them as one assessment.
fn ask(series: &[[[u64; 12]; 2]], margin: Option<f64>) -> Vec<Corrected> {
    let tests =
        series.iter().map(|[earlier, later]| testing::change(earlier, later, margin)).collect();
    let rule = Rule::default();
    assert!((rule.level - LEVEL).abs() < 1e-12);
    family::correct(tests, &[], rule)
}

/// Asks it of one series alone.
fn ask_alone(series: [[u64; 12]; 2], margin: Option<f64>) -> Corrected {
    ask(&[series], margin).remove(0)
}

/// Whether the verdict puts a change, and with it significance, on the page.
fn says_change(verdict: Verdict) -> bool {
    let says = matches!(verdict, Verdict::Rose | Verdict::Fell);
    assert_eq!(says, verdict.allows().contains(&GatedClass::Significant));
    says
}
