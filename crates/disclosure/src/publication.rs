//! All that one publication says about controlled sources: cells, and the sums that link them.

use std::collections::BTreeMap;

/// Why a publication cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicationError {
    /// The same number cannot have two values.
    #[error("cell {key} is given as {first} and as {second}")]
    TwoValues {
        /// The cell's key.
        key: String,
        /// The value given first.
        first: u64,
        /// Another.
        second: u64,
    },
    /// A relation names a cell that was never given.
    #[error("the sum for {total} names a cell {key} that is not in the publication")]
    UnknownCell {
        /// The cell that the sum adds up to.
        total: String,
        /// The cell that is missing.
        key: String,
    },
    /// A cell counts once in a sum.
    #[error("cell {key} stands twice in the sum for {total}")]
    Twice {
        /// The cell that the sum adds up to.
        total: String,
        /// The cell that stands twice.
        key: String,
    },
    /// Strands that overlap do not add up, and must not be given as a sum.
    #[error("the parts of {total} add up to {sum}, not to {value}")]
    DoesNotAddUp {
        /// The cell that the sum should add up to.
        total: String,
        /// Its value.
        value: u64,
        /// What its parts add up to.
        sum: u64,
    },
    /// What is a part of another cannot be larger.
    #[error(
        "{part} ({part_value}) is larger than {whole} ({whole_value}), whose part it is said to be"
    )]
    LargerThanWhole {
        /// The part.
        part: String,
        /// Its value.
        part_value: u64,
        /// The whole.
        whole: String,
        /// Its value.
        whole_value: u64,
    },
    /// Values from here upwards cannot be told apart by the optimiser.
    #[error("cell {key} of {value} is above the largest count that can be protected, {largest}")]
    TooLarge {
        /// The cell's key.
        key: String,
        /// Its value.
        value: u64,
        /// The largest value allowed.
        largest: u64,
    },
}

/// The largest count: the attacker's arithmetic is exact far beyond it, the optimiser's is not.
pub(crate) const LARGEST: u64 = 1_000_000_000;

/// Who may see a cell. Where a key is given twice, the more visible holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visibility {
    /// Never shown, but an attacker can reason about it: a difference between two publications, or
    /// a cell that an earlier one withheld.
    Hidden,
    /// Shown unless it is withheld.
    Controlled,
    /// From an open source, or published before: its value is known and cannot be taken back.
    Known,
}

/// One number. The same measure, area, period and category is one cell, in however many tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Names the cell; stable over tables and publications.
    pub key: String,
    /// The true count.
    pub value: u64,
    /// Who may see it.
    pub visibility: Visibility,
    /// What it costs to withhold it. By default the number of binary digits of its value, so that
    /// the total of a district (1,000: 10) goes after many small cells, but not after any number.
    pub cost: u32,
}

/// A sum: `total` equals the sum of `parts`, by position among the publication's cells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sum {
    pub(crate) total: usize,
    pub(crate) parts: Vec<usize>,
}

impl Sum {
    /// Each cell with its sign in `parts - total = 0`.
    pub(crate) fn terms(&self) -> impl Iterator<Item = (usize, i64)> + '_ {
        let parts = self.parts.iter().map(|&cell| (cell, 1));
        std::iter::once((self.total, -1)).chain(parts)
    }
}

/// Cells and the sums that link them, in the order of their keys however they were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    cells: Vec<Cell>,
    sums: Vec<Sum>,
    /// For each cell the sums in which it stands.
    sums_of: Vec<Vec<usize>>,
}

impl Publication {
    /// Starts an empty publication.
    pub fn builder() -> PublicationBuilder {
        PublicationBuilder::default()
    }

    /// The cells, by key.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Number of distinct sums.
    pub fn n_sums(&self) -> usize {
        self.sums.len()
    }

    /// Where the cell of this key stands among [`Publication::cells`].
    pub fn position(&self, key: &str) -> Option<usize> {
        self.cells.binary_search_by(|cell| cell.key.as_str().cmp(key)).ok()
    }

    pub(crate) fn sums(&self) -> &[Sum] {
        &self.sums
    }

    pub(crate) fn sums_of(&self, cell: usize) -> &[usize] {
        &self.sums_of[cell]
    }
}

/// Collects the cells and sums of all tables, sentences, charts and maps of one publication.
#[derive(Debug, Clone, Default)]
pub struct PublicationBuilder {
    cells: Vec<Cell>,
    sums: Vec<(String, Vec<String>)>,
    differences: Vec<(String, String, String)>,
}

impl PublicationBuilder {
    /// A cell from a controlled source.
    #[must_use]
    pub fn controlled(self, key: impl Into<String>, value: u64) -> Self {
        self.cell(key, value, Visibility::Controlled)
    }

    /// A cell whose value is known already: from an open source, or published before.
    #[must_use]
    pub fn known(self, key: impl Into<String>, value: u64) -> Self {
        self.cell(key, value, Visibility::Known)
    }

