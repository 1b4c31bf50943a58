//! What stands around the sections: the front page, and where the numbers come from.

use std::collections::BTreeSet;

use super::body::{Writer, paragraph, run};
use super::tables;
use crate::charts::number_text;
use crate::prose::ParsedSection;
use crate::publication::{FigureNote, SignOff};
use crate::publication_files::date_text;

impl<'a> Writer<'a> {
    pub(super) fn front(&mut self, edition: &str, sections: &[ParsedSection<'a>]) {
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

    pub(super) fn back(&mut self, order: &[&'a str]) {
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
        let definition = match note.measure_version.as_str() {
            "" => note.definition.clone(),
            version => format!("{} (version {version})", note.definition),
        };
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
