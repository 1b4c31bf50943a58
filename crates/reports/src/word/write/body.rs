//! The document itself: front page, sections, and where the numbers come from.

use std::collections::{BTreeMap, BTreeSet};

use super::numbering::BULLETS;
use super::tables;
use super::xml::Xml;
use super::{Edition, RELATIONSHIPS, WORD, WordError, link_id, pictures};
use crate::charts::{chart_svg, number_text};
use crate::prose::{ParsedSection, Side, figure_order, parse_sections, visit_figures};
use crate::publication::{FigureNote, Publication, Section, SignOff};
use crate::publication_files::{date_text, file_stem};
use crate::raster::{self, Picture};
use crate::word::flatten::{self, Flattener, short_tag};
use crate::word::passage::{
    Form, Opening, Passage, Piece, Style, Words, plain, settle, settle_pieces,
};
use crate::word::record::{Record, cells_fingerprint, fingerprint};

/// The document's XML and what its other parts must hold for it.
pub(super) struct Body {
    pub(super) document: Vec<u8>,
    pub(super) links: Vec<String>,
    pub(super) pictures: Vec<Vec<u8>>,
    /// Level and first number of each numbered list.
    pub(super) lists: Vec<(u8, u64)>,
    pub(super) record: Record,
}

impl Body {
    pub(super) fn write(
        publication: &Publication,
        sections: &[Section],
        (edition_name, edition): Edition,
    ) -> Result<Self, WordError> {
        let parsed = parse_sections(publication, sections)?;
        let order = figure_order(publication);
        let record = Record { edition: edition_name.to_owned(), ..Record::default() };
        let mut writer = Writer {
            publication,
            figure_numbers: order.iter().enumerate().map(|(index, id)| (*id, index + 1)).collect(),
            section_numbers: parsed
                .iter()
                .enumerate()
                .map(|(i, section)| (section.id, i + 1))
                .collect(),
            bindings: BTreeMap::new(),
            xml: Xml::new(),
            links: Vec::new(),
            pictures: Vec::new(),
            lists: Vec::new(),
            open_lists: Vec::new(),
            charts_shown: Vec::new(),
            placed: BTreeSet::new(),
            record,
            next_id: 1,
        };
        writer.open();
        writer.front(edition, &parsed);
        for section in &parsed {
            writer.section(section)?;
        }
        writer.back(&order);
        writer.close();
        let Writer { xml, links, pictures, lists, record, .. } = writer;
        let pictures = pictures.into_iter().map(|picture| picture.png).collect();
        Ok(Self { document: xml.finish(), links, pictures, lists, record })
    }
}

struct Writer<'a> {
    publication: &'a Publication,
    figure_numbers: BTreeMap<&'a str, usize>,
    section_numbers: BTreeMap<&'a str, usize>,
    /// The figure behind each control's tag.
    bindings: BTreeMap<String, String>,
    xml: Xml,
    links: Vec<String>,
    pictures: Vec<Picture>,
    lists: Vec<(u8, u64)>,
    /// The list of each level that is open.
    open_lists: Vec<usize>,
    charts_shown: Vec<&'a str>,
    placed: BTreeSet<String>,
    record: Record,
    next_id: u32,
}

/// A run of words with the names of its properties.
pub(super) fn run(xml: &mut Xml, properties: &[(&str, &str)], words: &str) {
    xml.open("w:r", &[]);
    if !properties.is_empty() {
        xml.open("w:rPr", &[]);
        for (name, value) in properties {
            if value.is_empty() { xml.empty(name, &[]) } else { xml.value(name, value) }
        }
        xml.close("w:rPr");
    }
    for (index, line) in words.split('\n').enumerate() {
        if index > 0 {
            xml.empty("w:br", &[]);
        }
        xml.words("w:t", &[("xml:space", "preserve")], line);
    }
    xml.close("w:r");
}

/// A paragraph of a style.
pub(super) fn paragraph(xml: &mut Xml, style: &str, content: impl FnOnce(&mut Xml)) {
    paragraph_with(xml, style, |_| {}, content);
}

/// A paragraph of a style with further properties.
pub(super) fn paragraph_with(
    xml: &mut Xml,
    style: &str,
    properties: impl FnOnce(&mut Xml),
    content: impl FnOnce(&mut Xml),
) {
    xml.open("w:p", &[]);
    xml.open("w:pPr", &[]);
    xml.value("w:pStyle", style);
    properties(xml);
    xml.close("w:pPr");
    content(xml);
    xml.close("w:p");
}

