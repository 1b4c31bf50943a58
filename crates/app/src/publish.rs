//! Wiring: from the evidence's answers and charts to the structs that `reports` renders.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use wardmote_domain::period::{Month, Period};
use wardmote_domain::provenance::Disclosure;
use wardmote_evidence::charts::{ChartData, Drawing, MapData};
use wardmote_evidence::claims::Answers;
use wardmote_evidence::declarations::{Assessment, SectionDeclaration};
use wardmote_evidence::document::Document;
use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_evidence::figure::Figure;
use wardmote_evidence::folder::PartnershipFolder;
use wardmote_evidence::lint::{Finding, lint};
use wardmote_evidence::numbers::{p_value, thousands, two_decimals};
use wardmote_evidence::observed::Observed;
use wardmote_evidence::protection::{self, DisclosureRules, Protection};
use wardmote_evidence::slides::{SlideDeclaration, SlidesDeclaration, slides};
use wardmote_evidence::statements::{Judgement, judge};
use wardmote_evidence::{prose, statutory};
use wardmote_reports::{
    Bar, BarChart, Chart, ChartKind, ChoroplethMap, ClassBreak, Column, FigureNote, FunnelChart,
    FunnelLimits, FunnelPoint, Line, MapArea, ProfileChart, ProfileMonth, Publication, Scale,
    Section, SeriesChart, SignOff, Slide, Slides, SourceNote, Table,
};

/// An assessment computed, gated and ready to render.
pub(crate) struct Assessed {
    pub(crate) publication: Publication,
    pub(crate) evidence: EvidenceFile,
    /// What the gate found, by file.
    pub(crate) findings: Vec<(String, Finding)>,
    /// What disclosure control did, where it had to.
    pub(crate) protection: Option<Protection>,
}

/// Computes the assessment of a folder from its gathered evidence.
pub(crate) fn assess(
    folder: &PartnershipFolder,
    observed: &Observed,
    published: Date,
) -> anyhow::Result<Assessed> {
    let rule = declared(folder)?.family.rule;
    let protected = protection::publish(observed, folder, rule, published)?;
    assess_protected(folder, observed, protected, published)
}

fn declared(folder: &PartnershipFolder) -> anyhow::Result<&Assessment> {
    folder.assessment.as_ref().ok_or_else(|| {
        anyhow::anyhow!(
            "{} has no assessment/assessment.toml; `wardmote init` writes one to start from",
            folder.path.display()
        )
    })
}

/// The same from answers and charts that are there already.
pub(crate) fn assess_protected(
    folder: &PartnershipFolder,
    observed: &Observed,
    protected: protection::Protected,
    published: Date,
) -> anyhow::Result<Assessed> {
    let assessment = declared(folder)?;
    let protection::Protected { answers, charts, protection } = protected;
    let answers = &answers;
    let evidence =
        EvidenceFile::new(observed, &folder.claims, &assessment.family, answers, published);
    let mut findings = Vec::new();
    let mut written = BTreeMap::new();
    for section in assessment.sections.iter().chain(&assessment.summary) {
        let (path, text) = folder.prose(&section.file)?;
        if written.insert(section.file.clone(), text.clone()).is_none() {
            let name = path.display().to_string();
            findings.extend(
                lint(&Document::markdown(&text), answers)
                    .into_iter()
                    .map(|finding| (name.clone(), finding)),
            );
        }
    }
    let summary: Vec<&str> = assessment
        .summary
        .iter()
        .filter_map(|section| written.get(&section.file))
        .map(String::as_str)
        .collect();
    let declared = slides(folder, &summary, answers);
    // Those made from the summary went through the gate with it.
    let of_slides = |declared| slides_findings(folder, declared, answers);
    findings.extend(folder.slides.iter().flat_map(of_slides));
    let text_of =
        |section: &SectionDeclaration| written.get(&section.file).cloned().unwrap_or_default();
    let sections = |declared: &[SectionDeclaration]| -> Vec<Section> {
        declared
            .iter()
            .map(|section| make_section(folder, section, &prose::print(&text_of(section), answers)))
            .collect()
    };
    let drawn = charts.into_iter().map(|(id, chart)| (id, make_chart(chart)));
    let mut tables = BTreeMap::from([
        ("tests".to_owned(), tests_table(assessment, answers)),
        ("loads".to_owned(), loads_table(observed)),
        ("coverage".to_owned(), sources_table(observed)),
        ("statements".to_owned(), statements_table(folder, answers)),
    ]);
    if let Some(protection) = &protection {
        tables.insert("protection".to_owned(), protection_table(&folder.disclosure, protection));
    }
    let publication = Publication {
        partnership: observed.partnership.name.clone(),
        title: assessment.title.clone(),
        published,
        synthetic: observed.partnership.synthetic,
        licence_notes: assessment.licence_notes.clone(),
        vintage: observed.snapshot.clone(),
        summary: sections(&assessment.summary),
        sections: sections(&assessment.sections),
        charts: drawn.collect(),
        tables,
        figures: answers
            .figures
            .values()
            .map(|figure| (figure.id.to_string(), figure_note(observed, figure)))
            .collect(),
        sign_off: sign_off(folder, assessment, |file| {
            written.get(file).is_some_and(|text| !text.trim().is_empty())
        }),
        slides: make_slides(&declared, answers),
    };
    Ok(Assessed { publication, evidence, findings, protection })
}

