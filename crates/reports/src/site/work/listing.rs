//! Tables of things, with links and pages.

use serde::Serialize;

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    text: String,
    href: Option<String>,
    style: &'static str,
}

impl Cell {
    /// A cell that leads to a page.
    pub fn link(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self { text: text.into(), href: Some(href.into()), style: "" }
    }

    /// On one line, such as a time.
    #[must_use]
    pub fn whole(self) -> Self {
        Self { style: "wm-whole", ..self }
    }

    /// Smaller, and broken anywhere, such as a long id.
    #[must_use]
    pub fn id(self) -> Self {
        Self { style: "wm-hash wm-id", ..self }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: text.into(), href: None, style: "" }
    }
}

/// Which page of a list is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paging {
    page: u32,
    pages: u32,
    previous: Option<String>,
    next: Option<String>,
}

impl Paging {
    /// Page `page` (from 1) of a list of `total` with `per_page` on each; `address` is that of the
    /// list, with its search, and without the page: `/work/people?q=jo`.
    pub fn new(address: &str, page: u32, per_page: u32, total: u64) -> Self {
        let pages = total.div_ceil(u64::from(per_page.max(1))).max(1);
        let pages = u32::try_from(pages).unwrap_or(u32::MAX);
        let sign = if address.contains('?') { '&' } else { '?' };
        let at = |page: u32| format!("{address}{sign}page={page}");
        Self {
            page,
            pages,
            previous: (page > 1).then(|| at((page - 1).min(pages))),
            next: (page < pages).then(|| at(page + 1)),
        }
    }
}

/// A table of things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listing {
    caption: String,
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
    empty: String,
    paging: Option<Paging>,
}

impl Listing {
    /// A table with a caption and headings; `empty` is said where it has no row.
    pub fn new<H: Into<String>>(
        caption: impl Into<String>,
        columns: impl IntoIterator<Item = H>,
        empty: impl Into<String>,
    ) -> Self {
        Self {
            caption: caption.into(),
            columns: columns.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
            empty: empty.into(),
            paging: None,
        }
    }

    /// With one more row; its first cell names it.
    #[must_use]
    pub fn row(mut self, cells: impl IntoIterator<Item = Cell>) -> Self {
        self.rows.push(cells.into_iter().collect());
        self
    }

    /// With pages.
    #[must_use]
    pub fn paging(mut self, paging: Paging) -> Self {
        self.paging = Some(paging);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lead_to_their_neighbours() {
        let middle = Paging::new("/people?q=a", 2, 50, 101);
        assert_eq!(middle.pages, 3);
        assert_eq!(middle.previous.as_deref(), Some("/people?q=a&page=1"));
        assert_eq!(middle.next.as_deref(), Some("/people?q=a&page=3"));
        let beyond = Paging::new("/people", 9, 50, 0);
        assert_eq!((beyond.pages, beyond.next), (1, None));
        assert_eq!(beyond.previous.as_deref(), Some("/people?page=1"));
    }
}
