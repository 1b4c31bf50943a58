//! From cells to the sums between them.
//!
//! Cells overlap: a month lies in a year, an area in a district, a strand in the whole. All of them are
//! sums of atoms, the rows that exactly the same cells count: with the atoms as cells that nobody sees,
//! every way in which cells can be added or subtracted is a sum over atoms.

use std::collections::{BTreeMap, BTreeSet};

use wardmote_disclosure::{Publication, PublicationBuilder};
use wardmote_domain::period::Month;

use super::{Cell, DisclosureRules, ProtectionError, Said};
use crate::measure::Selection;
use crate::observed::{Microdata, Observed, Place};

/// Why cells cannot be taken apart.
#[derive(Debug, thiserror::Error)]
pub enum AtomsError {
    /// A defect of ours, found before anything was published.
    #[error("cell {key} was noted as {noted}, and its rows are {counted}; nothing is published")]
    Mismatch {
        /// The cell.
        key: String,
        /// As it would have been printed.
        noted: u64,
        /// The sum of its rows.
        counted: u64,
    },
    /// Years beside their own quarters cannot be taken apart.
    #[error(
        "source {source_id:?} is controlled, and its table has totals of periods that overlap; give months, or \
         the periods that do not"
    )]
    Overlapping {
        /// The source.
        source_id: String,
    },
}

/// Cells that are counted from the same rows: a source, and its repeats apart.
type Family = (String, Option<u32>);

/// Everything that the publication says of controlled sources, with what was said before.
pub(super) fn publication(
    observed: &Observed,
    noted: &BTreeMap<String, (Cell, u64)>,
    earlier: &[&Said],
    rules: &DisclosureRules,
) -> Result<Publication, ProtectionError> {
    let mut families: BTreeMap<Family, BTreeMap<String, Cell>> = BTreeMap::new();
    let family = |cell: &Cell| (cell.rows.source.clone(), cell.rows.repeats_within_months);
    for (key, (cell, _)) in noted {
        families.entry(family(cell)).or_default().insert(key.clone(), cell.clone());
    }
    for said in earlier.iter().flat_map(|said| &said.cells) {
        if observed.is_controlled(&said.cell.rows.source) {
            families
                .entry(family(&said.cell))
                .or_default()
                .insert(said.cell.key(), said.cell.clone());
        }
    }
    let mut builder = Publication::builder();
    let mut now = BTreeMap::new();
    for ((source, repeats), cells) in &families {
        builder = add_family(observed, builder, source, *repeats, cells, &mut now)?;
    }
    for (key, (_, value)) in noted {
        let counted = now.get(key).copied().unwrap_or_default();
        if counted != *value {
            let (key, noted) = (key.clone(), *value);
            return Err(AtomsError::Mismatch { key, noted, counted }.into());
        }
        builder = builder.controlled(key.clone(), *value);
    }
    builder = add_repeats(builder, &families, &now);
    builder = add_earlier(builder, earlier, &now, rules);
    Ok(builder.build()?)
}

/// Adds the cells of one family with their atoms, and notes their present values.
fn add_family(
    observed: &Observed,
    mut builder: PublicationBuilder,
    source: &str,
    repeats: Option<u32>,
    cells: &BTreeMap<String, Cell>,
    now: &mut BTreeMap<String, u64>,
) -> Result<PublicationBuilder, ProtectionError> {
    let data = observed.microdata(source, repeats)?;
    if data.overlaps() {
        return Err(AtomsError::Overlapping { source_id: source.to_owned() }.into());
    }
    let cells: Vec<(&String, &Cell)> = cells.iter().collect();
    let atoms = Atoms::of(observed, &data, &cells)?;
    let mut parts: Vec<Vec<String>> = vec![Vec::new(); cells.len()];
    let mut values = vec![0; cells.len()];
    for (index, (of, n)) in atoms.0.iter().enumerate() {
        let span = repeats.map(|months| format!(" repeats {months}")).unwrap_or_default();
        let by: Vec<&str> = of.iter().take(2).map(|&cell| cells[cell].0.as_str()).collect();
        let more = if of.len() > 2 { " and others" } else { "" };
        let by = by.join(" and ");
        let key = format!("rows of {source}{span} ({index:06}) that count in {by}{more} alone");
        builder = builder.hidden(key.clone(), *n);
        for &cell in of {
            parts[cell].push(key.clone());
            values[cell] += n;
        }
    }
    for (((key, _), parts), value) in cells.into_iter().zip(parts).zip(values) {
        now.insert(key.clone(), value);
        builder = builder.hidden(key.clone(), value);
        builder = builder.sum(key.clone(), parts);
    }
    Ok(builder)
}

