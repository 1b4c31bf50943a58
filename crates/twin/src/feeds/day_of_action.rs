//! A day of action: where it was, what lies around it, what is like it elsewhere, and what else
//! happened.

use std::collections::BTreeMap;

use super::files::FeedFile;
use super::{Feed, Ground};
use crate::TwinError;
use crate::districts::Area;

const N_TARGETS: usize = 4;
const CONTROLS_FOR_A_TARGET: usize = 2;
const PUBLISHER: &str = "SYNTHETIC Stockport partnership (twin)";
const AREAS_HEADER: &str = "LSOA code,Role,Publisher";
const EVENTS_HEADER: &str = "Date,Event,Publisher";
const EVENTS: [(&str, &str); 3] = [
    ("2024-02-05", "Campaign to report hate crime starts"),
    ("2024-06-15", "Day of action against bike-enabled crime and anti-social behaviour"),
    ("2024-07-30", "Disorder"),
];

/// What an area is to the day of action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Target,
    Buffer,
    Control,
    /// None of these.
    Elsewhere,
}

impl Role {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Buffer => "buffer",
            Self::Control => "control",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// Each area's role, in the order of the district's areas.
///
/// The target grows from the heaviest area by the heaviest that touches it; the buffer is every
/// area that touches the target; controls are those whose weight is nearest to each target's.
pub(super) fn roles(ground: &Ground) -> Result<Vec<Role>, TwinError> {
    let areas = &ground.district.areas;
    let weights = ground.places().home_weights();
    let too_few = || TwinError::TooFewAreas { areas: areas.len() };
    let heaviest = |among: &[usize]| {
        among.iter().copied().max_by(|&a, &b| weights[a].total_cmp(&weights[b])).ok_or_else(too_few)
    };

    let all: Vec<usize> = (0..areas.len()).collect();
    let mut target = vec![heaviest(&all)?];
    while target.len() < N_TARGETS {
        target.push(heaviest(&around(&target, areas))?);
    }
    let buffer = around(&target, areas);
    let mut controls = Vec::new();
    for &like in &target {
        for _ in 0..CONTROLS_FOR_A_TARGET {
            let taken =
                |area: &usize| [&target, &buffer, &controls].iter().any(|t| t.contains(area));
            let far = |area: usize| libm::log(weights[area] / weights[like]).abs();
            let others = all.iter().copied().filter(|area| !taken(area));
            let nearest = others.min_by(|&a, &b| far(a).total_cmp(&far(b)));
            controls.push(nearest.ok_or_else(too_few)?);
        }
    }
    if buffer.is_empty() {
        return Err(too_few());
    }
    let mut roles = vec![Role::Elsewhere; areas.len()];
    for (members, role) in
        [(target, Role::Target), (buffer, Role::Buffer), (controls, Role::Control)]
    {
        for area in members {
            roles[area] = role;
        }
    }
    // Offences are drawn for each role, so each needs a place for them.
    if roles.contains(&Role::Elsewhere) { Ok(roles) } else { Err(too_few()) }
}

/// Areas that touch some of these and are none of them.
fn around(these: &[usize], areas: &[Area]) -> Vec<usize> {
    let touches = |area: &usize| these.iter().any(|&one| areas[*area].touches(&areas[one]));
    (0..areas.len()).filter(|area| !these.contains(area)).filter(touches).collect()
}

/// Adds the areas and the events; says which areas have which role.
pub(super) fn files(
    ground: &Ground,
    roles: &[Role],
    files: &mut Vec<FeedFile>,
) -> BTreeMap<String, Vec<String>> {
    let mut with_role: Vec<(Role, &str)> = roles
        .iter()
        .zip(&ground.district.areas)
        .map(|(role, area)| (*role, area.code.as_str()))
        .filter(|(role, _)| *role != Role::Elsewhere)
        .collect();
    with_role.sort_unstable();
    let mut codes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (role, code) in &with_role {
        codes.entry(role.word().to_owned()).or_default().push((*code).to_owned());
    }
    let rows = with_role.iter().map(|(role, code)| format!("{code},{},{PUBLISHER}", role.word()));
    files.push(FeedFile::whole(Feed::DayOfAction, "areas", AREAS_HEADER, rows.collect()));
    let rows = EVENTS.iter().map(|(date, event)| format!("{date},{event},{PUBLISHER}"));
    files.push(FeedFile::whole(Feed::DayOfAction, "events", EVENTS_HEADER, rows.collect()));
    codes
}
