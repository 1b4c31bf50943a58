//! The forms in which events come: which columns a file has, and which table keeps its rows.

/// A form of file: one of those that data.police.uk publishes, or a partner's own table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Crimes and anti-social behaviour incidents.
    Street,
    /// What became of crimes.
    Outcomes,
    /// Searches of people and vehicles.
    StopAndSearch,
    /// A partner's own table of events.
    Mapped,
}

/// The columns of one form.
pub(super) struct Heads {
    /// The form in words.
    pub(super) words: &'static str,
    /// What the names of its files end in.
    pub(super) suffix: &'static str,
    /// A column that no other form has.
    pub(super) mark: &'static str,
    /// The column that says what kind of event a row is.
    pub(super) kind: &'static str,
    /// The columns that are stored.
    pub(super) needed: &'static [&'static str],
    /// Columns that are known and not stored: the LSOA's code says more than its name, the street's
    /// name is that of the snap point, the context is always blank, and the name of an operation is
    /// free text.
    pub(super) not_stored: &'static [&'static str],
    /// Of the stored columns, those that only this form has.
    pub(super) extras: &'static [(&'static str, &'static str)],
}

/// The most columns that a form has to itself.
pub(super) const N_EXTRAS: usize = 9;

static STREET: Heads = Heads {
    words: "a street file",
    suffix: "-street",
    mark: "Crime type",
    kind: "Crime type",
    needed: &[
        "Crime ID",
        "Month",
        "Reported by",
        "Falls within",
        "Longitude",
        "Latitude",
        "LSOA code",
        "Crime type",
        "Last outcome category",
    ],
    not_stored: &["Location", "LSOA name", "Context"],
    extras: &[],
};

static OUTCOMES: Heads = Heads {
    words: "an outcomes file",
    suffix: "-outcomes",
    mark: "Outcome type",
    kind: "Outcome type",
    needed: &[
        "Crime ID",
        "Month",
        "Reported by",
        "Falls within",
        "Longitude",
        "Latitude",
        "LSOA code",
        "Outcome type",
    ],
    not_stored: &["Location", "LSOA name"],
    extras: &[],
};

static STOP_AND_SEARCH: Heads = Heads {
    words: "a stop-and-search file",
    suffix: "-stop-and-search",
    mark: "Legislation",
    kind: "Object of search",
    needed: &[
        "Type",
        "Date",
        "Part of a policing operation",
        "Latitude",
        "Longitude",
        "Gender",
        "Age range",
        "Self-defined ethnicity",
        "Officer-defined ethnicity",
        "Legislation",
        "Object of search",
        "Outcome",
        "Outcome linked to object of search",
        "Removal of more than just outer clothing",
    ],
    not_stored: &["Policing operation"],
    extras: &[
        ("Type", "search_type"),
        ("Part of a policing operation", "in_operation"),
        ("Gender", "gender"),
        ("Age range", "age_range"),
        ("Self-defined ethnicity", "self_defined_ethnicity"),
        ("Officer-defined ethnicity", "officer_defined_ethnicity"),
        ("Legislation", "legislation"),
        ("Outcome linked to object of search", "outcome_linked_to_object"),
        ("Removal of more than just outer clothing", "more_than_outer_clothing_removed"),
    ],
};

/// A partner's columns are declared, not known.
static MAPPED: Heads = Heads {
    words: "a partner's table",
    suffix: "",
    mark: "",
    kind: "",
    needed: &[],
    not_stored: &[],
    extras: &[],
};

impl Form {
    /// The forms of data.police.uk; each has a table of its own in the lake.
    pub const OF_POLICE_UK: [Self; 3] = [Self::Street, Self::Outcomes, Self::StopAndSearch];

    /// The name of its reader in declarations.
    pub fn reader(self) -> &'static str {
        match self {
            Self::Street => "police-uk-street",
            Self::Outcomes => "police-uk-outcomes",
            Self::StopAndSearch => "police-uk-stop-and-search",
            Self::Mapped => "mapped",
        }
    }

    /// The table of the lake that keeps its rows.
    pub fn table(self) -> &'static str {
        match self {
            Self::Street | Self::Mapped => "incidents",
            Self::Outcomes => "outcomes",
            Self::StopAndSearch => "stops",
        }
    }

    pub(super) fn heads(self) -> &'static Heads {
        match self {
            Self::Street => &STREET,
            Self::Outcomes => &OUTCOMES,
            Self::StopAndSearch => &STOP_AND_SEARCH,
            Self::Mapped => &MAPPED,
        }
    }

    /// The form that a file's name names.
    pub(super) fn named_in(stem: &str) -> Option<Self> {
        Self::OF_POLICE_UK.into_iter().find(|form| stem.contains(form.heads().suffix))
    }
}
