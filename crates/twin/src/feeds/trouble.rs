//! What goes wrong between a partner and the partnership, by request.
//!
//! Each trouble changes only what it says: the months beside it, and what is planted, stay as they
//! are. Revisions and dirty files stand in folders of their own, beside the clean ones. Troubles are
//! made in the order in which they are asked for, so a revision after a late month is of what came.

use serde::{Deserialize, Serialize};
use wardmote_domain::period::Month;

use super::files::FeedFile;
use super::landlord::PUBLISHER;
use super::truth::MadeTrouble;
use super::{Feed, Ground};
use crate::TwinError;
use crate::draws::Draws;

/// Streams of troubles, apart from those of the feeds; a month's come from its index.
const STREAM: u64 = 3 << 32;

const REVISION_WITHDRAWS: usize = 5;
const REVISION_ADDS: usize = 12;
const WRONG_DATES: [&str; 4] = ["31/02/2024", "15/13/2024", "yesterday", "45321"];
const UNKNOWN_KIND: &str = "Misc (see notes)";
const N_UNKNOWN_KINDS: usize = 3;
const N_BLANK_ROWS: usize = 4;
const PERSONAL_COLUMN: &str = "Tenant name";
const HEADER_WITH_PERSONAL_COLUMN: &str =
    "Date reported,Type of nuisance,LSOA code,Publisher,Tenant name";

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Trouble {
    /// A monthly file is not there.
    Missing {
        /// The feed.
        feed: Feed,
        /// The month.
        month: Month,
    },
    /// A monthly file holds the first half of its rows.
    Late {
        /// The feed.
        feed: Feed,
        /// The month, as a rule the last.
        month: Month,
    },
    /// `revisions/` holds a second version of the landlord's file, with rows withdrawn and added.
    Revised {
        /// The month.
        month: Month,
    },
    /// `dirty/` holds the landlord's file with rows that no reader can take as they are, and once
    /// more with a column that seems to name people.
    Dirty {
        /// The month.
        month: Month,
    },
}

pub(super) fn make(
    troubles: &[Trouble],
    files: &mut Vec<FeedFile>,
    ground: &Ground,
) -> Result<Vec<MadeTrouble>, TwinError> {
    let mut made = Vec::new();
    for &trouble in troubles {
        match trouble {
            Trouble::Missing { feed, month } => {
                let file = files.remove(find(files, feed, month)?);
                let rows_lost = file.rows.len();
                made.push(MadeTrouble { rows_lost, ..MadeTrouble::new(trouble, file.path) });
            }
            Trouble::Late { feed, month } => {
                let at = find(files, feed, month)?;
                let file = &mut files[at];
                let rows_lost = file.rows.len() / 2;
                file.rows.truncate(file.rows.len() - rows_lost);
                let path = file.path.clone();
                made.push(MadeTrouble { rows_lost, ..MadeTrouble::new(trouble, path) });
            }
            Trouble::Revised { month } => {
                let (file, revised) = revision(trouble, landlord(files, month)?, ground);
                made.push(revised);
                files.push(file);
            }
            Trouble::Dirty { month } => {
                let clean = landlord(files, month)?;
                for (file, dirty) in
                    [dirty_rows(trouble, clean.clone(), ground), personal_column(trouble, &clean)]
                {
                    made.push(dirty);
                    files.push(file);
                }
            }
        }
    }
    Ok(made)
}

/// The clean monthly file; revised and dirty ones stand in other folders.
fn find(files: &[FeedFile], feed: Feed, month: Month) -> Result<usize, TwinError> {
    let found = files.iter().position(|file| {
        (file.feed, file.month) == (feed, Some(month)) && file.path.starts_with(feed.folder())
    });
    found.ok_or(TwinError::NothingToSpoil { feed, month })
}

fn landlord(files: &[FeedFile], month: Month) -> Result<FeedFile, TwinError> {
    Ok(files[find(files, Feed::LandlordAsb, month)?].clone())
}

fn draws(ground: &Ground, file: &FeedFile) -> Draws {
    let month = file.month.map_or(0, Month::index);
    Draws::new(ground.seed, STREAM + u64::from(month.unsigned_abs()))
}

fn revision(trouble: Trouble, clean: FeedFile, ground: &Ground) -> (FeedFile, MadeTrouble) {
    let mut draws = draws(ground, &clean);
    let path = clean.path.replacen("landlord-asb/", "revisions/", 1);
    let mut rows = clean.rows;
    let rows_lost = REVISION_WITHDRAWS.min(rows.len());
    for _ in 0..rows_lost {
        rows.remove(draws.below(rows.len()));
    }
    // Cases that came to light late, on days and in places that others have too.
    let rows_gained = if rows.is_empty() { 0 } else { REVISION_ADDS };
    let late: Vec<String> = (0..rows_gained)
        .map(|_| with_kind(&rows[draws.below(rows.len())], "Drugs and alcohol"))
        .collect();
    rows.extend(late);
    // Dates of one month sort as text.
    rows.sort();
    let made = MadeTrouble { rows_lost, rows_gained, ..MadeTrouble::new(trouble, path.clone()) };
    (FeedFile { path, rows, ..clean }, made)
}

/// The clean rows, with some spoilt and blank ones put in between.
fn dirty_rows(trouble: Trouble, clean: FeedFile, ground: &Ground) -> (FeedFile, MadeTrouble) {
    let mut draws = draws(ground, &clean);
    let path = dirty_path(&clean, "dirty-rows");
    let wrong_dates =
        WRONG_DATES.map(|date| format!("{date},Noise,{},{PUBLISHER}", ground.area(&mut draws)));
    let mut spoilt = wrong_dates.to_vec();
    if let Some(row) = clean.rows.first() {
        spoilt.extend(vec![with_kind(row, UNKNOWN_KIND); N_UNKNOWN_KINDS]);
    }
    let unknown_kinds = spoilt.len() - WRONG_DATES.len();
    spoilt.extend(vec![",,,".to_owned(); N_BLANK_ROWS]);
    let mut rows = clean.rows;
    let rows_gained = spoilt.len();
    for row in spoilt {
        rows.insert(draws.below(rows.len() + 1), row);
    }
    let made = MadeTrouble {
        rows_gained,
        wrong_dates: WRONG_DATES.len(),
        unknown_kinds,
        blank_rows: N_BLANK_ROWS,
        ..MadeTrouble::new(trouble, path.clone())
    };
    (FeedFile { path, rows, ..clean }, made)
}

/// The clean rows under a heading that names people; its cells say that there are none.
fn personal_column(trouble: Trouble, clean: &FeedFile) -> (FeedFile, MadeTrouble) {
    let path = dirty_path(clean, "personal-column");
    let rows = clean.rows.iter().map(|row| format!("{row},SYNTHETIC nobody")).collect();
    let made = MadeTrouble {
        personal_column: Some(PERSONAL_COLUMN.to_owned()),
        ..MadeTrouble::new(trouble, path.clone())
    };
    (FeedFile { path, header: HEADER_WITH_PERSONAL_COLUMN, rows, ..clean.clone() }, made)
}

fn dirty_path(clean: &FeedFile, stem: &str) -> String {
    let month = clean.month.map(|month| month.to_string()).unwrap_or_default();
    format!("dirty/landlord-asb-{stem}-{month}.csv")
}

fn with_kind(row: &str, kind: &str) -> String {
    let cells: Vec<&str> = row.split(',').collect();
    format!("{},{kind},{},{PUBLISHER}", cells[0], cells[2])
}