impl<'a> Writer<'a> {
    fn open(&mut self) {
        self.xml.open(
            "w:document",
            &[
                ("xmlns:w", WORD),
                ("xmlns:r", RELATIONSHIPS),
                (
                    "xmlns:wp",
                    "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
                ),
            ],
        );
        self.xml.open("w:body", &[]);
    }

    /// A4 with the margins of the PDF.
    fn close(&mut self) {
        let xml = &mut self.xml;
        xml.open("w:sectPr", &[]);
        xml.empty("w:headerReference", &[("w:type", "default"), ("r:id", "header")]);
        xml.empty("w:footerReference", &[("w:type", "default"), ("r:id", "footer")]);
        xml.empty("w:pgSz", &[("w:w", "11906"), ("w:h", "16838")]);
        xml.empty(
            "w:pgMar",
            &[
                ("w:top", "1474"),
                ("w:right", "1247"),
                ("w:bottom", "1247"),
                ("w:left", "1247"),
                ("w:header", "680"),
                ("w:footer", "624"),
                ("w:gutter", "0"),
            ],
        );
        xml.close("w:sectPr");
        xml.close("w:body");
        xml.close("w:document");
    }

    fn id(&mut self) -> String {
        self.next_id += 1;
        self.next_id.to_string()
    }

    fn words(&mut self, style: &str, words: &str) {
        paragraph(&mut self.xml, style, |xml| run(xml, &[], words));
    }

    /// A paragraph whose words stand in a control, with a bookmark to lead to it.
    fn controlled(&mut self, style: &str, tag: &str, words: &str, bookmark: Option<&str>) {
        self.xml.open("w:p", &[]);
        self.xml.open("w:pPr", &[]);
        self.xml.value("w:pStyle", style);
        self.xml.close("w:pPr");
        let id = self.id();
        if let Some(name) = bookmark {
            self.xml.empty("w:bookmarkStart", &[("w:id", &id), ("w:name", name)]);
        }
        self.control(tag, words, &[]);
        if bookmark.is_some() {
            self.xml.empty("w:bookmarkEnd", &[("w:id", &id)]);
        }
        self.xml.close("w:p");
    }

    /// A content control. Word lets its words be taken out or moved, and not typed over.
    fn control(&mut self, tag: &str, words: &str, properties: &[(&str, &str)]) {
        let tag = short_tag(tag);
        let id = self.id();
        let title = tag.split_once(':').map_or(tag.as_str(), |(_, name)| name).to_owned();
        let xml = &mut self.xml;
        xml.open("w:sdt", &[]);
        xml.open("w:sdtPr", &[]);
        xml.value("w:alias", &title);
        xml.value("w:tag", &tag);
        xml.value("w:id", &id);
        xml.value("w:lock", "contentLocked");
        xml.close("w:sdtPr");
        xml.open("w:sdtContent", &[]);
        run(xml, properties, words);
        xml.close("w:sdtContent");
        xml.close("w:sdt");
        let settled = settle_pieces(vec![Piece::text(words)]);
        self.record.controls.insert(tag, plain(&settled));
    }

    fn link_to(&mut self, bookmark: &str, style: &str, words: &str) {
        self.xml.open("w:hyperlink", &[("w:anchor", bookmark), ("w:history", "1")]);
        run(&mut self.xml, &[("w:rStyle", style)], words);
        self.xml.close("w:hyperlink");
    }

