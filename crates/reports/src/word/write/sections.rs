//! The sections: passages as paragraphs, lists, tables and pictures.

use super::body::{Writer, paragraph, run};
use super::numbering::BULLETS;
use super::{WordError, link_id, pictures, tables};
use crate::charts::chart_svg;
use crate::prose::{ParsedSection, Side, visit_figures};
use crate::publication_files::file_stem;
use crate::raster;
use crate::word::flatten::{self, Flattener};
use crate::word::passage::{Form, Opening, Passage, Piece, Style, Words};
use crate::word::record::{cells_fingerprint, fingerprint};
use crate::word::settle::settle;

impl<'a> Writer<'a> {
    pub(super) fn section(&mut self, section: &ParsedSection<'a>) -> Result<(), WordError> {
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
}
