//! The day that a duty is due next, held against the clock that counts it.

use jiff::civil::Date;
use wardmote_domain::clock::{Facts, date_in_words};
use wardmote_domain::plan::Break;

use super::{Board, day};
use crate::commands::clock::explain::due_date;
use crate::law::Law;
use crate::reviews::next_step;

/// Each duty whose register says another day than its clock, or names a clock that is not there.
pub(crate) fn against_clocks(board: Board<'_>, law: &Law, on: Date) -> anyhow::Result<Vec<Break>> {
    let mut breaks = Vec::new();
    for duty in board.all("duties") {
        let name = duty.get("clock");
        if name.is_empty() {
            continue;
        }
        let mut say = |why: String| {
            breaks.push(Break { register: "duties", reference: duty.reference().to_owned(), why });
        };
        let Some(clock) = law.clocks.get(name) else {
            say(format!("names the clock {name}, which the folder clocks does not hold"));
            continue;
        };
        let facts = Facts::written(clock, &board.happened(name), "", "")?;
        let next = next_step(law, clock, &facts, on);
        let counted = next.as_ref().and_then(|next| due_date(&next.due));
        let said = day(duty, "due");
        if said != counted {
            let in_words = |day: Option<Date>| day.map_or("no day".to_owned(), date_in_words);
            let step = next.map_or(String::new(), |next| format!(" ({})", next.step.title));
            let (said, counted) = (in_words(said), in_words(counted));
            say(format!(
                "is due on {said} by the register, and on {counted} by the clock {name}{step}"
            ));
        }
    }
    Ok(breaks)
}

/// Whether a duty names a clock, so that the folder's clocks must be read.
pub(crate) fn any_has_a_clock(board: Board<'_>) -> bool {
    board.all("duties").into_iter().any(|duty| !duty.get("clock").is_empty())
}