    fn front(&mut self, edition: &str, sections: &[ParsedSection<'a>]) {
        let publication = self.publication;
        if publication.synthetic {
            self.words(
                "WardmoteSynthetic",
                "SYNTHETIC: everything in this document is made from invented data. It says nothing about a real place.",
            );
        }
        self.words("WardmoteNote", &format!("{}. {edition}", publication.partnership));
        self.controlled("Title", "wm-part:title", &publication.title, None);
        self.words(
            "WardmoteNote",
            &format!(
                "Published {}. Evidence vintage {}.",
                date_text(publication.published),
                publication.vintage
            ),
        );
        if let SignOff::Blocked { missing } = &publication.sign_off {
            self.words(
                "WardmoteMark",
                &format!("DRAFT: cannot be signed off: missing {}.", missing.join("; ")),
            );
        }
        self.words(
            "WardmoteNote",
            "Words with a dotted underline are printed from the evidence. They can be moved or taken out, but not typed over; \
             the number behind them leads to where they come from. Headings, paragraphs, lists and tables of the sections \
             can be edited and brought back.",
        );
        self.words("TOCHeading", "Contents");
        for section in sections {
            let bookmark = self.section_bookmark(section.id);
            self.xml.open("w:p", &[]);
            self.xml.open("w:pPr", &[]);
            self.xml.value("w:pStyle", "TOC1");
            self.xml.close("w:pPr");
            self.link_to(&bookmark, "Hyperlink", section.heading);
            self.xml.close("w:p");
        }
    }

    fn section_bookmark(&self, id: &str) -> String {
        format!("wm_section{}", self.section_numbers.get(id).copied().unwrap_or_default())
    }

    fn section(&mut self, section: &ParsedSection<'a>) -> Result<(), WordError> {
        let bookmark = self.section_bookmark(section.id);
        self.controlled(
            "Heading1",
            &format!("wm-section:{}", section.id),
            section.heading,
            Some(&bookmark),
        );
        if let Some(statutory) = section.statutory {
            self.words("WardmoteNote", &format!("Answers: {statutory}"));
        }
        let mut flattener = Flattener::new();
        flattener.add(0, &section.blocks);
        visit_figures(&section.blocks, &mut |id, binding| {
            let tag = flatten::tag(id, binding);
            self.bindings.insert(tag, id.to_owned());
        });
        let passages: Vec<Passage> =
            settle(flattener.finish()).into_iter().map(|(_, passage)| passage).collect();
        for (index, passage) in passages.iter().enumerate() {
            self.passage(passage, &format!("{bookmark}_{}", index + 1))?;
        }
        self.open_lists.clear();
        self.record.sections.push((section.id.to_owned(), fingerprint(passages.iter())));
        Ok(())
    }

    fn passage(&mut self, passage: &Passage, bookmark: &str) -> Result<(), WordError> {
        let is_of_list = matches!(
            passage,
            Passage::Paragraph { form: Form::Item { .. } | Form::Continued { .. }, .. }
        );
        if !is_of_list {
            self.open_lists.clear();
        }
        match passage {
            Passage::Paragraph { form, pieces } => self.prose_paragraph(*form, pieces, bookmark),
            Passage::Code { text } => self.words("WardmoteCode", text),
            Passage::Rule => self.words("WardmoteRule", ""),
            Passage::Table { columns, rows } => self.written_table(columns, rows),
            Passage::Placed { what } => self.placed(what)?,
        }
        Ok(())
    }

    fn prose_paragraph(&mut self, form: Form, pieces: &[Piece], bookmark: &str) {
        let style = match form {
            Form::Heading { level } => format!("Heading{level}"),
            Form::Body => "Normal".to_owned(),
            Form::Item { .. } => "ListParagraph".to_owned(),
            Form::Continued { level: 0 } => "ListContinue".to_owned(),
            Form::Continued { level } => format!("ListContinue{}", level.min(4) + 1),
            Form::Quote { goes_on: false } => "Quote".to_owned(),
            Form::Quote { goes_on: true } => "WardmoteQuoteContinued".to_owned(),
        };
        let numbering = match form {
            Form::Item { level, opens } => Some((level, self.list(level, opens))),
            _ => None,
        };
        self.xml.open("w:p", &[]);
        self.xml.open("w:pPr", &[]);
        self.xml.value("w:pStyle", &style);
        if let Some((level, number)) = numbering {
            self.xml.open("w:numPr", &[]);
            self.xml.value("w:ilvl", &level.to_string());
            self.xml.value("w:numId", &number.to_string());
            self.xml.close("w:numPr");
        }
        self.xml.close("w:pPr");
        let id = self.id();
        self.xml.empty("w:bookmarkStart", &[("w:id", &id), ("w:name", bookmark)]);
        self.pieces(pieces);
        self.xml.empty("w:bookmarkEnd", &[("w:id", &id)]);
        self.xml.close("w:p");
    }

    /// The list that an item belongs to.
    fn list(&mut self, level: u8, opens: Option<Opening>) -> usize {
        let depth = usize::from(level);
        self.open_lists.truncate(depth + 1);
        if let Some(Opening { ordered, start }) = opens {
            self.open_lists.truncate(depth);
            if ordered {
                self.lists.push((level, start));
            }
            let number = if ordered { BULLETS + self.lists.len() } else { BULLETS };
            self.open_lists.push(number);
        }
        self.open_lists.get(depth).copied().unwrap_or(BULLETS)
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for together in pieces.chunk_by(|a, b| a.style.link == b.style.link) {
            let link = together.first().and_then(|piece| piece.style.link.clone());
            if let Some(target) = &link {
                self.open_link(target);
            }
            for piece in together {
                self.piece(piece);
            }
            if link.is_some() {
                self.xml.close("w:hyperlink");
            }
        }
    }

    fn open_link(&mut self, target: &str) {
        if let Some(anchor) = target.strip_prefix('#') {
            let section = self
                .section_numbers
                .keys()
                .find(|id| anchor == format!("section-{}", file_stem(id)));
            let bookmark =
                section.map_or_else(|| anchor.to_owned(), |id| self.section_bookmark(id));
            self.xml.open("w:hyperlink", &[("w:anchor", &bookmark), ("w:history", "1")]);
        } else {
            let index = self.links.iter().position(|known| known == target).unwrap_or_else(|| {
                self.links.push(target.to_owned());
                self.links.len() - 1
            });
            self.xml.open("w:hyperlink", &[("r:id", &link_id(index)), ("w:history", "1")]);
        }
    }

    fn piece(&mut self, piece: &Piece) {
        let mut properties = Vec::new();
        let Style { emphasis, strong, code, link } = &piece.style;
        // A run has one character style; a link keeps its own, and code in it shows by its typeface.
        let character_style = match (&piece.words, code, link.is_some()) {
            (Words::Bound { .. }, ..) => Some("WardmoteFigure"),
            (_, true, _) => Some("WardmoteCodeWords"),
            (_, false, true) => Some("Hyperlink"),
            _ => None,
        };
        properties.extend(character_style.map(|style| ("w:rStyle", style)));
        if *strong {
            properties.push(("w:b", ""));
        }
        if *emphasis {
            properties.push(("w:i", ""));
        }
        match &piece.words {
            Words::Text(text) => run(&mut self.xml, &properties, text),
            Words::Break => {
                self.xml.open("w:r", &[]);
                self.xml.empty("w:br", &[]);
                self.xml.close("w:r");
            }
            Words::Bound { tag, text } => {
                self.control(tag, text, &properties);
                let number =
                    self.bindings.get(tag).and_then(|id| self.figure_numbers.get(id.as_str()));
                if let Some(number) = number.copied() {
                    self.link_to(
                        &format!("wm_figure{number}"),
                        "WardmoteReference",
                        &format!("[{number}]"),
                    );
                }
            }
        }
    }

    fn written_table(&mut self, columns: &[Side], rows: &[Vec<Vec<Piece>>]) {
        let weights = vec![1.0; columns.len()];
        tables::open(&mut self.xml, "WardmoteTable", "", &weights);
        for (row_index, cells) in rows.iter().enumerate() {
            let is_header = row_index == 0;
            let style = if is_header { "WardmoteHeadCell" } else { "WardmoteCell" };
            tables::open_row(&mut self.xml, is_header);
            for (index, width) in tables::widths(&weights).into_iter().enumerate() {
                tables::open_cell(&mut self.xml, width);
                self.xml.open("w:p", &[]);
                self.xml.open("w:pPr", &[]);
                self.xml.value("w:pStyle", style);
                tables::side(&mut self.xml, columns[index]);
                self.xml.close("w:pPr");
                self.pieces(cells.get(index).map_or(&[], Vec::as_slice));
                self.xml.close("w:p");
                self.xml.close("w:tc");
            }
            self.xml.close("w:tr");
        }
        tables::close(&mut self.xml);
    }

    /// A chart or table of the evidence; placed again it is named, as on the pages.
    fn placed(&mut self, what: &str) -> Result<(), WordError> {
        let is_repeated = !self.placed.insert(what.to_owned());
        let publication = self.publication;
        match what.split_once(':') {
            Some(("chart", id)) => {
                let Some((id, chart)) = publication.charts.get_key_value(id) else { return Ok(()) };
                if is_repeated {
                    self.repeated(what, "chart", &chart.title);
                    return Ok(());
                }
                let picture = raster::png(&chart_svg(chart, publication.synthetic))
                    .map_err(|why| WordError::Chart { chart: id.clone(), why })?;
                let index = self.pictures.len();
                let described =
                    if chart.finding.trim().is_empty() { &chart.title } else { &chart.finding };
                paragraph(&mut self.xml, "WardmoteChart", |xml| {
                    pictures::write(xml, index, what, described, &picture);
                });
                self.pictures.push(picture);
                self.charts_shown.push(id);
                let bookmark = format!("wm_chart{}", self.charts_shown.len());
                self.xml.open("w:p", &[]);
                self.xml.open("w:pPr", &[]);
                self.xml.value("w:pStyle", "WardmoteNote");
                self.xml.close("w:pPr");
                self.link_to(&bookmark, "Hyperlink", "The figures in this chart as a table");
                self.xml.close("w:p");
            }
            Some(("table", id)) => {
                let Some((id, table)) = publication.tables.get_key_value(id) else { return Ok(()) };
                if is_repeated {
                    self.repeated(what, "table", &table.caption);
                    return Ok(());
                }
                self.controlled("Caption", &format!("wm-{what}"), &table.caption, None);
                tables::data(&mut self.xml, table);
                self.words("WardmoteNote", table.note.as_deref().unwrap_or(""));
                let heading = table.columns.iter().map(|column| column.heading.clone()).collect();
                let rows: Vec<Vec<String>> =
                    std::iter::once(heading).chain(table.rows.iter().cloned()).collect();
                self.record.tables.insert(id.clone(), cells_fingerprint(&rows));
            }
            _ => {}
        }
        Ok(())
    }

    fn repeated(&mut self, what: &str, kind: &str, title: &str) {
        let words = format!("The {kind} \u{201c}{title}\u{201d} above shows this too.");
        self.controlled("WardmoteNote", &format!("wm-again:{what}"), &words, None);
    }

    fn back(&mut self, order: &[&'a str]) {
        let publication = self.publication;
        if !self.charts_shown.is_empty() {
            self.controlled("Heading1", "wm-part:charts", "The figures in the charts", None);
            for (index, id) in self.charts_shown.clone().into_iter().enumerate() {
                let chart = &publication.charts[id];
                let tag = format!("wm-part:chart{}", index + 1);
                let bookmark = format!("wm_chart{}", index + 1);
                self.controlled("Caption", &tag, &chart.table.caption, Some(&bookmark));
                tables::data(&mut self.xml, &chart.table);
                self.words("WardmoteNote", chart.table.note.as_deref().unwrap_or(""));
            }
        }
        self.controlled("Heading1", "wm-part:figures", "Where the numbers come from", None);
        if order.is_empty() {
            self.words("Normal", "No figure is quoted.");
        }
        for (index, id) in order.iter().enumerate() {
            self.figure(index + 1, &publication.figures[*id]);
        }
        if !publication.licence_notes.is_empty() {
            self.controlled("Heading1", "wm-part:licences", "Licences", None);
            for note in &publication.licence_notes {
                self.words("Normal", note);
            }
        }
    }

    fn figure(&mut self, number: usize, note: &FigureNote) {
        let (tag, bookmark) = (format!("wm-part:figure{number}"), format!("wm_figure{number}"));
        let heading = format!("[{number}] {}", note.label);
        self.controlled("WardmoteFigureHeading", &tag, &heading, Some(&bookmark));
        let definition = format!("{} (version {})", note.definition, note.measure_version);
        for (term, value) in [
            ("Value", Some(&note.value_text)),
            ("Definition", Some(&definition)),
            ("Period", Some(&note.period)),
            ("Area", Some(&note.area)),
            ("Method", Some(&note.method)),
            ("Interval", note.interval_text.as_ref()),
            ("Based on", note.n_text.as_ref()),
            ("Query in words", Some(&note.query_in_words)),
            ("Caution", note.caution.as_ref()),
            ("Sources", Some(&sources(note))),
            ("Figure id", Some(&note.id)),
        ] {
            let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
            paragraph(&mut self.xml, "WardmoteNote", |xml| {
                run(xml, &[("w:b", "")], &format!("{term}: "));
                run(xml, &[], value);
            });
        }
    }
}

/// On paper a list of dozens of monthly files would bury the figures.
fn sources(note: &FigureNote) -> String {
    const FEW: usize = 3;
    match note.sources.as_slice() {
        [] => "none".to_owned(),
        [first, .., last] if note.sources.len() > FEW => {
            let publishers: BTreeSet<&str> =
                note.sources.iter().map(|source| source.publisher.as_str()).collect();
            let publishers: Vec<&str> = publishers.into_iter().collect();
            format!(
                "{} files of {}, from {} to {}; each is listed with its SHA-256 on the web page of the figures and in evidence.json",
                note.sources.len(),
                publishers.join(", "),
                first.file,
                last.file
            )
        }
        few => few
            .iter()
            .map(|source| {
                let rows = source.rows.map_or_else(
                    || "rows withheld".to_owned(),
                    |rows| format!("{} rows", number_text(rows as f64, 0)),
                );
                format!(
                    "{}, {}, {rows}, licence {}, SHA-256 {}",
                    source.publisher, source.file, source.licence, source.sha256
                )
            })
            .collect::<Vec<_>>()
            .join("; "),
    }
}