/// What the gate finds in the words of slides.
fn slides_findings(
    folder: &PartnershipFolder,
    declared: &SlidesDeclaration,
    answers: &Answers,
) -> Vec<(String, Finding)> {
    let below = folder.assessment_path.strip_prefix(&folder.path);
    let file = below.unwrap_or(&folder.assessment_path).join("slides.toml");
    let file = file.display();
    let of_slide = |(index, slide): (usize, &SlideDeclaration)| {
        let place = format!("{file}, slide {}", index + 1);
        let texts = [Some(&slide.title), slide.text.as_ref()];
        texts.into_iter().flatten().map(|text| (place.clone(), text.clone())).collect::<Vec<_>>()
    };
    let not_known = declared.not_known.iter().flatten();
    let not_known = not_known.map(|line| (format!("{file}, not_known"), line.clone()));
    let mut findings = Vec::new();
    for (place, text) in declared.slides.iter().enumerate().flat_map(of_slide).chain(not_known) {
        let found = lint(&Document::markdown(&text), answers);
        findings.extend(found.into_iter().map(|finding| (place.clone(), finding)));
    }
    findings
}

fn make_slides(declared: &SlidesDeclaration, answers: &Answers) -> Slides {
    let print = |text: &String| prose::print(text, answers);
    let slide = |slide: &SlideDeclaration| Slide {
        title: print(&slide.title),
        chart: slide.chart.clone(),
        text: slide.text.as_ref().map(print),
        ..Slide::default()
    };
    Slides {
        findings: declared.slides.iter().map(slide).collect(),
        not_known: declared.not_known.iter().flatten().map(print).collect(),
    }
}

/// A figure's period as people say it: `2024-07..2024-12 with 2023/24` is July to December 2024 with
/// 2023/24.
fn period_in_words(text: &str) -> String {
    let words = |part: &str| {
        part.parse::<Period>().map_or_else(|_| part.to_owned(), |period| period.in_words())
    };
    text.split(" with ").map(words).collect::<Vec<_>>().join(" with ")
}

fn sign_off(
    folder: &PartnershipFolder,
    assessment: &Assessment,
    is_written: impl Fn(&str) -> bool,
) -> SignOff {
    let Some(required) = &folder.statutory else {
        return SignOff::Blocked {
            missing: vec!["the list of statutory contents, assessment/statutory.toml".into()],
        };
    };
    let mut missing: Vec<String> =
        statutory::missing(assessment, required, is_written).into_iter().map(|m| m.words).collect();
    missing.extend(
        statutory::unknown_keys(assessment, required)
            .into_iter()
            .map(|key| format!("a statutory content called {key:?}")),
    );
    if missing.is_empty() { SignOff::Ready } else { SignOff::Blocked { missing } }
}

