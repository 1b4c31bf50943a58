//! Areas that, with their surroundings, stand out from the rest of the map.

use wardmote_lake::Boundary;
use wardmote_stats::spatial::PermutationSettings;
use wardmote_stats::spatial::gi_star::{GiStar, GiStarClass, gi_star};
use wardmote_stats::spatial::weights::{DEFAULT_TOLERANCE_METRES, queen_contiguity};

use super::{Drawing, Drawn, MapData, area_table, bar, taken_everywhere, unit_of};
use crate::declarations::MeasureChart;
use crate::measure::Measure;
use crate::numbers::{p_value, two_decimals};
use crate::observed::{Observed, ObservedError, Place};
use crate::take::Taken;
use crate::testing::ARRANGEMENTS;

/// A p value can be no less than 2 in so many and one. Corrected over some hundreds of areas, 999 could
/// not show a town centre of five; the twin's was missed so.
const SETTINGS: PermutationSettings = PermutationSettings { permutations: 9_999, ..ARRANGEMENTS };

const KINDS: [&str; 4] = ["cold spot", "neither is shown", "hot spot", "no neighbours"];

pub(super) fn draw(
    observed: &Observed,
    measure: &Measure,
    chart: &MeasureChart,
) -> Result<Drawn, ObservedError> {
    let level = chart.level.unwrap_or(observed.partnership.district_level);
    let outlines = observed.boundaries.get(&level).filter(|outlines| !outlines.is_empty());
    let outlines = outlines.ok_or(ObservedError::NoOutlines { level })?;
    let areas = level.tier.in_words_plural();
    let unit = unit_of(measure, chart.form);
    let nothing = |why: &str| Drawn {
        finding: format!("No hot spots can be drawn: {why}."),
        unit: unit.clone(),
        drawing: Drawing::Kinds(Vec::new(), Vec::new()),
        columns: Vec::new(),
        rows: Vec::new(),
    };
    let taken = match taken_everywhere(observed, measure, chart)? {
        Ok(taken) => taken,
        Err(why) => return Ok(nothing(why)),
    };
    let found = match found(&taken, outlines) {
        Ok(found) => found,
        Err(why) => return Ok(nothing(&why)),
    };
    let bars: Vec<_> = taken.iter().map(|(place, taken)| bar(place.name.clone(), taken)).collect();
    let (mut columns, mut rows) = area_table(measure, chart.form, &taken, &bars);
    columns.extend(["Gi*", "Corrected p", "Kind"].map(String::from));
    for (row, area) in rows.iter_mut().zip(&found.areas) {
        let p = area.adjusted_p.map_or_else(|| "none".to_owned(), p_value);
        row.extend([two_decimals(area.z), p, KINDS[kind(area.class)].to_owned()]);
    }
    let named = |class: GiStarClass| -> Vec<&str> {
        let areas = found.areas.iter().zip(&taken).filter(|(area, _)| area.class == class);
        areas.map(|(_, (place, _))| place.name.as_str()).collect()
    };
    let (hot, cold) = (named(GiStarClass::Hot), named(GiStarClass::Cold));
    let listed = |names: &[&str]| match names {
        [] => String::new(),
        few if few.len() <= 12 => format!(" ({})", few.join(", ")),
        many => format!(" (among them {})", many[..12].join(", ")),
    };
    let finding = format!(
        "{} ({unit}), {}, {}: of {} {areas}, {} are hot spots{} and {} are cold spots{}, each taken with its neighbours. Getis-Ord Gi*, {} random arrangements, seed {}, corrected over all areas of the map at {}%.",
        measure.title,
        observed.home()?.name,
        chart.period.in_words(),
        taken.len(),
        hot.len(),
        listed(&hot),
        cold.len(),
        listed(&cold),
        found.settings.permutations,
        found.settings.seed,
        100.0 * found.settings.level,
    );
    let kind_of = |code: &_| {
        let index = taken.iter().position(|(place, _)| place.code == *code)?;
        Some(kind(found.areas.get(index)?.class) as f64)
    };
    let drawn = |outline: &Boundary| MapData {
        value: kind_of(&outline.code),
        outline: outline.clone(),
        withheld: false,
    };
    let islands = found.areas.iter().any(|area| area.class == GiStarClass::Island);
    let kinds = &KINDS[..if islands { 4 } else { 3 }];
    Ok(Drawn {
        finding,
        drawing: Drawing::Kinds(
            outlines.iter().map(drawn).collect(),
            kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        ),
        unit,
        columns,
        rows,
    })
}

fn kind(class: GiStarClass) -> usize {
    match class {
        GiStarClass::Cold => 0,
        GiStarClass::NotSignificant => 1,
        GiStarClass::Hot => 2,
        GiStarClass::Island => 3,
    }
}

/// Gi* over the areas, neighbours where outlines meet.
fn found(taken: &[(&Place, Taken)], outlines: &[Boundary]) -> Result<GiStar, String> {
    let mut rings = Vec::with_capacity(taken.len());
    for (place, _) in taken {
        let outline = outlines.iter().find(|outline| outline.code == place.code);
        let outline = outline.ok_or_else(|| format!("no outline of {} is loaded", place.name))?;
        rings.push(outline.polygons.iter().flatten().cloned().collect::<Vec<_>>());
    }
    let weights =
        queen_contiguity(&rings, DEFAULT_TOLERANCE_METRES).map_err(|why| why.to_string())?;
    let values: Vec<f64> = taken.iter().map(|(_, taken)| taken.value).collect();
    gi_star(&values, &weights, SETTINGS).map_err(|why| why.to_string())
}