/// Repeats lie among the events of the same places and months: what is left are no repeats.
fn add_repeats(
    mut builder: PublicationBuilder,
    families: &BTreeMap<Family, BTreeMap<String, Cell>>,
    now: &BTreeMap<String, u64>,
) -> PublicationBuilder {
    for ((source, repeats), cells) in families {
        let Some(months) = repeats else { continue };
        for (key, cell) in cells {
            let rows = Selection { repeats_within_months: None, ..cell.rows.clone() };
            let whole = Cell { rows, ..cell.clone() }.key();
            if now.contains_key(&whole) {
                let rest = format!("no repeats within {months} months of {source}: {key}");
                builder = builder.part_of(rest, key.clone(), whole);
            }
        }
    }
    builder
}

/// Adds what was published before: the same number is known; another number for the same cell is
/// known too, and what lies between the two is a count of the rows that came or went.
fn add_earlier(
    mut builder: PublicationBuilder,
    earlier: &[&Said],
    now: &BTreeMap<String, u64>,
    rules: &DisclosureRules,
) -> PublicationBuilder {
    // A rounded number says less than a number, and is not known here.
    for said in earlier.iter().filter(|said| !said.rounded) {
        for cell in &said.cells {
            let key = cell.cell.key();
            let (Some(then), Some(now)) = (cell.value, now.get(&key)) else { continue };
            if then == *now {
                builder = builder.known(key, then);
                continue;
            }
            if !rules.revisions {
                continue;
            }
            let before = format!("{key} as published {}", said.published);
            let moved = format!("{key} moved since {}", said.published);
            builder = builder.known(before.clone(), then);
            builder = if then < *now {
                builder.part_of(moved, before, key)
            } else {
                builder.part_of(moved, key, before)
            };
        }
    }
    builder
}

/// Atoms: the cells, by position, that count exactly the same rows, with the number of these rows.
struct Atoms(Vec<(Vec<usize>, u64)>);

impl Atoms {
    fn of(
        observed: &Observed,
        data: &Microdata<'_>,
        cells: &[(&String, &Cell)],
    ) -> Result<Self, ProtectionError> {
        let mut places: Vec<Vec<&Place>> = Vec::with_capacity(cells.len());
        for (_, cell) in cells {
            let found = cell.places.iter().map(|code| observed.place_at(code, cell.level));
            places.push(found.collect::<Result<_, _>>()?);
        }
        // Each side of a row falls into a class by the cells that admit it there.
        let n = cells.len();
        let class = |admits: &dyn Fn(usize) -> bool| -> Vec<bool> { (0..n).map(admits).collect() };
        let wheres = data
            .wheres()
            .map(|here| class(&|cell| places[cell].iter().any(|place| here.lies_in(place))));
        let wheres = Classes::of(wheres);
        let whens = data.whens().map(|(first, last)| {
            class(&|cell| {
                let held = |month: Month| cells[cell].1.months.binary_search(&month).is_ok();
                held(first) && held(last)
            })
        });
        let whens = Classes::of(whens);
        let admitted: Vec<_> = cells.iter().map(|(_, cell)| cell.rows.admitted()).collect();
        let kinds = data.kinds().map(|(category, outcome, flags)| {
            class(&|cell| admitted[cell].admits(category.slug(), *outcome, *flags))
        });
        let kinds = Classes::of(kinds);
        let mut counts = BTreeMap::<(usize, usize, usize), u64>::new();
        for (at, when, kind, rows) in data.rows() {
            *counts.entry((wheres.class(at), whens.class(when), kinds.class(kind))).or_default() +=
                rows;
        }
        // Rows that could have been and are not there are atoms of zero: only we know that they are.
        let mut atoms = BTreeMap::<Vec<usize>, u64>::new();
        for (a, in_where) in wheres.distinct.iter().enumerate() {
            for (b, in_when) in whens.distinct.iter().enumerate() {
                let both: Vec<usize> = (0..n).filter(|&c| in_where[c] && in_when[c]).collect();
                for (c, in_kind) in kinds.distinct.iter().enumerate() {
                    let of: Vec<usize> =
                        both.iter().copied().filter(|&cell| in_kind[cell]).collect();
                    if !of.is_empty() {
                        *atoms.entry(of).or_default() +=
                            counts.get(&(a, b, c)).copied().unwrap_or_default();
                    }
                }
            }
        }
        Ok(Self(atoms.into_iter().collect()))
    }
}

/// Things sorted into classes by the cells that admit them.
struct Classes {
    distinct: Vec<Vec<bool>>,
    of: Vec<usize>,
}

impl Classes {
    fn of(signatures: impl Iterator<Item = Vec<bool>>) -> Self {
        let signatures: Vec<Vec<bool>> = signatures.collect();
        let distinct: BTreeSet<&Vec<bool>> = signatures.iter().collect();
        let distinct: Vec<Vec<bool>> = distinct.into_iter().cloned().collect();
        let of = signatures.iter().map(|one| distinct.binary_search(one).unwrap_or_default());
        Self { of: of.collect(), distinct }
    }

    fn class(&self, index: usize) -> usize {
        self.of[index]
    }
}
