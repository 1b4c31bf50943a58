//! The page of a map.

use wardmote_domain::period::{Month, Period};
use wardmote_evidence::local;
use wardmote_reports::site::{AreaRow, AreaTable, Choice, LegendRow, MapChoices, MapData, MapPage};
use wardmote_reports::tiles::LAST_ZOOM;
use wardmote_reports::{Chart, ChartKind, ChoroplethMap, ClassBreak, MapArea, Table};

use super::super::areas::months_chart;
use super::super::vintage::Vintage;
use super::asked::{Asked, Show, levels, measures, shows};
use super::view::{View, letter, view};

/// Rows of the page's table; the file has all.
const MOST_ROWS: usize = 1_000;

/// A page that says that there is nothing to draw.
pub(super) fn empty(vintage: &Vintage) -> MapPage {
    MapPage {
        lead: vec!["Nothing can be shown: no open source has brought anything.".into()],
        table: AreaTable { caption: "No areas".into(), ..AreaTable::default() },
        not_known: vintage.home.not_known.clone(),
        ..MapPage::default()
    }
}

pub(super) fn page(vintage: &Vintage, asked: &Asked<'_>, query: &str) -> anyhow::Result<MapPage> {
    let shown = view(vintage, asked)?;
    let mut lead = asked.notes.clone();
    lead.extend(shown.lead.iter().cloned());
    let picture = picture(vintage, asked, &shown);
    let mut not_known = vintage.home.not_known.clone();
    if picture.is_none() {
        not_known.push(format!(
            "No outlines of {} are loaded, so they cannot be drawn; the table has them all.",
            asked.level.tier.in_words_plural()
        ));
    }
    let home = vintage.observed.home()?;
    let months = local::months(&vintage.observed, asked.measure, home)?;
    Ok(MapPage {
        lead,
        choices: choices(vintage, asked)?,
        legend: legend(&shown),
        reading: shown.reading.clone(),
        picture,
        table: table(asked, &shown),
        months: months.map(|(_, months)| months_chart(vintage, asked.measure, &months)),
        data: Some(data(vintage, asked, query)),
        origin: origin(vintage, asked),
        not_known,
        ..MapPage::default()
    })
}

fn title(asked: &Asked<'_>) -> String {
    let what = match asked.show {
        Show::Rate => format!("{}, {}", asked.measure.title, asked.measure.rate_unit()),
        Show::Share => format!("{}, per cent", asked.measure.title),
        Show::Count => asked.measure.title.clone(),
        Show::Spots => format!("Hot and cold spots of {}", asked.measure.title.to_lowercase()),
    };
    format!("{what}, by {}, {}", asked.level.tier.in_words(), asked.period.in_words())
}

fn picture(vintage: &Vintage, asked: &Asked<'_>, shown: &View) -> Option<Chart> {
    let outlines = vintage.ground.picture(asked.level);
    if outlines.is_empty() {
        return None;
    }
    let source = vintage.observed.sources.get(&asked.measure.numerator.source);
    let area = |(code, polygons): &(String, _)| {
        let area = shown.areas.iter().find(|area| area.code.as_str() == code)?;
        Some(MapArea {
            code: code.clone(),
            name: area.name.clone(),
            polygons: Clone::clone(polygons),
            value: area.class.as_ref().ok().map(|class| *class as f64),
            note: area.class.as_ref().err().cloned(),
        })
    };
    let class =
        |(index, label): (usize, &String)| ClassBreak { upper: index as f64, label: label.clone() };
    let title = title(asked);
    Some(Chart {
        finding: shown.lead.join(" "),
        source: source.map(|source| source.publisher.clone()).unwrap_or_default(),
        kind: ChartKind::Map(ChoroplethMap {
            areas: outlines.iter().filter_map(area).collect(),
            classes: shown.classes.iter().enumerate().map(class).collect(),
            legend_title: shown.legend_title.clone(),
            scale: shown.scale,
        }),
        // The page has its own, with a link to each area.
        table: Table { caption: title.clone(), columns: Vec::new(), rows: Vec::new(), note: None },
        title,
    })
}

