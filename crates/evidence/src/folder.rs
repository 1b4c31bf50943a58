//! The partnership's folder: every plain file that says what is local.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use wardmote_domain::area::{AreaCode, AreaLevel, Tier};
use wardmote_domain::partnership::Partnership;
use wardmote_domain::provenance::Disclosure;
use wardmote_lake::source::{self, Reader, SourceDeclaration, SourceError};

use crate::declarations::{
    Ask, Assessment, ChartDeclaration, ChartForm, Charted, Claim, MeasureChart, Statutory,
};
use crate::measure::{Measure, MeasureError};
use crate::protection::{DisclosureRules, Ledger, LedgerCell, LedgerError};
use crate::slides::SlidesDeclaration;
use crate::statements::Statement;
use crate::topic::{KnownEvent, KnownEvents, TopicDeclaration, Topics};

/// Why the folder cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The file is missing or closed to us.
    #[error("{}: {why}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        why: std::io::Error,
    },
    /// The file is not what it should be; the message names line and field.
    #[error("{}: {message}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Line, field and mend, as the reader of TOML says them.
        message: String,
    },
    /// A measure contradicts itself.
    #[error("{}: {why}", path.display())]
    Measure {
        /// The file.
        path: PathBuf,
        /// How.
        #[source]
        why: MeasureError,
    },
    /// A source's declaration cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// What was published before cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// `assessment/statements.toml`, as it stands.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Statements {
    statements: Vec<Statement>,
}

/// All declarations of one partnership.
#[derive(Debug, Clone)]
pub struct PartnershipFolder {
    /// The folder.
    pub path: PathBuf,
    /// The folder of the assessment: `assessment/`, or one of `assessments/`.
    pub assessment_path: PathBuf,
    /// `partnership.toml`.
    pub partnership: Partnership,
    /// `sources/*.toml`, by name.
    pub sources: BTreeMap<String, SourceDeclaration>,
    /// `measures/*.toml`, by id.
    pub measures: BTreeMap<String, Measure>,
    /// `assessment/claims.toml`, by name.
    pub claims: BTreeMap<String, Claim>,
    /// `assessment/charts.toml`, by name.
    pub charts: BTreeMap<String, ChartDeclaration>,
    /// `assessment/assessment.toml`; a folder may have none yet.
    pub assessment: Option<Assessment>,
    /// `assessment/statutory.toml`.
    pub statutory: Option<Statutory>,
    /// `assessment/statements.toml`.
    pub statements: Vec<Statement>,
    /// `disclosure.toml`.
    pub disclosure: DisclosureRules,
    /// `disclosure/ledger.json`.
    pub ledger: Ledger,
    /// `assessment/slides.toml`.
    pub slides: Option<SlidesDeclaration>,
    /// `topics.toml`: measures that a page is about together.
    pub topics: Vec<TopicDeclaration>,
    /// `events.toml`: what happened, and may be marked where a series is shown.
    pub events: Vec<KnownEvent>,
}

impl PartnershipFolder {
    /// Reads every declaration of a folder, with its strategic assessment.
    pub fn read(path: &Path) -> Result<Self, FolderError> {
        Self::read_with(path, path.join("assessment"))
    }

    /// The same with another assessment of the same evidence, of `assessments/NAME/`.
    pub fn read_for(path: &Path, name: &str) -> Result<Self, FolderError> {
        Self::read_with(path, path.join("assessments").join(name))
    }

