//! A publication as a DOCX: the parts of the package and how they hang together.
//!
//! The package is written part by part rather than by a library: of docx-rs 0.4, the candidate, none of
//! alternative text, header rows and tags of content controls can be written.

mod around;
mod body;
mod numbering;
mod pictures;
mod sections;
mod tables;
mod xml;

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use self::body::Body;
use self::xml::Xml;
use super::record::{NAMESPACE, Record};
use crate::prose::ProseError;
use crate::publication::{Publication, Section};
use crate::publication_files::date_text;
use crate::raster::RasterError;

/// Why a DOCX could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WordError {
    /// The prose names what the publication lacks.
    #[error(transparent)]
    Prose(#[from] ProseError),
    /// A chart could not be drawn.
    #[error("chart {chart:?} cannot be drawn for the document")]
    Chart {
        /// Id of the chart.
        chart: String,
        /// Why.
        #[source]
        why: RasterError,
    },
    /// The package could not be put together.
    #[error("the document cannot be packed")]
    Package(#[source] zip::result::ZipError),
}

/// The full assessment as DOCX.
pub fn full_docx(publication: &Publication) -> Result<Vec<u8>, WordError> {
    docx(publication, &publication.sections, FULL)
}

/// The summary as DOCX.
pub fn summary_docx(publication: &Publication) -> Result<Vec<u8>, WordError> {
    docx(publication, &publication.summary, SUMMARY)
}

/// An edition by the name in the record and by its title.
type Edition = (&'static str, &'static str);
const FULL: Edition = ("full", "Full assessment");
const SUMMARY: Edition = ("summary", "Summary");

fn docx(
    publication: &Publication,
    sections: &[Section],
    edition: Edition,
) -> Result<Vec<u8>, WordError> {
    let body = Body::write(publication, sections, edition)?;
    let record = record_part(&body.record);
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), content_types()),
        ("_rels/.rels".to_owned(), package_relationships()),
        ("docProps/core.xml".to_owned(), core_properties(publication, edition)),
        ("docProps/app.xml".to_owned(), app_properties()),
        ("word/document.xml".to_owned(), body.document),
        (
            "word/_rels/document.xml.rels".to_owned(),
            document_relationships(&body.links, body.pictures.len()),
        ),
        ("word/styles.xml".to_owned(), include_bytes!("../parts/styles.xml").to_vec()),
        ("word/settings.xml".to_owned(), include_bytes!("../parts/settings.xml").to_vec()),
        ("word/numbering.xml".to_owned(), numbering::part(&body.lists)),
        ("word/header1.xml".to_owned(), header(publication)),
        ("word/footer1.xml".to_owned(), footer(publication, edition)),
        ("customXml/item1.xml".to_owned(), record),
        ("customXml/itemProps1.xml".to_owned(), record_properties()),
        ("customXml/_rels/item1.xml.rels".to_owned(), record_relationships()),
    ];
    for (index, picture) in body.pictures.into_iter().enumerate() {
        parts.push((format!("word/{}", picture_path(index)), picture));
    }
    pack(&parts).map_err(WordError::Package)
}

/// Fixed order and times: the same parts are the same bytes.
fn pack(parts: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let method = if name.starts_with("word/media/") {
            CompressionMethod::Stored
        } else {
            CompressionMethod::Deflated
        };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(0o644);
        writer.start_file(name.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006";
const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn picture_path(index: usize) -> String {
    format!("media/chart{}.png", index + 1)
}

/// Ids of relationships: the fixed ones by name, links and pictures by number.
fn link_id(index: usize) -> String {
    format!("link{}", index + 1)
}

fn picture_id(index: usize) -> String {
    format!("picture{}", index + 1)
}

fn content_types() -> Vec<u8> {
    const WORD_TYPES: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";
    let mut xml = Xml::new();
    xml.open("Types", &[("xmlns", &format!("{PACKAGE}/content-types"))]);
    for (extension, kind) in [
        ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
        ("xml", "application/xml"),
        ("png", "image/png"),
    ] {
        xml.empty("Default", &[("Extension", extension), ("ContentType", kind)]);
    }
    let word = |part: &str| format!("{WORD_TYPES}.{part}+xml");
    for (part, kind) in [
        ("/word/document.xml", word("document.main")),
        ("/word/styles.xml", word("styles")),
        ("/word/settings.xml", word("settings")),
        ("/word/numbering.xml", word("numbering")),
        ("/word/header1.xml", word("header")),
        ("/word/footer1.xml", word("footer")),
        (
            "/docProps/core.xml",
            "application/vnd.openxmlformats-package.core-properties+xml".to_owned(),
        ),
        (
            "/docProps/app.xml",
            "application/vnd.openxmlformats-officedocument.extended-properties+xml".to_owned(),
        ),
        (
            "/customXml/itemProps1.xml",
            "application/vnd.openxmlformats-officedocument.customXmlProperties+xml".to_owned(),
        ),
    ] {
        xml.empty("Override", &[("PartName", part), ("ContentType", &kind)]);
    }
    xml.close("Types");
    xml.finish()
}

/// A part of relationships: id, kind, target, and whether the target is on the web.
fn relationships<'a>(all: impl IntoIterator<Item = (String, String, &'a str, bool)>) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("Relationships", &[("xmlns", &format!("{PACKAGE}/relationships"))]);
    for (id, kind, target, is_external) in all {
        let mut attributes = vec![("Id", id.as_str()), ("Type", kind.as_str()), ("Target", target)];
        if is_external {
            attributes.push(("TargetMode", "External"));
        }
        xml.empty("Relationship", &attributes);
    }
    xml.close("Relationships");
    xml.finish()
}