fn legend(shown: &View) -> Vec<LegendRow> {
    let n_classes = shown.classes.len();
    let row = |(index, label): (usize, &String)| {
        let (fill, ink) = shown.scale.colours(index, n_classes);
        LegendRow {
            letter: Some(letter(index)),
            label: label.clone(),
            fill: Some(fill),
            ink,
            n_areas: shown.areas.iter().filter(|area| area.class.as_ref() == Ok(&index)).count(),
        }
    };
    let mut rows: Vec<LegendRow> = shown.classes.iter().enumerate().map(row).collect();
    let mut reasons: Vec<&String> =
        shown.areas.iter().filter_map(|area| area.class.as_ref().err()).collect();
    reasons.sort_unstable();
    for reason in reasons.chunk_by(|a, b| a == b) {
        let label = reason[0].clone();
        rows.push(LegendRow {
            letter: None,
            label,
            fill: None,
            ink: "#0b0c0c",
            n_areas: reason.len(),
        });
    }
    rows
}

fn table(asked: &Asked<'_>, shown: &View) -> AreaTable {
    let row = |area: &super::view::Area| AreaRow {
        code: area.code.to_string(),
        name: area.name.clone(),
        cells: area.cells.clone(),
    };
    let area = super::view::capital(asked.level.tier.in_words());
    AreaTable {
        caption: title(asked),
        columns: std::iter::once(area).chain(shown.columns.iter().cloned()).collect(),
        rows: shown.areas.iter().take(MOST_ROWS).map(row).collect(),
        n_more: shown.areas.len().saturating_sub(MOST_ROWS),
    }
}

fn choices(vintage: &Vintage, asked: &Asked<'_>) -> anyhow::Result<MapChoices> {
    let choice = |value: String, label: String, chosen: bool| Choice { value, label, chosen };
    let run = vintage.observed.known_run(&asked.measure.numerator.source)?;
    let first = run.map_or(asked.period.first(), |(first, _)| first.min(asked.period.first()));
    let last = run.map_or(asked.period.last(), |(_, last)| last.max(asked.period.last()));
    let months: Vec<Month> =
        Period::run(first, last).map(|run| run.months().collect()).unwrap_or_default();
    let of = |chosen: Month| -> Vec<Choice> {
        let one = |month: &Month| choice(month.to_string(), month.in_words(), *month == chosen);
        months.iter().rev().map(one).collect()
    };
    let possible = shows(vintage, asked.measure);
    let shows = Show::ALL.iter().filter(|(show, ..)| possible.contains(show));
    Ok(MapChoices {
        measures: measures(vintage)?
            .into_iter()
            .map(|(one, _)| choice(one.id.clone(), one.title.clone(), one.id == asked.measure.id))
            .collect(),
        levels: levels(vintage)?
            .into_iter()
            .map(|level| {
                let words = super::view::capital(level.tier.in_words_plural());
                choice(level.to_string(), words, level == asked.level)
            })
            .collect(),
        shows: shows
            .map(|(show, word, label)| {
                choice((*word).to_owned(), (*label).to_owned(), *show == asked.show)
            })
            .collect(),
        from: of(asked.period.first()),
        to: of(asked.period.last()),
    })
}

fn data(vintage: &Vintage, asked: &Asked<'_>, query: &str) -> MapData {
    let base = &vintage.site.base;
    let bounds = vintage.ground.bounds(asked.level);
    MapData {
        values: format!("{base}map/areas.json?{query}"),
        csv: format!("{base}map/areas.csv?{query}"),
        tiles: bounds.map(|_| format!("{base}map/tiles/{}/{{z}}/{{x}}/{{y}}", asked.level)),
        last_zoom: LAST_ZOOM,
        bounds: bounds.map_or_else(String::new, |bounds| {
            bounds.map(|degrees| format!("{degrees:.5}")).join(" ")
        }),
        basemap: vintage.ground.basemap.clone(),
    }
}

fn origin(vintage: &Vintage, asked: &Asked<'_>) -> Vec<String> {
    let measure = asked.measure;
    let source = vintage.observed.sources.get(&measure.numerator.source);
    let mut lines = vec![
        format!("Measure {}, version {}: {}", measure.id, measure.version, measure.definition),
        format!("Counted: {}.", measure.numerator.in_words()),
    ];
    lines.extend(
        source.map(|source| {
            format!("Published by {}, licence {}.", source.publisher, source.licence)
        }),
    );
    if let (Show::Share, Some(whole)) = (asked.show, &measure.share_of) {
        lines.push(format!("As a share of: {}.", whole.in_words()));
    }
    if asked.show == Show::Rate {
        lines.extend(measure.denominator.as_ref().map(|name| format!("Residents: {name}.")));
    }
    lines.push(format!("Months: {}.", asked.period.in_words()));
    lines.push(
        "Outlines: those that are loaded, in metres of the British National Grid; larger areas are put together from \
         small ones."
            .into(),
    );
    lines.push(format!("Evidence vintage {}.", vintage.observed.snapshot));
    lines
}
