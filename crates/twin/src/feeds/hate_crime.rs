//! Hate crimes: stable but for August 2024, after the disorder of 30 July.

use std::collections::BTreeMap;

use wardmote_domain::period::Month;

use super::calendar::{Day, month_of};
use super::counts::{deal, vary};
use super::files::FeedFile;
use super::truth::PlantedHateCrime;
use super::{Feed, Ground, covered};
use crate::draws::Draws;
use crate::monthly_counts::apportion;

const HEADER: &str = "Date recorded,Offence,LSOA code,Race,Religion,Sexual orientation,Disability,Transgender,Publisher";
const PUBLISHER: &str = "SYNTHETIC Greater Manchester Police (twin)";

const STRANDS: [&str; 5] = ["Race", "Religion", "Sexual orientation", "Disability", "Transgender"];
/// Shares by the first flag of an offence.
const SHARES: [f64; 5] = [0.68, 0.07, 0.13, 0.10, 0.02];
/// Pairs of strands that some offences carry, with how many do.
const OVERLAPS: [([usize; 2], usize); 3] = [([0, 1], 68), ([2, 3], 10), ([2, 4], 8)];

const A_MONTH: u32 = 40;
const DISPERSION: f64 = 0.9;
/// Within two standard deviations of a Poisson count of 40, so that no other month stands out.
const USUAL: std::ops::RangeInclusive<u32> = 28..=52;
const EXCESS: u32 = A_MONTH;
/// Of the excess, those in the first two weeks after the disorder (31 July to 13 August).
const EXCESS_IN_TWO_WEEKS: u32 = 34;
const LAST_DAY_OF_TWO_WEEKS: u8 = 13;
/// What the excess in the two weeks was motivated by: race and religion.
const EXCESS_STRANDS: [u32; 2] = [27, 7];

pub(super) fn draw(ground: &Ground, files: &mut Vec<FeedFile>) -> PlantedHateCrime {
    let mut draws = ground.draws(Feed::HateCrime);
    let total = A_MONTH * covered().n_months() as u32 + EXCESS;

    let mut by_strand = apportion(total, &SHARES);
    let first_flags = by_strand.clone();
    for (strand, n) in EXCESS_STRANDS.into_iter().enumerate() {
        by_strand[strand] -= n;
    }
    let of_pool: Vec<f64> = by_strand.iter().map(|&n| f64::from(n)).collect();
    let usual_total: u32 = by_strand.iter().sum();
    let dealt = deal(usual_total as usize, &of_pool, &mut draws);
    let mut flags: Vec<Vec<usize>> = dealt.into_iter().map(|strand| vec![strand]).collect();
    for ([first, second], n) in OVERLAPS {
        let of_first = flags.iter_mut().filter(|flags| **flags == [first]);
        of_first.take(n).for_each(|flags| flags.push(second));
    }
    draws.shuffle(&mut flags);
    let mut flags = flags.into_iter();

    for (month, count) in covered().months().zip(usual_counts(&mut draws)) {
        let days: Vec<Day> = Day::all_of(month).collect();
        let mut offences: Vec<(Day, Vec<usize>)> = Vec::new();
        offences.extend(flags.by_ref().take(count as usize).map(|f| (*draws.pick(&days), f)));
        if month == after_disorder() {
            let (weeks, rest) = days.split_at(usize::from(LAST_DAY_OF_TWO_WEEKS));
            for (strand, n) in EXCESS_STRANDS.into_iter().enumerate() {
                offences.extend((0..n).map(|_| (*draws.pick(weeks), vec![strand])));
            }
            let later = flags.by_ref().take((EXCESS - EXCESS_IN_TWO_WEEKS) as usize);
            offences.extend(later.map(|f| (*draws.pick(rest), f)));
        }
        files.push(file(ground, month, &offences, &mut draws));
    }
    planted(total, &first_flags)
}

fn after_disorder() -> Month {
    month_of(2024, 8)
}

/// Forty a month on average, and forty in August 2024 before the excess.
fn usual_counts(draws: &mut Draws) -> Vec<u32> {
    let n_months = covered().n_months() - 1;
    let total = A_MONTH * n_months as u32;
    let even = vec![1.0; n_months];
    let mut attempts = (0..1_000).map(|_| vary(total, &even, DISPERSION, draws));
    let mut counts = attempts
        .find(|counts| counts.iter().all(|n| USUAL.contains(n)))
        .unwrap_or_else(|| vec![A_MONTH; n_months]);
    let august = (after_disorder().index() - covered().first().index()).unsigned_abs() as usize;
    counts.insert(august, A_MONTH);
    counts
}

fn file(
    ground: &Ground,
    month: Month,
    offences: &[(Day, Vec<usize>)],
    draws: &mut Draws,
) -> FeedFile {
    let mut rows: Vec<String> = offences
        .iter()
        .map(|(day, flags)| {
            let strands: Vec<&str> =
                (0..5).map(|strand| if flags.contains(&strand) { "Yes" } else { "No" }).collect();
            let (area, strands) = (ground.area(draws), strands.join(","));
            format!("{},Hate crime,{area},{strands},{PUBLISHER}", day.iso())
        })
        .collect();
    rows.sort();
    FeedFile::monthly(Feed::HateCrime, month, "hate-crime", HEADER, rows)
}

fn planted(total: u32, first_flags: &[u32]) -> PlantedHateCrime {
    let mut any_flags = first_flags.to_vec();
    for ([_, second], n) in OVERLAPS {
        any_flags[second] += n as u32;
    }
    let named = |counts: &[u32]| {
        STRANDS.iter().zip(counts).map(|(strand, n)| ((*strand).to_owned(), *n)).collect()
    };
    let overlaps: BTreeMap<String, u32> = OVERLAPS
        .iter()
        .map(|([first, second], n)| {
            (format!("{} and {}", STRANDS[*first], STRANDS[*second]), *n as u32)
        })
        .collect();
    PlantedHateCrime {
        offences: total,
        offences_a_month: A_MONTH,
        lowest_and_highest_usual_month: [*USUAL.start(), *USUAL.end()],
        offences_august_2024: A_MONTH + EXCESS,
        excess_31_july_to_13_august_2024: EXCESS_IN_TWO_WEEKS,
        share_by_first_flag: STRANDS.iter().map(|s| (*s).to_owned()).zip(SHARES).collect(),
        offences_by_first_flag: named(first_flags),
        offences_by_any_flag: named(&any_flags),
        overlaps,
    }
}