fn make_section(
    folder: &PartnershipFolder,
    declared: &SectionDeclaration,
    markdown: &str,
) -> Section {
    let required = folder.statutory.as_ref();
    let words = |key: &String| {
        required.and_then(|list| list.contents.get(key).cloned()).unwrap_or_else(|| key.clone())
    };
    let answered: Vec<String> = declared.answers.iter().map(words).collect();
    Section {
        id: declared.file.clone(),
        heading: declared.heading.clone(),
        statutory: (!answered.is_empty()).then(|| answered.join("; ")),
        markdown: markdown.to_owned(),
    }
}

fn figure_note(observed: &Observed, figure: &Figure) -> FigureNote {
    let source = |id: &String| {
        let load = observed.loads.iter().find(|load| load.load_id == *id)?;
        Some(SourceNote {
            publisher: load.publisher.clone(),
            file: load.file_name.clone(),
            sha256: load.sha256.clone(),
            licence: load.licence.clone(),
            rows: Some(load.rows_kept),
        })
    };
    FigureNote {
        id: figure.id.to_string(),
        label: figure.label.clone(),
        value_text: figure.text.clone(),
        definition: figure.definition.clone(),
        measure_version: figure.measure.clone().unwrap_or_else(|| "survey, as published".into()),
        period: period_in_words(&figure.period),
        area: figure.area.clone(),
        method: figure.method.clone(),
        interval_text: figure
            .interval
            .map(|(lower, upper)| format!("{} to {}", two_decimals(lower), two_decimals(upper))),
        n_text: Some(thousands(figure.n)),
        sources: figure.loads.iter().filter_map(source).collect(),
        query_in_words: figure.query.clone(),
        caution: figure.caution.clone(),
    }
}

fn table(
    caption: &str,
    columns: &[(&str, bool)],
    rows: Vec<Vec<String>>,
    note: Option<String>,
) -> Table {
    let columns = columns
        .iter()
        .map(|(heading, numeric)| Column { heading: (*heading).to_owned(), numeric: *numeric })
        .collect();
    Table { caption: caption.to_owned(), columns, rows, note }
}

fn tests_table(assessment: &Assessment, answers: &Answers) -> Table {
    let number =
        |x: Option<f64>, print: fn(f64) -> String| x.map_or_else(|| "none".to_owned(), print);
    let rows = answers
        .tests
        .iter()
        .map(|test| {
            let plain = test.parameters.get("z_without_overdispersion").copied();
            vec![
                test.claim.clone(),
                number(plain, two_decimals),
                number(test.parameters.get("dispersion_used").copied(), two_decimals),
                number(test.z, two_decimals),
                number(test.p, p_value),
                number(test.corrected_p, p_value),
                number(test.corrected_equivalence_p, p_value),
                test.verdict.words().to_owned(),
            ]
        })
        .collect();
    let rule = assessment.family.rule;
    let note = format!(
        "{} Words that need a test are used where the corrected p value is at most {}; nothing is said of change or \
         difference on fewer than {} events. Correction: Benjamini and Hochberg (1995), over all tests of an effect together, and over all tests of sameness together.",
        assessment.family.description, rule.level, rule.fewest_events
    );
    // A column of methods would leave the numbers no room, and most tests share one.
    let mut methods: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for test in &answers.tests {
        let untested = test.not_tested.as_ref().map(|why| format!("not tested, because {why}"));
        let method = untested.unwrap_or_else(|| test.method.clone());
        methods.entry(method).or_default().push(&test.claim);
    }
    let methods: Vec<String> = methods
        .iter()
        .map(|(method, claims)| format!("{}: {method}.", claims.join(", ")))
        .collect();
    let note = format!("{note} {}", methods.join(" "));
    table(
        "Every test of this assessment, shown or not",
        &[
            ("Claim", false),
            ("z, plain Poisson", true),
            ("Dispersion", true),
            ("z", true),
            ("p", true),
            ("p, corrected", true),
            ("p of sameness, corrected", true),
            ("Words allowed", false),
        ],
        rows,
        Some(note),
    )
}