    fn read_with(path: &Path, assessment: PathBuf) -> Result<Self, FolderError> {
        let partnership = parse(&path.join("partnership.toml"))?;
        let sources: BTreeMap<String, SourceDeclaration> = source::read_all(&path.join("sources"))?
            .into_iter()
            .map(|source| (source.id.clone(), source))
            .collect();
        let measures = read_measures(&path.join("measures"), &sources)?;
        Ok(Self {
            topics: read_topics(&path.join("topics.toml"), &measures)?,
            partnership,
            measures,
            sources,
            claims: parse_if_there(&assessment.join("claims.toml"))?.unwrap_or_default(),
            charts: parse_if_there(&assessment.join("charts.toml"))?.unwrap_or_default(),
            assessment: parse_if_there(&assessment.join("assessment.toml"))?,
            statutory: parse_if_there(&assessment.join("statutory.toml"))?,
            statements: parse_if_there::<Statements>(&assessment.join("statements.toml"))?
                .map(|file| file.statements)
                .unwrap_or_default(),
            disclosure: parse_if_there(&path.join("disclosure.toml"))?.unwrap_or_default(),
            ledger: Ledger::read(path)?,
            slides: parse_if_there(&assessment.join("slides.toml"))?,
            events: parse_if_there::<KnownEvents>(&path.join("events.toml"))?
                .map(|file| file.events)
                .unwrap_or_default(),
            path: path.to_owned(),
            assessment_path: assessment,
        })
    }

    /// The prose of a section: its text and the file it stands in.
    pub fn prose(&self, file: &str) -> Result<(PathBuf, String), FolderError> {
        let path = self.assessment_path.join(format!("{file}.md"));
        let text = std::fs::read_to_string(&path)
            .map_err(|why| FolderError::Read { path: path.clone(), why })?;
        Ok((path, text))
    }

    /// The sources that measures count.
    pub fn sources_counted(&self) -> BTreeSet<String> {
        let said = self.said().map(|one| one.cell.rows.source.clone());
        self.measures.values().flat_map(Measure::sources).chain(said).collect()
    }

    /// What was said before of controlled sources that are still declared.
    fn said(&self) -> impl Iterator<Item = &LedgerCell> {
        let cells = self.ledger.publications.iter().flat_map(|said| &said.cells);
        cells.filter(|one| self.sources.contains_key(&one.cell.rows.source))
    }

    /// The surveys that claims ask about.
    pub fn surveys_asked(&self) -> BTreeSet<String> {
        let survey = |claim: &Claim| match &claim.ask {
            Ask::Survey(question) => Some(question.source.clone()),
            _ => None,
        };
        let drawn = self.charts.values().filter_map(|chart| match &chart.of {
            Charted::Survey(asked) => Some(asked.source.clone()),
            Charted::Measure(_) => None,
        });
        self.claims.values().filter_map(survey).chain(drawn).collect()
    }

    fn measure_charts(&self) -> impl Iterator<Item = &MeasureChart> {
        self.charts.values().filter_map(|chart| match &chart.of {
            Charted::Measure(chart) => Some(chart),
            Charted::Survey(_) => None,
        })
    }

    /// The sources of published numbers that claims and groups ask about, each with the areas asked by
    /// code.
    pub(crate) fn statistics_asked(&self) -> BTreeMap<String, BTreeSet<AreaCode>> {
        let mut asked: BTreeMap<String, BTreeSet<AreaCode>> = BTreeMap::new();
        for claim in self.claims.values() {
            if let Ask::Statistic(statistic) = &claim.ask {
                let home = self.partnership.areas.first();
                let areas = asked.entry(statistic.source.clone()).or_default();
                areas.extend(claim.area.as_ref().or(home).cloned());
            }
        }
        for groups in self.measures.values().filter_map(|measure| measure.groups.as_ref()) {
            let source = self.sources.get(&groups.residents.source);
            let is_open = |source: &&SourceDeclaration| {
                source.disclosure == Disclosure::Open
                    && matches!(source.reader, Reader::Statistics(_))
            };
            if let Some(source) = source.filter(is_open) {
                let areas = asked.entry(source.id.clone()).or_default();
                areas.extend(self.partnership.areas.iter().cloned());
            }
        }
        asked
    }

    /// The spans of months within which measures ask for a source's repeats.
    pub(crate) fn repeats_asked(&self, source: &str) -> BTreeSet<u32> {
        let selections = self
            .measures
            .values()
            .flat_map(|measure| std::iter::once(&measure.numerator).chain(&measure.share_of));
        let said = self.said().map(|one| &one.cell.rows);
        let of_source = selections.chain(said).filter(|one| one.source == source);
        of_source.filter_map(|one| one.repeats_within_months).collect()
    }