fn package_relationships() -> Vec<u8> {
    let office = |kind: &str| format!("{OFFICE}/relationships/{kind}");
    relationships([
        ("document".to_owned(), office("officeDocument"), "word/document.xml", false),
        (
            "core".to_owned(),
            format!("{PACKAGE}/relationships/metadata/core-properties"),
            "docProps/core.xml",
            false,
        ),
        ("app".to_owned(), office("extended-properties"), "docProps/app.xml", false),
    ])
}

fn document_relationships(links: &[String], n_pictures: usize) -> Vec<u8> {
    let office = |kind: &str| format!("{OFFICE}/relationships/{kind}");
    let fixed = [
        ("styles", "styles", "styles.xml"),
        ("settings", "settings", "settings.xml"),
        ("numbering", "numbering", "numbering.xml"),
        ("header", "header", "header1.xml"),
        ("footer", "footer", "footer1.xml"),
        ("record", "customXml", "../customXml/item1.xml"),
    ]
    .map(|(id, kind, target)| (id.to_owned(), office(kind), target, false));
    let links = links
        .iter()
        .enumerate()
        .map(|(index, target)| (link_id(index), office("hyperlink"), target.as_str(), true));
    let paths: Vec<String> = (0..n_pictures).map(picture_path).collect();
    let pictures = paths
        .iter()
        .enumerate()
        .map(|(index, path)| (picture_id(index), office("image"), path.as_str(), false));
    relationships(fixed.into_iter().chain(links).chain(pictures))
}

fn document_title(publication: &Publication, (_, edition): Edition) -> String {
    format!("{}: {}", publication.title, edition.to_lowercase())
}

fn core_properties(publication: &Publication, edition: Edition) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open(
        "cp:coreProperties",
        &[
            ("xmlns:cp", &format!("{PACKAGE}/metadata/core-properties")),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
            ("xmlns:dcterms", "http://purl.org/dc/terms/"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ],
    );
    xml.words("dc:title", &[], &document_title(publication, edition));
    xml.words("dc:creator", &[], &publication.partnership);
    if publication.synthetic {
        xml.words("cp:keywords", &[], "SYNTHETIC");
    }
    let time = format!("{}T00:00:00Z", publication.published);
    let w3c = [("xsi:type", "dcterms:W3CDTF")];
    xml.words("cp:lastModifiedBy", &[], "Wardmote");
    xml.words("dcterms:created", &w3c, &time);
    xml.words("dcterms:modified", &w3c, &time);
    xml.words("dc:language", &[], "en-GB");
    xml.close("cp:coreProperties");
    xml.finish()
}

fn app_properties() -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("Properties", &[("xmlns", &format!("{OFFICE}/extended-properties"))]);
    xml.words("Application", &[], "Wardmote");
    xml.close("Properties");
    xml.finish()
}

fn header(publication: &Publication) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("w:hdr", &[("xmlns:w", WORD)]);
    let (style, words) = if publication.synthetic {
        ("WardmoteSynthetic", "SYNTHETIC: invented data, not a real place's figures")
    } else {
        ("Header", publication.partnership.as_str())
    };
    body::paragraph(&mut xml, style, |xml| body::run(xml, &[], words));
    xml.close("w:hdr");
    xml.finish()
}

fn footer(publication: &Publication, (_, edition): Edition) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("w:ftr", &[("xmlns:w", WORD)]);
    let words = format!(
        "{}, {}, {}",
        publication.title,
        edition.to_lowercase(),
        date_text(publication.published)
    );
    body::paragraph(&mut xml, "Footer", |xml| body::run(xml, &[], &words));
    let to_the_right = |xml: &mut Xml| xml.value("w:jc", "right");
    body::paragraph_with(&mut xml, "Footer", to_the_right, |xml| {
        body::run(xml, &[], "Page ");
        field(xml, "PAGE");
        body::run(xml, &[], " of ");
        field(xml, "NUMPAGES");
    });
    xml.close("w:ftr");
    xml.finish()
}

/// A field that the word processor fills in.
fn field(xml: &mut Xml, instruction: &str) {
    xml.open("w:fldSimple", &[("w:instr", instruction)]);
    body::run(xml, &[], "1");
    xml.close("w:fldSimple");
}

fn record_part(record: &Record) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("export", &[("xmlns", NAMESPACE), ("edition", &record.edition)]);
    for (file, fingerprint) in &record.sections {
        xml.empty("section", &[("file", file), ("fingerprint", fingerprint)]);
    }
    for (tag, text) in &record.controls {
        xml.empty("control", &[("tag", tag), ("text", text)]);
    }
    for (id, fingerprint) in &record.tables {
        xml.empty("table", &[("id", id), ("fingerprint", fingerprint)]);
    }
    xml.close("export");
    xml.finish()
}

/// The same id in every document: it names the kind of the part.
const RECORD_ID: &str = "{6F2B1C0A-5B7E-4C59-9D0B-77A1D30E57A1}";

fn record_properties() -> Vec<u8> {
    let mut xml = Xml::new();
    let namespace = format!("{OFFICE}/customXml");
    xml.open("ds:datastoreItem", &[("ds:itemID", RECORD_ID), ("xmlns:ds", &namespace)]);
    xml.open("ds:schemaRefs", &[]);
    xml.empty("ds:schemaRef", &[("ds:uri", NAMESPACE)]);
    xml.close("ds:schemaRefs");
    xml.close("ds:datastoreItem");
    xml.finish()
}

fn record_relationships() -> Vec<u8> {
    let kind = format!("{OFFICE}/relationships/customXmlProps");
    relationships([("properties".to_owned(), kind, "itemProps1.xml", false)])
}