    /// A cell that is not shown, but stands in sums with cells that are, such as one that an earlier
    /// publication withheld.
    #[must_use]
    pub fn hidden(self, key: impl Into<String>, value: u64) -> Self {
        self.cell(key, value, Visibility::Hidden)
    }

    fn cell(self, key: impl Into<String>, value: u64, visibility: Visibility) -> Self {
        self.with_cost(key, value, visibility, u64::BITS - value.max(1).leading_zeros())
    }

    /// A cell with what it costs to withhold it; of two costs for one key the larger holds.
    #[must_use]
    pub fn with_cost(
        mut self,
        key: impl Into<String>,
        value: u64,
        visibility: Visibility,
        cost: u32,
    ) -> Self {
        self.cells.push(Cell { key: key.into(), value, visibility, cost });
        self
    }

    /// States that the cell `total` is the sum of `parts`. Not for strands that overlap.
    #[must_use]
    pub fn sum<K: Into<String>>(
        mut self,
        total: impl Into<String>,
        parts: impl IntoIterator<Item = K>,
    ) -> Self {
        self.sums.push((total.into(), parts.into_iter().map(Into::into).collect()));
        self
    }

    /// States that everything counted in `part` is counted in `whole` too, so that what lies
    /// between them is a count of its own: a revised figure and the earlier one, a city and the
    /// ward that was left out. The difference becomes a hidden cell of the given key.
    #[must_use]
    pub fn part_of(
        mut self,
        difference: impl Into<String>,
        part: impl Into<String>,
        whole: impl Into<String>,
    ) -> Self {
        self.differences.push((difference.into(), part.into(), whole.into()));
        self
    }

    /// Unifies cells of the same key and checks that all sums add up.
    pub fn build(self) -> Result<Publication, PublicationError> {
        let Self { cells: given, mut sums, differences } = self;
        let mut cells = BTreeMap::<String, Cell>::new();
        for cell in given {
            unify(&mut cells, cell)?;
        }
        for (difference, part, whole) in differences {
            let value_of = |key: &String| {
                let found = cells.get(key).map(|cell| cell.value);
                found.ok_or_else(|| PublicationError::UnknownCell {
                    total: whole.clone(),
                    key: key.clone(),
                })
            };
            let (part_value, whole_value) = (value_of(&part)?, value_of(&whole)?);
            let Some(value) = whole_value.checked_sub(part_value) else {
                return Err(PublicationError::LargerThanWhole {
                    part,
                    part_value,
                    whole,
                    whole_value,
                });
            };
            let key = difference.clone();
            unify(&mut cells, Cell { key, value, visibility: Visibility::Hidden, cost: 0 })?;
            sums.push((whole, vec![part, difference]));
        }
        let cells: Vec<Cell> = cells.into_values().collect();
        let sums = sums.iter().map(|(total, parts)| resolve(&cells, total, parts));
        let mut sums = sums.collect::<Result<Vec<_>, _>>()?;
        sums.sort_unstable();
        sums.dedup();
        let mut sums_of = vec![Vec::new(); cells.len()];
        for (index, sum) in sums.iter().enumerate() {
            for (cell, _) in sum.terms() {
                sums_of[cell].push(index);
            }
        }
        Ok(Publication { cells, sums, sums_of })
    }
}

fn unify(cells: &mut BTreeMap<String, Cell>, cell: Cell) -> Result<(), PublicationError> {
    if cell.value > LARGEST {
        let Cell { key, value, .. } = cell;
        return Err(PublicationError::TooLarge { key, value, largest: LARGEST });
    }
    let Some(before) = cells.get_mut(&cell.key) else {
        cells.insert(cell.key.clone(), cell);
        return Ok(());
    };
    if before.value != cell.value {
        let (first, second) = (before.value.min(cell.value), before.value.max(cell.value));
        return Err(PublicationError::TwoValues { key: cell.key, first, second });
    }
    before.visibility = before.visibility.max(cell.visibility);
    before.cost = before.cost.max(cell.cost);
    Ok(())
}

fn resolve(cells: &[Cell], total: &str, parts: &[String]) -> Result<Sum, PublicationError> {
    let find = |key: &str| {
        cells.binary_search_by(|cell| cell.key.as_str().cmp(key)).map_err(|_| {
            PublicationError::UnknownCell { total: total.to_owned(), key: key.to_owned() }
        })
    };
    let total_index = find(total)?;
    let mut indices = parts.iter().map(|key| find(key)).collect::<Result<Vec<_>, _>>()?;
    indices.sort_unstable();
    let twice = indices.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
    let twice = twice.or_else(|| indices.contains(&total_index).then_some(total_index));
    if let Some(cell) = twice {
        let (total, key) = (total.to_owned(), cells[cell].key.clone());
        return Err(PublicationError::Twice { total, key });
    }
    let sum = indices.iter().map(|&cell| cells[cell].value).sum();
    let value = cells[total_index].value;
    if sum != value {
        return Err(PublicationError::DoesNotAddUp { total: total.to_owned(), value, sum });
    }
    Ok(Sum { total: total_index, parts: indices })
}
