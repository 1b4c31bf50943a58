//! The open risks.

use super::{Making, Papers, said_day};
use crate::board::pack::papers::table;
use crate::board::state;
use crate::business::Entry;

const HEADINGS: [(&str, bool); 5] =
    [("Risk", false), ("Score", true), ("Response", false), ("Owner", false), ("Review by", false)];

impl<'a> Making<'a> {
    /// The open risks by their scores. Those that are not OFFICIAL are not among them.
    pub(in crate::board::pack) fn risks(&mut self, papers: &mut Papers) {
        let open = self.open_risks();
        self.counts.count("risks", "Open risks", "risks that are open", open.iter().copied());
        for risk in &open {
            for field in ["title", "response", "owner"] {
                self.quoted(risk, field);
            }
        }
        let mut text = "Open risks: {{pack.risks}}, in the order of their scores. A score is \
                        likelihood times impact, each from one to five. Risks that are marked \
                        OFFICIAL-SENSITIVE are not in these papers.\n\n"
            .to_owned();
        if !open.is_empty() {
            text += "![](table:risks)\n";
        }
        papers.table("risks", "Open risks", &HEADINGS, open.iter().map(|one| row(one)).collect());
        papers.section("risks", "Risks", text);
    }

    pub(in crate::board::pack) fn risk_slides(&self, papers: &mut Papers) {
        let rows = self.open_risks().into_iter().map(row).collect();
        papers.table_slides("Open risks, by their score", &table("", &HEADINGS, rows));
    }

    fn open_risks(&self) -> Vec<&'a Entry> {
        let mut open = self.sources.board.all("risks");
        open.retain(|risk| state(risk) == "open");
        open.sort_by_key(|risk| {
            let (likelihood, impact) = chances(risk);
            (std::cmp::Reverse(likelihood * impact), risk.reference().to_owned())
        });
        open
    }
}

fn chances(risk: &Entry) -> (u32, u32) {
    let number = |field: &str| risk.get(field).parse::<u32>().unwrap_or(0);
    (number("likelihood"), number("impact"))
}

fn row(risk: &Entry) -> Vec<String> {
    let (likelihood, impact) = chances(risk);
    vec![
        risk.title().to_owned(),
        format!("{} ({likelihood} times {impact})", likelihood * impact),
        risk.get("response").to_owned(),
        risk.get("owner").to_owned(),
        said_day(risk, "due"),
    ]
}
