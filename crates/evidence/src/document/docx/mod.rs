//! DOCX: paragraphs, headings, lists and tables out of the container's XML.
//!
//! Read are the document, its styles (which paragraphs are headings, list items or quotations) and its
//! comments (exceptions). Headers, footers, footnotes and text that a tracked change deletes are not. Of
//! an exported assessment only the words of whoever writes it are read (`controls`).

mod body;
mod controls;
mod parts;

use std::io::{Cursor, Read as _};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, escape};

use self::body::Body;
use super::Document;

/// Larger parts are no board paper, and may be made to fill the memory.
const LARGEST_PART_BYTES: u64 = 64 << 20;

/// What is wrong inside a DOCX file.
#[derive(Debug, thiserror::Error)]
pub enum DocxError {
    /// It is no container, or lacks its document.
    #[error(transparent)]
    Container(#[from] zip::result::ZipError),
    /// A part cannot be unpacked, or is not UTF-8.
    #[error(transparent)]
    Unpack(#[from] std::io::Error),
    /// A part is not XML.
    #[error(transparent)]
    Xml(#[from] quick_xml::Error),
    /// A part unpacks to more than any document holds.
    #[error("{part} is larger than {LARGEST_PART_BYTES} bytes")]
    TooLarge {
        /// The part.
        part: &'static str,
    },
}

type Container = zip::ZipArchive<Cursor<Vec<u8>>>;

pub(super) fn read(bytes: Vec<u8>) -> Result<Document, DocxError> {
    let mut container = zip::ZipArchive::new(Cursor::new(bytes))?;
    let styles = parts::styles(&part(&mut container, "word/styles.xml")?.unwrap_or_default())?;
    let comments =
        parts::comments(&part(&mut container, "word/comments.xml")?.unwrap_or_default())?;
    let document =
        part(&mut container, "word/document.xml")?.ok_or(zip::result::ZipError::FileNotFound)?;
    let mut body = Body::new(styles, comments);
    let mut reader = Reader::from_str(&document);
    // Word writes a text box twice; the second time is for programs that cannot draw it.
    let mut in_fallback = 0usize;
    loop {
        match reader.read_event()? {
            Event::Start(tag) if tag.local_name().as_ref() == "Fallback" => in_fallback += 1,
            Event::End(tag) if tag.local_name().as_ref() == "Fallback" => in_fallback -= 1,
            Event::Eof => break,
            _ if in_fallback > 0 => {}
            Event::Start(tag) => body.start(&tag),
            Event::Empty(tag) => {
                body.start(&tag);
                body.end(tag.local_name().as_ref());
            }
            Event::End(tag) => body.end(tag.local_name().as_ref()),
            Event::Text(text) if body.in_text() => body.push(&text.xml10_content()),
            Event::GeneralRef(reference) if body.in_text() => {
                body.push(&entity(&reference));
            }
            _ => {}
        }
    }
    let (blocks, exceptions) = body.finish();
    Ok(Document::finish(blocks, "", exceptions))
}

fn part(container: &mut Container, name: &'static str) -> Result<Option<String>, DocxError> {
    let file = match container.by_name(name) {
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        file => file?,
    };
    let mut text = String::new();
    file.take(LARGEST_PART_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST_PART_BYTES {
        return Err(DocxError::TooLarge { part: name });
    }
    Ok(Some(text))
}

fn entity(reference: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    escape::resolve_xml_entity(&reference.xml10_content()).unwrap_or_default().to_owned()
}

/// An attribute by its name, whatever prefix its namespace has.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(found.value.into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::Form;
    use super::*;

    const STYLES: &str = r#"<w:styles xmlns:w="w">
        <w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
        <w:style w:styleId="Liste"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
    </w:styles>"#;

    fn docx(body: &str, comments: &str) -> Vec<u8> {
        let mut container = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let document = format!(r#"<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>"#);
        for (name, text) in [
            ("word/document.xml", document.as_str()),
            ("word/styles.xml", STYLES),
            ("word/comments.xml", comments),
        ] {
            container.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            container.write_all(text.as_bytes()).unwrap();
        }
        container.finish().unwrap().into_inner()
    }

    fn p(properties: &str, text: &str) -> String {
        format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    }

    #[test]
    fn paragraphs_are_numbered_and_have_their_forms() {
        let item = |level: usize| {
            format!(r#"<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="3"/></w:numPr>"#)
        };
        let cell = |text: &str| format!("<w:tc>{}</w:tc>", p("", text));
        let body = [
            p(r#"<w:pStyle w:val="berschrift1"/>"#, "Aims &amp; duties"),
            p("", ""),
            p(&item(0), "one"),
            p(&item(1), "within one"),
            p(&item(0), "two"),
            format!("<w:tbl><w:tr>{}{}</w:tr><w:tr>{}</w:tr></w:tbl>", cell("a"), cell("b"), cell("c")),
            p(r#"<w:pStyle w:val="Liste"/>"#, "a new list"),
            "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Fair.</w:t></w:r><w:r><w:delText>un</w:delText><w:t> It is.</w:t></w:r></w:p>".to_owned(),
        ]
        .concat();
        let document = read(docx(&body, "<none/>")).unwrap();
        let found: Vec<(Form, &str, usize)> =
            document.blocks.iter().map(|b| (b.form, b.text.as_str(), b.line())).collect();
        assert_eq!(
            found,
            [
                (Form::Heading { level: 1 }, "Aims & duties", 1),
                (Form::Item { list: 0, item: 0, depth: 1 }, "one", 2),
                (Form::Item { list: 1, item: 0, depth: 2 }, "within one", 3),
                (Form::Item { list: 0, item: 1, depth: 1 }, "two", 4),
                (Form::Cell { table: 0, row: 0, column: 0 }, "a", 5),
                (Form::Cell { table: 0, row: 0, column: 1 }, "b", 6),
                (Form::Cell { table: 0, row: 1, column: 0 }, "c", 7),
                (Form::Item { list: 2, item: 0, depth: 1 }, "a new list", 8),
                (Form::Paragraph, "Fair. It is.", 9),
            ]
        );
        assert_eq!(document.blocks[8].bold_lead, 5);
    }

    #[test]
    fn a_comment_can_be_an_exception() {
        let body = r#"<w:p><w:r><w:t>Six aims:</w:t></w:r><w:r><w:commentReference w:id="4"/></w:r></w:p>"#;
        let comments = r#"<w:comments xmlns:w="w"><w:comment w:id="4"><w:p><w:r><w:t>lint: allow list-count because the sixth is secret</w:t></w:r></w:p></w:comment></w:comments>"#;
        let exceptions = read(docx(body, comments)).unwrap().exceptions;
        assert_eq!(exceptions.len(), 1);
        assert_eq!(
            (exceptions[0].rule.as_str(), exceptions[0].lines.clone()),
            ("list-count", 1..=1)
        );
    }

    #[test]
    fn what_was_printed_from_the_evidence_is_read_as_its_binding() {
        let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
        let control = |tag: &str, text: &str| {
            let held = run(text);
            format!(
                r#"<w:sdt><w:sdtPr><w:tag w:val="{tag}"/></w:sdtPr><w:sdtContent>{held}</w:sdtContent></w:sdt>"#
            )
        };
        let link = format!(r#"<w:hyperlink w:anchor="wm_figure3">{}</w:hyperlink>"#, run("[3]"));
        let table = |style: &str| {
            let cell = p("", "35,795");
            format!(
                r#"<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/></w:tblPr><w:tr><w:tc>{cell}</w:tc></w:tr></w:tbl>"#
            )
        };
        let body = [
            format!(
                "<w:p>{}{link}{}</w:p>",
                run("Crime ") + &control("wm:crime-change", "fell by 8.0%"),
                run(", say 40 people.")
            ),
            format!("<w:p>{}</w:p>", control("theirs", "their own 12")),
            table("WardmoteData"),
            table("TableGrid"),
            format!("<w:p>{}</w:p>", control("wm-part:charts", "The figures")),
            p("", "99 notes"),
            format!("<w:p>{}</w:p>", control("wm-section:late", "A section moved to the end")),
        ]
        .concat();
        let document = read(docx(&body, "<none/>")).unwrap();
        let texts: Vec<&str> = document.blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "Crime {{crime-change}}, say 40 people.",
                "their own 12",
                "35,795",
                "A section moved to the end"
            ]
        );
    }

    #[test]
    fn what_is_no_document_is_refused() {
        assert!(matches!(read(b"PK no".to_vec()), Err(DocxError::Container(_))));
        let broken = docx("<w:p></w:q>", "");
        assert!(matches!(read(broken), Err(DocxError::Xml(_))));
    }
}
