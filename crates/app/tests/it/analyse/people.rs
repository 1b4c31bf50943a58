//! Surveys, harm, searches and priorities.

use std::fmt::Write as _;

use wardmote_stats::dispersion::dispersion_over_years;
use wardmote_stats::disproportionality::{Group, compare_find_rates, compare_search_rates};
use wardmote_stats::equivalence::equivalent_difference;
use wardmote_stats::harm::compare_harm;
use wardmote_stats::prioritise::{Matrix, Scores, Sensitivity, prioritise};
use wardmote_stats::proportion::{WeightedShare, compare_weighted};
use wardmote_stats::share_periods::Part;

use super::{Files, column};

#[test]
fn weighted_shares() {
    let mut text = "district,safe,weight\n".to_owned();
    let mut sides =
        [WeightedShare { respondents: 0, weight: 0.0, weight_squares: 0.0, weight_with: 0.0 }; 2];
    for i in 0..400_u32 {
        let rest = i % 4 != 0;
        let yes = i % 10 < if rest { 7 } else { 8 };
        let weight = 0.5 + f64::from(i % 3) * 0.5;
        let district = if rest { "other" } else { "here" };
        let _ = writeln!(text, "{district},{},{weight}", if yes { "yes" } else { "no" });
        let side = &mut sides[usize::from(rest)];
        side.respondents += 1;
        side.weight += weight;
        side.weight_squares += weight * weight;
        side.weight_with += if yes { weight } else { 0.0 };
    }
    text.push_str("here,,1\n");
    let files = Files::new().with("answers.csv", &text);
    let words = "survey --input answers.csv --value safe --weight weight --group district --this here --margin 0.2";
    let found = files.json(&format!("{words} --yes yes"));
    let expected = compare_weighted(&sides[0], &sides[1]).unwrap();
    assert_eq!(found["results"]["difference"], expected.difference);
    assert_eq!(found["results"]["p"], expected.p_value);
    let same =
        equivalent_difference(expected.difference, expected.standard_error, 0.2, 0.05).unwrap();
    assert_eq!(found["results"]["same_p"], same.p_value);
    assert_eq!(found["results"]["this"]["design_effect"], sides[0].design_effect());
    assert_eq!(found["warnings"][0], "1 respondents without an answer are left out");
    files.refused(words, &["--yes", "no answer is \"1\""]);
}

#[test]
fn weighted_harm() {
    let kinds = [("violence", 40.0, 30), ("burglary", 20.0, 25), ("theft", 1.0, 90)];
    let count =
        |base: u64, month: u64| base + (month * 5 + base) % 7 + if month > 11 { 4 } else { 0 };
    let mut text = "kind,month,n,days\n".to_owned();
    for (kind, weight, base) in kinds {
        for month in 0..24 {
            let (year, of_year) = (2022 + month / 12, month % 12 + 1);
            let _ = writeln!(text, "{kind},{year}-{of_year:02},{},{weight}", count(base, month));
        }
    }
    let files = Files::new().with("kinds.csv", &text);
    let words =
        "harm --input kinds.csv --id kind --date month --value n --weight days --change 2023-01";
    let found = files.json(words);
    let of_kinds = |months: std::ops::Range<u64>| {
        kinds.map(|(_, _, base)| months.clone().map(|month| count(base, month)).sum::<u64>())
    };
    let of_months = |months: std::ops::Range<u64>| -> Vec<u64> {
        months.map(|month| kinds.iter().map(|(_, _, base)| count(*base, month)).sum()).collect()
    };
    let dispersion = dispersion_over_years(&[of_months(0..12), of_months(12..24)]).unwrap();
    let weights = kinds.map(|(_, weight, _)| weight);
    let expected = compare_harm(&of_kinds(0..12), &of_kinds(12..24), &weights, dispersion).unwrap();
    assert_eq!(found["results"]["percent_change"], expected.percent_change);
    assert_eq!(found["results"]["p"], expected.p_value);
    assert_eq!(found["parameters"]["months_each_side"], 12);
}

#[test]
fn searches_of_two_groups() {
    let part = |base: u64, month: u64| {
        let of = base + (month * 3) % 5;
        Part { with: of / 4 + month % 2, of }
    };
    let mut text = "month,group,searches,finds,residents\n".to_owned();
    for month in 0..12 {
        for (group, base, residents) in [("A", 30, 5_000), ("B", 60, 40_000)] {
            let Part { with, of } = part(base, month);
            let _ = writeln!(text, "2023-{:02},{group},{of},{with},{residents}", month + 1);
        }
    }
    let files = Files::new().with("searches.csv", &text);
    let words = "disproportionality --input searches.csv --this A --reference B --not-recorded 10";
    let found = files.json(words);
    let of = |base| (0..12).map(|month| part(base, month)).collect::<Vec<Part>>();
    let (a, b) = (of(30), of(60));
    let (a, b) = (Group { residents: 5e3, months: &a }, Group { residents: 4e4, months: &b });
    let rates = compare_search_rates(a, b, 10).unwrap();
    let finds = compare_find_rates(a, b).unwrap();
    assert_eq!(found["results"]["ratio"], rates.ratio.ratio);
    assert_eq!(found["results"]["ratio_if_unrecorded_upper"], rates.bounds.upper);
    assert_eq!(found["results"]["finds"]["ratio"], finds.ratio);
    assert_eq!(found["results"]["finds"]["p"], finds.shares.p_value);
    assert!(found["warnings"].to_string().contains("are not the residents"));
    files.refused(&words.replace("--this A", "--this C"), &["no row is of group \"C\""]);
}

#[test]
fn problems_in_order() {
    let text = "problem,physical,psychological,financial,community,environmental,likelihood,\
                organisational_position,confidence\n\
                knives,5,4,2,4,1,3,4,2\nfraud,1,3,5,1,1,4,3,4\nlitter,1,1,1,2,4,5,1,5\n";
    let files = Files::new().with("problems.csv", text);
    let words =
        "prioritise --input problems.csv --id problem --harm-weights 3,2,1,2,1 --top 1 --seed 2018";
    let found = files.json(words);
    let of = |harm, likelihood, organisational_position, confidence| Scores {
        harm,
        likelihood,
        organisational_position,
        confidence,
    };
    let items =
        [of([5, 4, 2, 4, 1], 3, 4, 2), of([1, 3, 5, 1, 1], 4, 3, 4), of([1, 1, 1, 2, 4], 5, 1, 5)];
    let matrix = Matrix {
        highest_score: 5,
        harm_weights: [3.0, 2.0, 1.0, 2.0, 1.0],
        organisational_share: 0.2,
    };
    let sensitivity = Sensitivity {
        weight_range: 0.25,
        step_probability: 0.3,
        top: 1,
        n_draws: 5_000,
        seed: 2018,
    };
    let expected = prioritise(&items, matrix, sensitivity).unwrap();
    let ids = ["knives", "fraud", "litter"];
    assert_eq!(column(&found["results"], "rank"), [1, 2, 3]);
    for row in found["results"].as_array().unwrap() {
        let at = ids.iter().position(|id| row["id"] == *id).unwrap();
        assert_eq!(row["total"], expected.items[at].total);
        assert_eq!(row["share_in_top"], expected.items[at].share_in_top);
        assert_eq!(row["rank"], expected.items[at].rank);
    }
    let wrong = Files::new().with("problems.csv", &text.replace("knives,5", "knives,9"));
    wrong.refused(words, &["physical", "9"]);
}