    /// Whether a measure or a chart looks at a source's outcomes or marks.
    pub(crate) fn looks_in_detail(&self, source: &str) -> bool {
        let selections = self
            .measures
            .values()
            .flat_map(|measure| std::iter::once(&measure.numerator).chain(&measure.share_of));
        let in_detail =
            |chart: &&MeasureChart| matches!(chart.kind, ChartForm::Marks | ChartForm::Outcomes);
        let drawn = self.measure_charts().filter(in_detail);
        let mut drawn = drawn.filter_map(|chart| self.measures.get(&chart.measure));
        let mut grouped = self.measures.values().filter(|measure| measure.groups.is_some());
        selections.into_iter().any(|one| one.source == source && one.admitted().in_detail())
            || grouped.any(|measure| measure.numerator.source == source)
            || drawn.any(|measure| measure.numerator.source == source)
            || self
                .said()
                .any(|one| one.cell.rows.source == source && one.cell.rows.admitted().in_detail())
    }

    /// The levels that claims and charts ask about, the districts' own included.
    pub fn levels_asked(&self) -> BTreeSet<AreaLevel> {
        let ranked = self.claims.values().filter_map(|claim| match &claim.ask {
            Ask::Highest(highest) => Some(highest.level),
            Ask::Funnel(among) | Ask::Rank(among) => among.level,
            Ask::Concentration(asked) => Some(asked.level),
            // The areas of an action are drawn for it.
            Ask::Action(_) => Some(AreaLevel::NEIGHBOURHOOD),
            _ => None,
        });
        let charted = self.measure_charts().filter_map(|chart| chart.level);
        let said = self.said().map(|one| one.cell.level);
        let about = self.claims.values().filter_map(|claim| claim.area.as_ref());
        let about = about.filter_map(|area| self.level_of(area));
        let own = std::iter::once(self.partnership.district_level).chain(about);
        own.chain(ranked).chain(charted).chain(said).collect()
    }

    /// The level that an area's code is of, by its first letters: the ONS gives each kind of area its own.
    /// Of wards and the like there may be several years; the first that a lookup leads to is meant.
    fn level_of(&self, area: &AreaCode) -> Option<AreaLevel> {
        let tier = match area.as_str().get(..3)? {
            "loc" => return Some(AreaLevel::NEIGHBOURHOOD),
            "E01" | "W01" => return Some(self.partnership.area_vintage),
            "E02" | "W02" => Tier::Msoa,
            "E05" | "W05" => Tier::Ward,
            _ => return None,
        };
        let lookups = self.sources.values().filter_map(|source| match &source.reader {
            Reader::AreaLookup { to, .. } => Some(to),
            _ => None,
        });
        lookups.flatten().map(|column| column.level).find(|level| level.tier == tier)
    }

    /// The levels that maps are drawn of.
    pub fn levels_drawn(&self) -> BTreeSet<AreaLevel> {
        let maps = self
            .measure_charts()
            .filter(|chart| matches!(chart.kind, ChartForm::Map | ChartForm::HotSpots));
        maps.filter_map(|chart| chart.level).collect()
    }

    /// The populations that rates are taken over.
    pub fn populations_used(&self) -> BTreeSet<String> {
        self.measures.values().filter_map(|measure| measure.denominator.clone()).collect()
    }
}

/// Reads one TOML file into a declaration.
pub fn parse<T: DeserializeOwned>(path: &Path) -> Result<T, FolderError> {
    let text = std::fs::read_to_string(path)
        .map_err(|why| FolderError::Read { path: path.to_owned(), why })?;
    toml::from_str(&text)
        .map_err(|error| FolderError::Parse { path: path.to_owned(), message: error.to_string() })
}

