//! Where the evidence and the plan meet, for `wardmote trace`: from a figure to the priorities that
//! cite it, their actions and measures; and from an item of the plan back to its figures.

use crate::business::{
    Book, Business, Entry, MeasureView, PriorityView, Readings, published_readings,
};
use crate::commands::records::Where;
use crate::place::today;

/// Prints what the plan makes of a claim or figure. Without a plan it prints nothing.
pub(crate) async fn print_from_evidence(
    at: &Where,
    claim: &str,
    figure: &str,
) -> anyhow::Result<()> {
    let Some((business, book, readings)) = opened(at).await? else { return Ok(()) };
    let cite = |key: &str| book.linking("cites", key);
    let mut priorities = cite(claim);
    priorities.extend(cite(figure).into_iter().filter(|_| claim != figure));
    let read = |key: &str| book.linking("reads", key);
    let mut measures = read(claim);
    measures.extend(read(figure).into_iter().filter(|_| claim != figure));
    if priorities.is_empty() && measures.is_empty() {
        println!("\nThe plan    nothing cites this or is measured by it");
        return Ok(());
    }
    println!("\nThe plan");
    for priority in priorities {
        println!("  cited by priority {} {}", priority.reference(), priority.title());
        print_actions(&business, &book, &readings, priority);
    }
    for measure in measures {
        println!("  read by measure {} {}", measure.reference(), measure.title());
        for action in book.linking("measured-by", &measure.id) {
            println!("    of action {} {}", action.reference(), action.title());
        }
    }
    Ok(())
}

/// Prints an item of the plan and the figures that it comes from or is measured by. Answers whether
/// there is one of this reference.
pub(crate) async fn print_from_plan(at: &Where, reference: &str) -> anyhow::Result<bool> {
    let Some((business, book, readings)) = opened(at).await? else { return Ok(false) };
    let registers = ["priorities", "actions", "measures"];
    let found = registers.iter().find_map(|register| book.called(register, reference));
    let Some(item) = found else { return Ok(false) };
    match item.register.as_str() {
        "priorities" => print_priority(&business, &book, &readings, item),
        "actions" => {
            println!("Action {} {}", item.reference(), item.title());
            print_measures(&book, &readings, item, "  ");
            if let Some(priority) = book.by_id(item.get("priority")) {
                println!();
                print_priority(&business, &book, &readings, priority);
            }
        }
        _ => {
            println!("Measure {} {}", item.reference(), item.title());
            print_measure(&MeasureView::new(item, &readings), "  ");
            for action in book.linking("measured-by", &item.id) {
                println!("  of action {} {}", action.reference(), action.title());
            }
        }
    }
    Ok(true)
}

async fn opened(at: &Where) -> anyhow::Result<Option<(Business, Book, Readings)>> {
    if !Business::is_there(at) {
        return Ok(None);
    }
    let business = Business::open(at).await?;
    let book = business.book(business.asking(None)).await?;
    Ok(Some((business, book, published_readings(&at.folder)?)))
}

fn print_priority(business: &Business, book: &Book, readings: &Readings, priority: &Entry) {
    println!("Priority {} {}", priority.reference(), priority.title());
    for key in priority.evidence("cites") {
        match readings.get(&key) {
            Some(reading) => {
                println!("  cites {key}: {}", reading.sentence);
                println!(
                    "    figure {}; `wardmote trace {key}` goes on to its rows",
                    reading.figure
                );
            }
            None => println!("  cites {key}, which the published evidence does not hold"),
        }
    }
    print_actions(business, book, readings, priority);
}

fn print_actions(business: &Business, book: &Book, readings: &Readings, priority: &Entry) {
    let stale_after = business.settings.stale_after_days;
    let view = PriorityView::new(book, priority, readings, today(), stale_after);
    for one in &view.actions {
        let (action, state) = (one.action, one.action.get("state"));
        println!("    action {} {} ({state})", action.reference(), action.title());
        for measure in &one.measures {
            print_measure(measure, "      ");
        }
    }
}

fn print_measures(book: &Book, readings: &Readings, action: &Entry, indent: &str) {
    for measure in book.linked(action, "measured-by") {
        print_measure(&MeasureView::new(measure, readings), indent);
    }
}

fn print_measure(measure: &MeasureView<'_>, indent: &str) {
    let (reference, words) = (measure.measure.reference(), measure.progress.words());
    println!("{indent}measure {reference}: {} {words}.", measure.said());
}
