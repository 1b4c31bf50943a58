//! What lies in what: lookups between levels, and changes of small areas between vintages.

use std::collections::{BTreeMap, HashSet};

use wardmote_domain::area::{AreaCode, AreaLevel};

use super::sheet::Sheet;
use super::{GeographyError, GeographyFile, Sink};
use crate::links::BY_RESIDENTS;
use crate::rows::LinkRow;
use crate::source::{Column, Fit, LookupColumn, ParentColumn};

/// Where a level's areas stand in a lookup.
struct Located {
    level: AreaLevel,
    code: usize,
    heading: String,
    name: Option<usize>,
    fit: Fit,
}

pub(super) fn read(
    file: &GeographyFile<'_>,
    from: &LookupColumn,
    to: &[ParentColumn],
    sink: &mut Sink<'_>,
) -> Result<(), GeographyError> {
    let sheet = Sheet::open(file.path, file.bytes)?;
    let locate = |level, code: &Column, name: &Option<Column>, fit| {
        let (code, heading) = sheet.column(code)?;
        let name =
            name.as_ref().map(|name| sheet.column(name)).transpose()?.map(|(index, _)| index);
        Ok(Located { level, code, heading, name, fit })
    };
    let from = locate(from.level, &from.code, &from.name, Fit::Exact)?;
    let to = to.iter().map(|to| locate(to.level, &to.code, &to.name, to.fit));
    let to = to.collect::<Result<Vec<_>, GeographyError>>()?;
    let mut seen: HashSet<(AreaLevel, AreaCode)> = HashSet::new();
    let mut linked: HashSet<(AreaCode, AreaLevel, AreaCode)> = HashSet::new();
    sheet.each(sink, |sink, line, record| {
        let cell = |index: usize| record.get(index).unwrap_or_default().trim();
        let name = |of: &Located| of.name.map(cell).unwrap_or_default();
        let Some(child) = sink.code(line, &from.heading, cell(from.code)) else { return false };
        let mut parents = Vec::with_capacity(to.len());
        for parent in &to {
            let Some(code) = sink.code(line, &parent.heading, cell(parent.code)) else {
                return false;
            };
            parents.push((parent, code));
        }
        if seen.insert((from.level, child.clone())) {
            sink.area(child.clone(), from.level, name(&from), None);
        }
        for (parent, code) in parents {
            if seen.insert((parent.level, code.clone())) {
                sink.area(code.clone(), parent.level, name(parent), None);
            }
            // A lookup from output areas names each pair of larger areas many times.
            if linked.insert((child.clone(), parent.level, code.clone())) {
                let load_id = sink.load_id();
                sink.rows.links.push(LinkRow {
                    from_code: child.clone(),
                    from_level: from.level,
                    to_code: code,
                    to_level: parent.level,
                    weight: 1.0,
                    fit: parent.fit.slug().to_owned(),
                    load_id,
                });
            }
        }
        true
    });
    Ok(())
}

/// The areas of both censuses that lie in one another, and by how much where one lies in several.
pub(super) fn read_change(
    file: &GeographyFile<'_>,
    lsoa_2011: &Column,
    lsoa_2021: &Column,
    sink: &mut Sink<'_>,
) -> Result<(), GeographyError> {
    let sheet = Sheet::open(file.path, file.bytes)?;
    let (old, old_heading) = sheet.column(lsoa_2011)?;
    let (new, new_heading) = sheet.column(lsoa_2021)?;
    let mut pairs: Vec<(AreaCode, AreaCode)> = Vec::new();
    sheet.each(sink, |sink, line, record| {
        let cell = |index: usize| record.get(index).unwrap_or_default().trim();
        let Some(old) = sink.code(line, &old_heading, cell(old)) else { return false };
        let Some(new) = sink.code(line, &new_heading, cell(new)) else { return false };
        pairs.push((old, new));
        true
    });
    let count = |of: fn(&(AreaCode, AreaCode)) -> &AreaCode| {
        let mut counts: BTreeMap<&AreaCode, usize> = BTreeMap::new();
        for pair in &pairs {
            *counts.entry(of(pair)).or_default() += 1;
        }
        counts
    };
    let (of_old, of_new) = (count(|pair| &pair.0), count(|pair| &pair.1));
    let mut links = Vec::new();
    for (old, new) in &pairs {
        let mut link = |from: (&AreaCode, AreaLevel), to: (&AreaCode, AreaLevel)| {
            links.push(LinkRow {
                from_code: from.0.clone(),
                from_level: from.1,
                to_code: to.0.clone(),
                to_level: to.1,
                weight: 1.0,
                fit: Fit::Exact.slug().to_owned(),
                load_id: sink.load_id(),
            });
        };
        // Only a step to a single area is exact: the child of a split has one parent, an area that
        // was merged one successor; an area that was split has none.
        if of_new.get(new) == Some(&1) {
            link((new, AreaLevel::LSOA_2021), (old, AreaLevel::LSOA_2011));
        }
        if of_old.get(old) == Some(&1) {
            link((old, AreaLevel::LSOA_2011), (new, AreaLevel::LSOA_2021));
        }
    }
    // A part of an area has a share of it by the residents of the parts.
    let mut share = |of: &AreaCode, of_level, parts: Vec<&AreaCode>, level, residents| {
        let residents: &BTreeMap<AreaCode, u64> = residents;
        let counts: Option<Vec<u64>> =
            parts.iter().map(|part| residents.get(*part).copied()).collect();
        let Some(counts) = counts.filter(|counts| counts.iter().sum::<u64>() > 0) else {
            return;
        };
        let all: u64 = counts.iter().sum();
        for (part, count) in parts.into_iter().zip(counts) {
            links.push(LinkRow {
                from_code: of.clone(),
                from_level: of_level,
                to_code: part.clone(),
                to_level: level,
                weight: count as f64 / all as f64,
                fit: BY_RESIDENTS.to_owned(),
                load_id: sink.load_id(),
            });
        }
    };
    if let Some(sharing) = file.sharing {
        let (old_level, new_level) = (AreaLevel::LSOA_2011, AreaLevel::LSOA_2021);
        for (old, _) in of_old.iter().filter(|(_, n)| **n > 1) {
            let parts = pairs.iter().filter(|pair| pair.0 == **old).map(|pair| &pair.1).collect();
            share(old, old_level, parts, new_level, &sharing.lsoa_2021);
        }
        for (new, _) in of_new.iter().filter(|(_, n)| **n > 1) {
            let parts = pairs.iter().filter(|pair| pair.1 == **new).map(|pair| &pair.0).collect();
            share(new, new_level, parts, old_level, &sharing.lsoa_2011);
        }
    }
    sink.rows.links = links;
    for code in of_old.keys() {
        sink.area((*code).clone(), AreaLevel::LSOA_2011, "", None);
    }
    for code in of_new.keys() {
        sink.area((*code).clone(), AreaLevel::LSOA_2021, "", None);
    }
    Ok(())
}