fn statements_table(folder: &PartnershipFolder, answers: &Answers) -> Table {
    let rows = folder
        .statements
        .iter()
        .map(|statement| {
            let judged = judge(statement, answers);
            let (word, why) = match judged.judgement {
                Judgement::Confirmed => ("Confirmed", String::new()),
                Judgement::Withheld(why) => ("Withheld", format!("{why}. ")),
                Judgement::NotJudged(why) => ("Not judged", format!("{why}. ")),
            };
            let because = format!("{}{}", capitalised(&why), judged.allowed);
            vec![statement.says.clone(), word.to_owned(), because.trim().to_owned()]
        })
        .collect();
    table(
        "Each statement, and whether the evidence bears it",
        &[("What is said", false), ("Here", false), ("Because", false)],
        rows,
        None,
    )
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

fn protection_table(rules: &DisclosureRules, protection: &Protection) -> Table {
    let report = &protection.report;
    let row = |what: &str, n: usize| vec![what.to_owned(), thousands(n as u64)];
    let noted = protection.said.len();
    table(
        "What this publication withholds of sources under a sharing agreement",
        &[("Numbers", false), ("How many", true)],
        vec![
            row("Numbers of these sources that the pages ask for", noted),
            row("Withheld because they are small", report.withheld_as_small),
            row("Rounded", report.rounded),
            row(
                "Withheld because the small ones could be worked out from them",
                report.withheld_for_others,
            ),
        ],
        Some(rules.in_words()),
    )
}

fn loads_table(observed: &Observed) -> Table {
    let (open, controlled): (Vec<_>, Vec<_>) =
        observed.loads.iter().partition(|load| load.disclosure == Disclosure::Open);
    let shared: BTreeSet<&str> = controlled.iter().map(|load| load.source.as_str()).collect();
    let shared = match shared.len() {
        0 => String::new(),
        n => format!(" The files of {n} sources under a sharing agreement are not listed."),
    };
    let rows = open
        .iter()
        .map(|load| {
            vec![
                load.file_name.rsplit('/').next().unwrap_or_default().to_owned(),
                thousands(load.rows_read),
                thousands(load.rows_kept),
                thousands(load.rows_refused),
                thousands(load.without_place),
            ]
        })
        .collect();
    table(
        "Files that the evidence was loaded from",
        &[
            ("File", false),
            ("Rows read", true),
            ("Kept", true),
            ("Refused", true),
            ("Without a place", true),
        ],
        rows,
        Some(format!(
            "Rows read are always rows kept and rows refused together. Folders and SHA-256 of the files are in \
             evidence.json.{shared}"
        )),
    )
}

fn sources_table(observed: &Observed) -> Table {
    let mut rows = Vec::new();
    for source in observed.sources.values() {
        let loads = observed.loads.iter().filter(|load| load.source == source.id);
        let known = if source.reader.brings_events() {
            observed.known_run(&source.id).unwrap_or_default()
        } else {
            None
        };
        rows.push(vec![
            source.id.clone(),
            source.publisher.clone(),
            source.licence.clone(),
            match source.disclosure {
                Disclosure::Open => loads.count().to_string(),
                Disclosure::Controlled => "shared under an agreement".to_owned(),
            },
            known.map_or_else(
                || "not by month".into(),
                |(first, last)| format!("{} to {}", first.in_words(), last.in_words()),
            ),
        ]);
    }
    table(
        "Sources",
        &[
            ("Source", false),
            ("Publisher", false),
            ("Licence", false),
            ("Files", true),
            ("Months known", false),
        ],
        rows,
        None,
    )
}

fn make_chart(data: ChartData) -> Chart {
    let columns = data
        .columns
        .iter()
        .enumerate()
        .map(|(index, heading)| Column { heading: heading.clone(), numeric: index > 0 });
    let table = Table {
        caption: data.title.clone(),
        columns: columns.collect(),
        rows: data.rows,
        note: None,
    };
    let kind = match data.drawing {
        Drawing::Series { points, withheld } => ChartKind::Series(SeriesChart {
            y_label: data.unit.clone(),
            months: points.iter().map(|(month, _)| month.to_string()).collect(),
            lines: vec![Line {
                name: data.unit,
                values: points.into_iter().map(|(_, value)| value).collect(),
            }],
            withheld: withheld.iter().map(Month::to_string).collect(),
            expected: None,
            markers: Vec::new(),
        }),
        Drawing::Bars(bars) => ChartKind::Bars(BarChart {
            x_label: data.unit,
            bars: bars
                .into_iter()
                .map(|bar| Bar {
                    label: bar.label,
                    value: bar.value,
                    interval: Some(bar.interval),
                    highlighted: false,
                })
                .collect(),
        }),
        Drawing::Profile(months, _peak) => ChartKind::Profile(ProfileChart {
            y_label: data.unit,
            months: months
                .into_iter()
                .zip(wardmote_domain::period::MONTH_NAMES)
                .map(|((multiplier, lower, upper), name)| ProfileMonth {
                    label: name.chars().take(3).collect(),
                    multiplier,
                    interval: Some((lower, upper)),
                })
                .collect(),
        }),
        Drawing::Funnel(funnel) => ChartKind::Funnel(FunnelChart {
            x_label: funnel.size_label,
            y_label: data.unit,
            all: funnel.all,
            points: funnel
                .points
                .into_iter()
                .map(|point| FunnelPoint {
                    label: point.label,
                    size: point.size,
                    value: point.value,
                    outside: point.is_outside,
                })
                .collect(),
            limits: funnel
                .limits
                .iter()
                .map(|one| FunnelLimits { size: one.size, inner: one.inner, outer: one.outer })
                .collect(),
        }),
        Drawing::Kinds(areas, kinds) => ChartKind::Map(ChoroplethMap {
            classes: kinds
                .into_iter()
                .zip(0_u32..)
                .map(|(label, kind)| ClassBreak { upper: f64::from(kind), label })
                .collect(),
            legend_title: "With its neighbours, an area is a".to_owned(),
            areas: map_areas(areas),
            scale: Scale::Spots,
        }),
        Drawing::Map(areas) => {
            let values: Vec<f64> = areas.iter().filter_map(|area| area.value).collect();
            ChartKind::Map(ChoroplethMap {
                classes: class_breaks(&values),
                legend_title: data.unit,
                areas: map_areas(areas),
                scale: Scale::Rising,
            })
        }
    };
    Chart { title: data.title, finding: data.finding, source: data.source, kind, table }
}

fn map_areas(areas: Vec<MapData>) -> Vec<MapArea> {
    let area = |MapData { outline, value, withheld }| MapArea {
        code: outline.code.to_string(),
        name: outline.name,
        polygons: outline.polygons,
        value,
        note: withheld.then(|| "withheld".to_owned()),
    };
    areas.into_iter().map(area).collect()
}

/// Five classes that hold about the same number of areas each.
fn class_breaks(values: &[f64]) -> Vec<ClassBreak> {
    const N_CLASSES: usize = 5;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    let Some(last) = sorted.len().checked_sub(1) else { return Vec::new() };
    let mut uppers: Vec<f64> = (1..=N_CLASSES).map(|k| sorted[last * k / N_CLASSES]).collect();
    uppers.dedup();
    let decimals = usize::from(sorted[last] < 100.0);
    let print = |x: f64| format!("{x:.decimals$}");
    let lowers = std::iter::once(sorted[0]).chain(uppers.iter().copied());
    uppers
        .iter()
        .zip(lowers)
        .enumerate()
        .map(|(index, (upper, lower))| {
            let over = if index == 0 { "" } else { "over " };
            ClassBreak {
                upper: *upper,
                label: format!("{over}{} to {}", print(lower), print(*upper)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_cover_every_value() {
        let values: Vec<f64> = (0..37).map(f64::from).collect();
        let classes = class_breaks(&values);
        assert_eq!(classes.len(), 5);
        assert!(values.iter().all(|value| classes.iter().any(|class| *value <= class.upper)));
        assert_eq!(class_breaks(&[]).len(), 0);
        assert_eq!(class_breaks(&[3.0, 3.0]).len(), 1);
    }
}
