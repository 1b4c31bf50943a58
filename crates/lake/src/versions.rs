//! Which load replaces which: a month that is downloaded again is a new version of its file.

use crate::rows::Load;

/// Whether a load brings another version of the file that an earlier one brought.
///
/// Files of events are told apart by their own name, wherever they lie, as a month that is
/// downloaded again comes in another archive. One name may stand for several files all the same, so
/// they must share a month and a reporting body.
pub(crate) fn is_version_of(load: &Load, earlier: &Load) -> bool {
    if load.source != earlier.source || load.load_id == earlier.load_id {
        return false;
    }
    if load.first_month.is_none()
        && load.reporting_bodies.is_empty()
        && earlier.first_month.is_none()
    {
        return load.file_name == earlier.file_name;
    }
    let overlap = match (
        load.first_month.zip(load.last_month),
        earlier.first_month.zip(earlier.last_month),
    ) {
        (Some((first, last)), Some((earlier_first, earlier_last))) => {
            first <= earlier_last && earlier_first <= last
        }
        _ => true,
    };
    let bodies = &earlier.reporting_bodies;
    let share = bodies.is_empty()
        || load.reporting_bodies.is_empty()
        || load.reporting_bodies.iter().any(|body| bodies.contains(body));
    base_name(&load.file_name) == base_name(&earlier.file_name) && overlap && share
}

fn base_name(file_name: &str) -> &str {
    let name = file_name.rsplit(['/', '!']).next().unwrap_or(file_name);
    name.strip_suffix(".gz").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use wardmote_domain::period::Month;
    use wardmote_domain::provenance::{Disclosure, PlacePrecision, TimePrecision};

    use super::*;
    use crate::ingest::blank_load;
    use crate::read;
    use crate::source::{Reader, SourceDeclaration};

    fn load(file_name: &str, month: &str, body: &str) -> Load {
        let source = SourceDeclaration {
            id: "street".into(),
            publisher: "p".into(),
            licence: "l".into(),
            disclosure: Disclosure::Open,
            agreement: None,
            marking: None,
            files: Vec::new(),
            expected: None,
            reader: Reader::Events {
                form: read::Form::Street,
                mapping: None,
                time_precision: TimePrecision::Month,
                place_precision: PlacePrecision::Snapped,
                vintage: None,
            },
        };
        let month: Option<Month> = month.parse().ok();
        Load {
            first_month: month,
            last_month: month,
            reporting_bodies: vec![body.to_owned()],
            ..blank_load(
                &source,
                format!("{file_name} {month:?} {body}"),
                file_name.to_owned(),
                String::new(),
            )
        }
    }

    #[test]
    fn a_month_downloaded_again_is_a_new_version() {
        let earlier = load("police/2024-01/2024-01-x-street.csv", "2024-01", "X Police");
        let again = load("latest.zip!2024-01/2024-01-x-street.csv", "2024-01", "X Police");
        assert!(is_version_of(&again, &earlier));
        let packed = load("2024-01-x-street.csv.gz", "2024-01", "X Police");
        assert!(is_version_of(&packed, &earlier));
    }

    #[test]
    fn one_name_may_stand_for_several_files() {
        let earlier = load("a/street.csv", "2024-01", "X Police");
        assert!(!is_version_of(&load("b/street.csv", "2024-02", "X Police"), &earlier));
        assert!(!is_version_of(&load("b/street.csv", "2024-01", "Y Police"), &earlier));
        assert!(!is_version_of(&earlier, &earlier));
    }
}
