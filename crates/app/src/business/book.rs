//! Items of the registers held together, so that one can go from any to those that it is linked to.

use std::collections::HashMap;

use wardmote_records::registers::{Item, Link, LinkKind, LinkTarget, PublishedItem, Values};

/// An item, whoever may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) register: String,
    pub(crate) values: Values,
    links: Vec<Link>,
}

impl Entry {
    /// An item without its links.
    pub(crate) fn of(item: Item) -> Self {
        let id = item.listed.id.to_string();
        Self { id, register: item.listed.kind, values: item.values, links: Vec::new() }
    }

    pub(crate) fn get(&self, field: &str) -> &str {
        self.values.get(field)
    }

    pub(crate) fn reference(&self) -> &str {
        self.get("reference")
    }

    pub(crate) fn title(&self) -> &str {
        self.get("title")
    }

    /// What a relation leads to.
    pub(crate) fn targets<'a>(&'a self, relation: &'a str) -> impl Iterator<Item = &'a LinkTarget> {
        self.links.iter().filter(move |link| link.relation == relation).map(|link| &link.to)
    }

    /// Keys of claims and ids of figures that a relation leads to.
    pub(crate) fn evidence(&self, relation: &str) -> Vec<String> {
        let of_evidence = self.targets(relation).filter(|to| to.kind != LinkKind::Item);
        of_evidence.map(|to| to.id.clone()).collect()
    }
}

/// Items by register and id, in the order of their references.
#[derive(Debug, Clone, Default)]
pub(crate) struct Book {
    entries: Vec<Entry>,
    by_id: HashMap<String, usize>,
}

impl Book {
    pub(crate) fn of_items(items: Vec<Item>, links: Vec<Link>) -> Self {
        let mut by_from: HashMap<String, Vec<Link>> = HashMap::new();
        for link in links {
            by_from.entry(link.from.to_string()).or_default().push(link);
        }
        Self::new(items.into_iter().map(|item| {
            let id = item.listed.id.to_string();
            let links = by_from.remove(&id).unwrap_or_default();
            Entry { id, register: item.listed.kind, values: item.values, links }
        }))
    }

    pub(crate) fn of_published(items: Vec<PublishedItem>) -> Self {
        Self::new(items.into_iter().map(|item| {
            let PublishedItem { id, register, values, links } = item;
            Entry { id: id.to_string(), register, values, links }
        }))
    }

    fn new(entries: impl Iterator<Item = Entry>) -> Self {
        let entries: Vec<Entry> = entries.collect();
        let by_id = entries.iter().enumerate().map(|(index, entry)| (entry.id.clone(), index));
        Self { by_id: by_id.collect(), entries }
    }

    /// Every item.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// The items of a register.
    pub(crate) fn all<'a>(&'a self, register: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| entry.register == register)
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Entry> {
        self.by_id.get(id).map(|&index| &self.entries[index])
    }

    pub(crate) fn called(&self, register: &str, reference: &str) -> Option<&Entry> {
        let is_it = |entry: &&Entry| entry.register == register && entry.reference() == reference;
        self.entries.iter().find(is_it)
    }

    /// Items of a register that name an item in a field.
    pub(crate) fn below<'a>(
        &'a self,
        register: &'a str,
        field: &'a str,
        of: &'a Entry,
    ) -> impl Iterator<Item = &'a Entry> {
        self.all(register).filter(move |entry| entry.get(field) == of.id)
    }

    /// Items that a relation of an item leads to.
    pub(crate) fn linked<'a>(&'a self, from: &'a Entry, relation: &'a str) -> Vec<&'a Entry> {
        let mut found: Vec<(usize, &Entry)> = from
            .targets(relation)
            .filter(|to| to.kind == LinkKind::Item)
            .filter_map(|to| self.by_id.get(&to.id).map(|&index| (index, &self.entries[index])))
            .collect();
        found.sort_by_key(|(index, _)| *index);
        found.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Items with a relation that leads to this.
    pub(crate) fn linking<'a>(&'a self, relation: &str, to: &str) -> Vec<&'a Entry> {
        let leads = |entry: &&Entry| entry.targets(relation).any(|target| target.id == to);
        self.entries.iter().filter(leads).collect()
    }
}
