//! The package: a ZIP archive of XML parts that point at one another.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use roxmltree::{Document, Node};
use zip::ZipArchive;

use super::ReadError;

/// Bound of an unpacked part: a document of a thousand pages has some 20 MB.
const LARGEST_PART: u64 = 64 << 20;
/// Bound of nesting, far beyond what a word processor writes.
const DEEPEST: usize = 200;

const WORD: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
];

pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

/// Targets by id and kind. The kind is the last word of its address.
#[derive(Default)]
pub(super) struct Relationships {
    folder: String,
    by_id: BTreeMap<String, (String, String)>,
}

impl Relationships {
    /// Where a link leads.
    pub(super) fn target(&self, id: &str) -> Option<&str> {
        self.by_id.get(id).map(|(_, target)| target.as_str())
    }

    fn of_kind(&self, kind: &str) -> Option<String> {
        let (_, target) = self.by_id.values().find(|(known, _)| known == kind)?;
        Some(resolve(&self.folder, target))
    }
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(ReadError::NotAPackage)?;
        Ok(Self { archive })
    }

    /// The part that holds the document, wherever the writer put it.
    pub(super) fn main_part(&mut self) -> Result<String, ReadError> {
        let relationships = self.relationships("")?;
        relationships
            .of_kind("officeDocument")
            .ok_or(ReadError::NoPart { part: "word/document.xml".into() })
    }

    /// The relationships of a part; of the package itself for the empty name.
    pub(super) fn relationships(&mut self, part: &str) -> Result<Relationships, ReadError> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let name = format!("{prefix}_rels/{file}.rels");
        let mut found = Relationships { folder: folder.to_owned(), ..Relationships::default() };
        if self.archive.index_for_name(&name).is_none() {
            return Ok(found);
        }
        let text = self.text(&name)?;
        let document = parse(&name, &text)?;
        for node in document.root_element().children().filter(Node::is_element) {
            if let (Some(id), Some(kind), Some(target)) =
                (node.attribute("Id"), node.attribute("Type"), node.attribute("Target"))
            {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                found.by_id.insert(id.to_owned(), (kind, target.to_owned()));
            }
        }
        Ok(found)
    }

    /// Name and text of a part that another points at; `None` if it points at none.
    pub(super) fn related(
        &mut self,
        relationships: &Relationships,
        kind: &str,
    ) -> Result<Option<(String, String)>, ReadError> {
        let Some(part) = relationships.of_kind(kind) else { return Ok(None) };
        let text = self.text(&part)?;
        Ok(Some((part, text)))
    }

    /// What others put into the package; whatever cannot be read is not ours.
    pub(super) fn custom_parts(&mut self) -> Vec<String> {
        let names: Vec<String> = self
            .archive
            .file_names()
            .filter_map(Result::ok)
            .filter(|name| name.starts_with("customXml/item") && name.ends_with(".xml"))
            .map(Into::into)
            .collect();
        names.iter().filter_map(|name| self.text(name).ok()).collect()
    }

    pub(super) fn text(&mut self, part: &str) -> Result<String, ReadError> {
        let file =
            self.archive.by_name(part).map_err(|_| ReadError::NoPart { part: part.to_owned() })?;
        let mut bytes = Vec::new();
        file.take(LARGEST_PART + 1)
            .read_to_end(&mut bytes)
            .map_err(|why| ReadError::Xml { part: part.to_owned(), why: why.to_string() })?;
        if bytes.len() as u64 > LARGEST_PART {
            return Err(ReadError::TooLarge { part: part.to_owned(), most: LARGEST_PART });
        }
        String::from_utf8(bytes)
            .map_err(|_| ReadError::Xml { part: part.to_owned(), why: "it is not UTF-8".into() })
    }
}

/// Parses a part, whose nesting is bounded because it is walked by recursion.
pub(super) fn parse<'a>(part: &str, text: &'a str) -> Result<Document<'a>, ReadError> {
    let refused = |why: String| ReadError::Xml { part: part.to_owned(), why };
    let document = Document::parse(text.trim_start_matches('\u{feff}'))
        .map_err(|error| refused(error.to_string()))?;
    let mut depth = 0_usize;
    let mut node = Some(document.root());
    // A walk without recursion, down first, then along, then up.
    while let Some(here) = node {
        node = here.first_child();
        if node.is_some() {
            depth += 1;
            if depth > DEEPEST {
                return Err(refused(format!("its elements nest deeper than {DEEPEST}")));
            }
            continue;
        }
        let mut climbing = Some(here);
        while let Some(at) = climbing {
            node = at.next_sibling();
            if node.is_some() {
                break;
            }
            climbing = at.parent();
            depth = depth.saturating_sub(1);
        }
    }
    Ok(document)
}

/// Whether a node is the `WordprocessingML` element of a name.
pub(super) fn is_word(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element()
        && node.tag_name().name() == name
        && node.tag_name().namespace().is_some_and(|namespace| WORD.contains(&namespace))
}

/// The first child of a name.
pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| is_word(child, name))
}

/// An attribute of the `WordprocessingML` namespace.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    WORD.iter().find_map(|namespace| node.attribute((*namespace, name)))
}

/// `w:val` of the first child of a name.
pub(super) fn value<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    attribute(child(node, name)?, "val")
}

fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            ".." => {
                path.pop();
            }
            "." | "" => {}
            part => path.push(part),
        }
    }
    path.join("/")
}
