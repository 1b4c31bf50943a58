//! What changed between one plan and the next.

/// A priority as a comparison needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlined {
    /// Its reference.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// Its theme's title.
    pub theme: String,
    /// The reference of the earlier priority that it continues, if somebody said so.
    pub continues: Option<String>,
}

/// One line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// In both plans under the same title.
    Kept {
        /// The earlier one.
        was: Outlined,
        /// The later one.
        is: Outlined,
        /// Whether it stands under another theme.
        moved: bool,
    },
    /// Continued under another title.
    Renamed {
        /// The earlier one.
        was: Outlined,
        /// The later one.
        is: Outlined,
    },
    /// In the later plan alone.
    New(Outlined),
    /// In the earlier plan alone.
    Dropped(Outlined),
}

impl Difference {
    /// The words of it.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Kept { moved: false, .. } => "Kept",
            Self::Kept { moved: true, .. } => "Kept, under another theme",
            Self::Renamed { .. } => "Continued under another title",
            Self::New(_) => "New",
            Self::Dropped(_) => "Dropped",
        }
    }
}

/// Every priority of two plans once: those of the later plan in its order, then what was dropped. Two
/// belong together where the later one says that it continues the earlier, or where their titles are
/// the same but for case. Several may continue one.
pub fn differences(earlier: &[Outlined], later: &[Outlined]) -> Vec<Difference> {
    let same = |one: &str, other: &str| one.trim().to_lowercase() == other.trim().to_lowercase();
    let before = |is: &Outlined| {
        let said = is.continues.as_ref();
        let by_word = earlier.iter().find(|was| Some(&was.reference) == said);
        by_word.or_else(|| earlier.iter().find(|was| said.is_none() && same(&was.title, &is.title)))
    };
    let mut lines: Vec<Difference> = later
        .iter()
        .map(|is| match before(is) {
            None => Difference::New(is.clone()),
            Some(was) if same(&was.title, &is.title) => Difference::Kept {
                was: was.clone(),
                is: is.clone(),
                moved: !same(&was.theme, &is.theme),
            },
            Some(was) => Difference::Renamed { was: was.clone(), is: is.clone() },
        })
        .collect();
    let continued: Vec<&str> =
        later.iter().filter_map(before).map(|was| was.reference.as_str()).collect();
    let dropped = earlier.iter().filter(|was| !continued.contains(&was.reference.as_str()));
    lines.extend(dropped.cloned().map(Difference::Dropped));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(reference: &str, title: &str, theme: &str, continues: Option<&str>) -> Outlined {
        Outlined {
            reference: reference.into(),
            title: title.into(),
            theme: theme.into(),
            continues: continues.map(Into::into),
        }
    }

    #[test]
    fn every_priority_of_both_plans_stands_once() {
        let earlier = [
            one("a", "Burglary", "Places", None),
            one("b", "Youth", "Harm", None),
            one("c", "Lighting", "Places", None),
            one("d", "Cohesion", "Places", None),
        ];
        let later = [
            one("1", "burglary ", "Places", None),
            one("2", "Youth", "People", None),
            one("3", "Inclusive communities", "Places", Some("d")),
            one("4", "Cuckooing", "People", None),
        ];
        let told: Vec<&str> = differences(&earlier, &later).iter().map(Difference::words).collect();
        let expected = [
            "Kept",
            "Kept, under another theme",
            "Continued under another title",
            "New",
            "Dropped",
        ];
        assert_eq!(told, expected);
        assert!(differences(&earlier, &earlier).iter().all(|line| line.words() == "Kept"));
        assert!(differences(&earlier, &[]).iter().all(|line| line.words() == "Dropped"));
    }
}
