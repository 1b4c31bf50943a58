//! What the measures of the plans allow to be said.

use std::fmt::Write as _;

use wardmote_domain::plan::Progress;
use wardmote_evidence::declarations::{Ask, ChartForm, Charted};
use wardmote_evidence::slides::chart_of;

use super::{Making, Papers};
use crate::board::pack::papers::{plain, table};
use crate::business::{Entry, PlanView};

/// A measure of a plan with what the evidence says of it.
struct Measured<'a> {
    entry: &'a Entry,
    progress: Progress,
    /// The claim that it reads, if the assessment asks it.
    claim: Option<String>,
    chart: Option<String>,
}

const HEADINGS: [(&str, bool); 6] = [
    ("Measure", false),
    ("Before", true),
    ("Now", true),
    ("Difference", true),
    ("95% interval", true),
    ("What may be said", false),
];

impl<'a> Making<'a> {
    /// The measures of the actions, each once.
    fn measured(&self) -> Vec<Measured<'a>> {
        let mut measured: Vec<Measured<'a>> = Vec::new();
        let plans = self.plan.iter().chain(&self.next);
        let actions = plans.flat_map(PlanView::actions).map(|(_, action)| action);
        for measure in actions.flat_map(|action| &action.measures) {
            if measured.iter().any(|one| one.entry.id == measure.measure.id) {
                continue;
            }
            let mut read = measure.measure.evidence("reads").into_iter();
            let claim = read.find(|claim| self.answers.claims.contains_key(claim));
            measured.push(Measured {
                entry: measure.measure,
                progress: measure.progress,
                chart: claim.as_ref().and_then(|claim| self.chart(claim)),
                claim,
            });
        }
        measured
    }

    /// The chart that shows how a claim's figure moved, or how an answer compares; one of where or of
    /// what kinds would answer another question.
    fn chart(&self, claim: &str) -> Option<String> {
        let folder = self.sources.folder;
        let chart = chart_of(folder, &format!("{{{{{claim}}}}}"))?;
        let shows = match &folder.charts.get(&chart)?.of {
            Charted::Survey(_) => true,
            Charted::Measure(drawn) => matches!(drawn.kind, ChartForm::Series),
        };
        shows.then_some(chart)
    }

    /// What each measure allows to be said.
    pub(in crate::board::pack) fn measures(&mut self, papers: &mut Papers) {
        let measured = self.measured();
        for measure in &measured {
            self.quoted(measure.entry, "title");
            self.quoted(measure.entry, "missing");
        }
        let mut text =
            "Each sentence says as much as its test allows, and each number leads to where \
             it comes from. Where a test found nothing, the interval tells how much may have been \
             missed.\n\n"
                .to_owned();
        let rows = self.measure_rows(&measured);
        if !rows.is_empty() {
            text += "![](table:measures)\n\n";
        }
        papers.table("measures", "Measures of the plan", &HEADINGS, rows);
        for one in &measured {
            if let Some(claim) = &one.claim {
                let _ = writeln!(text, "- {}", self.said(one.entry, claim));
            }
        }
        text.push('\n');
        let mut charts: Vec<&String> = Vec::new();
        for chart in measured.iter().filter_map(|one| one.chart.as_ref()) {
            if !charts.contains(&chart) {
                charts.push(chart);
                let _ = writeln!(text, "![](chart:{chart})\n");
            }
        }
        let mut without = measured.iter().filter(|one| one.claim.is_none()).peekable();
        if without.peek().is_some() {
            text += "### Measures without a figure\n\n";
        }
        for one in without {
            let why = one.entry.get("missing");
            let why = if why.is_empty() { "no figure yet" } else { why };
            let _ = writeln!(text, "- {}: {}", plain(one.entry.title()), plain(why));
        }
        papers.section("measures", "What the measures show", text);
    }

    /// The table, then a slide for each measure that has a chart.
    pub(in crate::board::pack) fn measure_slides(&self, papers: &mut Papers) {
        let measured = self.measured();
        let whole = table("", &HEADINGS, self.measure_rows(&measured));
        papers.table_slides("What the measures show", &whole);
        for one in &measured {
            if let (Some(claim), Some(chart)) = (&one.claim, &one.chart) {
                let said = self.said(one.entry, claim);
                papers.slide(&plain(one.entry.title()), Some(chart), Some(said));
            }
        }
    }

    /// A measure with what its claim says: a sentence about it, or a number.
    fn said(&self, measure: &Entry, claim: &str) -> String {
        self.sentence(measure.title(), claim)
    }

    /// A claim with the title of what it is about: of the plan's measure that reads it, or else of the
    /// assessment's.
    pub(super) fn finding(&self, claim: &str) -> String {
        if let Some(measure) = self.sources.board.book.linking("reads", claim).first() {
            return self.said(measure, claim);
        }
        let folder = self.sources.folder;
        let measure = folder.claims.get(claim).and_then(|claim| claim.measure.as_ref());
        let title = measure.and_then(|id| folder.measures.get(id)).map(|one| one.title.as_str());
        let answer = self.answers.claims.get(claim);
        let figure = answer.and_then(|answer| self.answers.figures.get(&answer.figure));
        self.sentence(title.or(figure.map(|figure| figure.label.as_str())).unwrap_or(claim), claim)
    }

    fn sentence(&self, subject: &str, claim: &str) -> String {
        let says = self.answers.claims.get(claim).map_or("", |answer| &answer.statement);
        let subject = plain(subject);
        let verb = says.split(' ').next().unwrap_or_default();
        // A title may be of many: "People who feel safe" is not, and "fell" goes with both.
        let subject = match verb {
            "rose" | "fell" => subject,
            _ if verb.starts_with(char::is_lowercase) => format!("The measure “{subject}”"),
            _ => format!("{subject}:"),
        };
        format!("{subject} {{{{{claim}}}}}.")
    }

    fn measure_rows(&self, measured: &[Measured<'_>]) -> Vec<Vec<String>> {
        let row = |one: &Measured<'_>| {
            let claim = one.claim.as_ref()?;
            let answer = self.answers.claims.get(claim)?;
            let field = |names: &[&str]| {
                let found = names.iter().find_map(|name| answer.fields.get(*name));
                found.map(|field| field.text.clone()).unwrap_or_default()
            };
            let ask = self.sources.folder.claims.get(claim).map(|claim| &claim.ask);
            let unit = match ask {
                Some(Ask::Trend(_)) => " a year",
                Some(Ask::Survey(_)) => " points from the rest",
                _ if answer.fields.contains_key("points") => " points",
                _ => "",
            };
            let estimate = field(&["estimate"]);
            let estimate = if estimate.is_empty() { estimate } else { estimate + unit };
            let now = match ask {
                Some(Ask::Value(_)) => answer.statement.clone(),
                _ => field(&["later", "target_after", "area"]),
            };
            Some(vec![
                one.entry.title().to_owned(),
                field(&["earlier", "target_before"]),
                now,
                estimate,
                field(&["interval"]),
                one.progress.words().to_owned(),
            ])
        };
        measured.iter().filter_map(row).collect()
    }
}