fn parse_if_there<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, FolderError> {
    match parse(path) {
        Ok(value) => Ok(Some(value)),
        Err(FolderError::Read { why, .. }) if why.kind() == std::io::ErrorKind::NotFound => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn read_topics(
    path: &Path,
    measures: &BTreeMap<String, Measure>,
) -> Result<Vec<TopicDeclaration>, FolderError> {
    let topics = parse_if_there::<Topics>(path)?.map(|file| file.topics).unwrap_or_default();
    let wrong = |message: String| FolderError::Parse { path: path.to_owned(), message };
    let mut ids = BTreeSet::new();
    for topic in &topics {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if topic.id.is_empty() || !topic.id.chars().all(plain) {
            let message = format!(
                "topic {:?}: its id becomes an address, and holds only small letters, digits and -",
                topic.id
            );
            return Err(wrong(message));
        }
        if let Some(unknown) = topic.measures.iter().find(|id| !measures.contains_key(*id)) {
            let message = format!("topic {:?}: no measure is called {unknown:?}", topic.id);
            return Err(wrong(message));
        }
        let is_another = measures.contains_key(&topic.id) && !topic.measures.contains(&topic.id);
        if !ids.insert(topic.id.as_str()) || is_another {
            return Err(wrong(format!("topic {:?} would have another's address", topic.id)));
        }
    }
    Ok(topics)
}

fn read_measures(
    folder: &Path,
    sources: &BTreeMap<String, SourceDeclaration>,
) -> Result<BTreeMap<String, Measure>, FolderError> {
    let read = |why| FolderError::Read { path: folder.to_owned(), why };
    let mut paths = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        // A folder that only brings sources together needs no measures.
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        entries => entries.map_err(read)?,
    };
    for entry in entries {
        let path = entry.map_err(read)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    let known = |source: &str| sources.get(source).and_then(|source| source.reader.categories());
    let mut measures = BTreeMap::new();
    for path in paths {
        let measure: Measure = parse(&path)?;
        measure.check(&known).map_err(|why| FolderError::Measure { path: path.clone(), why })?;
        if let Some(twice) = measures.insert(measure.id.clone(), measure) {
            let message = format!("measure {:?} is declared in another file too", twice.id);
            return Err(FolderError::Parse { path, message });
        }
    }
    Ok(measures)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measures() -> BTreeMap<String, Measure> {
        let text = "id = \"theft\"\ntitle = \"Theft\"\ndefinition = \"d\"\nversion = 1\nunit = \"thefts\"\n\
                    direction = \"lower-is-better\"\nnumerator = { source = \"s\" }";
        let theft: Measure = toml::from_str(text).unwrap();
        BTreeMap::from([("theft".to_owned(), theft)])
    }

    #[test]
    fn topics_name_measures_that_are_there_and_addresses_of_their_own() {
        let here = tempfile::tempdir().unwrap();
        let path = here.path().join("topics.toml");
        let read = |topics: &[(&str, &str)]| {
            let written: Vec<String> = topics
                .iter()
                .map(|(id, measure)| {
                    format!(
                        "[[topics]]\nid = \"{id}\"\ntitle = \"T\"\nmeasures = [\"{measure}\"]\n"
                    )
                })
                .collect();
            std::fs::write(&path, written.concat()).unwrap();
            read_topics(&path, &measures()).map(|topics| topics.len())
        };
        assert_eq!(read(&[("theft", "theft"), ("all", "theft")]).unwrap(), 2);
        for (topics, says) in [
            (&[("all", "arson")][..], "no measure is called \"arson\""),
            (&[("../x", "theft")], "only small letters, digits and -"),
            (&[("all", "theft"), ("all", "theft")], "another's address"),
        ] {
            let why = read(topics).unwrap_err().to_string();
            assert!(why.contains(says) && why.contains("topics.toml"), "{why}");
        }
        std::fs::remove_file(&path).unwrap();
        assert_eq!(read_topics(&path, &measures()).unwrap(), Vec::new());
    }
}
