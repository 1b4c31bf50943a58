//! A map's areas with their shades and words, the same for the picture, the table and the files.

use wardmote_domain::area::AreaCode;
use wardmote_evidence::declarations::Form;
use wardmote_evidence::mapped::{self, MappedArea, Shade, Spots};
use wardmote_evidence::numbers::thousands;
use wardmote_evidence::take::Taken;
use wardmote_reports::Scale;

use super::super::vintage::Vintage;
use super::asked::{Asked, Show};

/// What is shown.
pub(super) struct View {
    /// What was found, in sentences.
    pub(super) lead: Vec<String>,
    /// What the shades stand for.
    pub(super) classes: Vec<String>,
    pub(super) scale: Scale,
    pub(super) legend_title: String,
    pub(super) areas: Vec<Area>,
    /// Headings of the table after the area's.
    pub(super) columns: Vec<String>,
    /// How the shades were made.
    pub(super) reading: Vec<String>,
}

/// One area.
pub(super) struct Area {
    pub(super) code: AreaCode,
    pub(super) name: String,
    /// The position of its shade, or why it has none.
    pub(super) class: Result<usize, String>,
    /// The cells of the table after its name.
    pub(super) cells: Vec<String>,
    /// All of it, in a line.
    pub(super) words: String,
    pub(super) taken: Option<Taken>,
}

/// The letter of a shade, as the picture has it.
pub(super) fn letter(class: usize) -> String {
    char::from(b'A' + (class % 26) as u8).to_string()
}

pub(super) fn view(vintage: &Vintage, asked: &Asked<'_>) -> anyhow::Result<View> {
    if asked.show == Show::Spots { spots(vintage, asked) } else { shades(vintage, asked) }
}

fn shades(vintage: &Vintage, asked: &Asked<'_>) -> anyhow::Result<View> {
    let (measure, form) = (asked.measure, asked.show.form());
    let found = mapped::map(&vintage.observed, measure, asked.level, &asked.period, form)?;
    let classes: Vec<String> = found.classes.iter().map(|class| class.label.clone()).collect();
    let mut columns = vec![capital(&measure.unit)];
    if form != Form::Count {
        columns.push(capital(&found.unit));
    }
    columns.extend(["95% interval", "Shade"].map(String::from));
    let few = mapped::too_few(measure, form);
    let unit = &found.unit;
    let areas = found.areas.into_iter().map(|area| {
        let shaded = match area.shade {
            Shade::Class(class) => Ok(class),
            Shade::TooFew => Err(few.clone()),
            Shade::NotKnown => Err("not known".to_owned()),
        };
        of_shade(area, shaded, form, unit)
    });
    let areas: Vec<Area> = areas.collect();
    let reading = vec![format!(
        "Each shade holds about the same number of areas, so two areas in neighbouring shades may differ by little. \
         The limits in the table say how far chance alone may have moved a number; where those of two areas overlap \
         widely, the map shows no difference between them. An area with {} is hatched: a colour would say more \
         than so few can.",
        mapped::fewer(measure, form)
    )];
    Ok(View {
        lead: vec![found.finding],
        classes,
        scale: Scale::Rising,
        legend_title: capital(unit),
        areas,
        columns,
        reading,
    })
}

fn of_shade(area: MappedArea, class: Result<usize, String>, form: Form, unit: &str) -> Area {
    let MappedArea { code, name, taken, .. } = area;
    let shade = class.as_ref().map_or_else(Clone::clone, |class| letter(*class));
    let n_cells = if form == Form::Count { 3 } else { 4 };
    let taken = match taken {
        Ok(taken) => taken,
        Err(why) => {
            let mut cells = vec!["not known".to_owned(); n_cells];
            cells[n_cells - 1] = "hatched".into();
            let words = format!("{name}: not known: {}", why.0);
            return Area { code, name, class, cells, words, taken: None };
        }
    };
    let print = |value: f64| mapped::printed(value, form);
    let limits = format!("{} to {}", print(taken.interval.lower), print(taken.interval.upper));
    let mut cells = vec![thousands(taken.n)];
    if form != Form::Count {
        cells.push(print(taken.value));
    }
    cells.extend([limits.clone(), shade]);
    let few = class.as_ref().err().map(|why| format!(", {why}")).unwrap_or_default();
    let words = format!("{name}: {} {unit} (95% interval {limits}){few}", print(taken.value));
    Area { code, name, class, cells, words, taken: Some(taken) }
}

fn spots(vintage: &Vintage, asked: &Asked<'_>) -> anyhow::Result<View> {
    let observed = &vintage.observed;
    let find = || {
        let found = mapped::hot_spots(observed, asked.measure, asked.level, &asked.period);
        found.unwrap_or_else(|why| {
            tracing::warn!("{}: {}", asked.measure.id, crate::console::chain(&why.into()));
            nothing("No hot spots can be found: the outlines or the residents of some areas are not loaded.")
        })
    };
    let found = vintage.ground.spots(&asked.measure.id, asked.level, find);
    let mut columns: Vec<String> = found.columns.iter().skip(1).cloned().collect();
    let mut areas = Vec::new();
    for place in super::super::areas::own(vintage, asked.level)? {
        let kind = found.areas.iter().find(|(code, _)| *code == place.code).map(|(_, kind)| *kind);
        let row = found.rows.iter().find(|row| row.first() == Some(&place.name));
        let cells: Vec<String> = row.into_iter().flatten().skip(1).cloned().collect();
        let said = kind.and_then(|kind| found.kinds.get(kind)).map_or("not known", String::as_str);
        let words = format!("{}: {said}", place.name);
        let class = kind.ok_or_else(|| "not known".to_owned());
        let (code, name) = (place.code.clone(), place.name.clone());
        areas.push(Area { code, name, class, cells, words, taken: None });
    }
    if found.areas.is_empty() {
        columns = vec!["Kind".into()];
        for area in &mut areas {
            area.cells = vec!["not known".into()];
        }
    }
    let reading = vec![
        "An area is taken together with its neighbours, and the two are compared with all areas of the map. Hot and \
         cold stand only where the p value, corrected over all areas of this map (Benjamini and Hochberg), is at \
         most 0.05. Every measure and kind of area has its own map here: over many maps, a few spots are \
         chance."
            .to_owned(),
    ];
    Ok(View {
        lead: vec![found.finding.clone()],
        classes: found.kinds.clone(),
        scale: Scale::Spots,
        legend_title: "With its neighbours, an area is a".to_owned(),
        areas,
        columns,
        reading,
    })
}

fn nothing(finding: &str) -> Spots {
    Spots {
        finding: finding.to_owned(),
        kinds: Vec::new(),
        areas: Vec::new(),
        columns: Vec::new(),
        rows: Vec::new(),
    }
}

pub(super) fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
