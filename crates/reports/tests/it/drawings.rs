//! Drawings: what is not known, what is said aloud, and snapshots of their bytes.

use wardmote_reports::{Chart, ChartKind, Line, chart_svg};

use crate::sample;

#[test]
fn drawings_have_not_changed() {
    insta::assert_snapshot!("bars", chart_svg(&sample::bars(), false));
    insta::assert_snapshot!("profile", chart_svg(&sample::profile(), false));
    insta::assert_snapshot!("series", chart_svg(&sample::series(), true));
}

#[test]
fn same_chart_gives_same_bytes_and_own_ids() {
    assert_eq!(chart_svg(&sample::map(), true), chart_svg(&sample::map(), true));
    let id = |svg: &str| svg.split("aria-labelledby=\"").nth(1).unwrap()[..22].to_owned();
    assert_ne!(id(&chart_svg(&sample::map(), true)), id(&chart_svg(&sample::bars(), true)));
}

#[test]
fn months_not_known_break_the_line_and_are_named() {
    let mut chart = sample::series();
    let ChartKind::Series(series) = &mut chart.kind else { unreachable!() };
    series.lines = vec![Line { name: "Crime".to_owned(), values: vec![Some(5.0); 24] }];
    let whole = chart_svg(&chart, false);
    assert!(!whole.contains("not known</text>"));
    let ChartKind::Series(series) = &mut chart.kind else { unreachable!() };
    series.lines[0].values[10] = None;
    let broken = chart_svg(&chart, false);
    assert!(broken.contains(">not known</text>"));
    let n_lines = |svg: &str| svg.matches("stroke-width=\"2.5\"").count();
    assert_eq!((n_lines(&whole), n_lines(&broken)), (1, 2));
}

#[test]
fn a_series_too_short_for_its_months_is_not_known_at_the_end() {
    let mut chart = sample::series();
    let ChartKind::Series(series) = &mut chart.kind else { unreachable!() };
    series.lines = vec![Line { name: "Crime".to_owned(), values: vec![Some(5.0); 20] }];
    assert!(chart_svg(&chart, false).contains(">not known</text>"));
}

#[test]
fn areas_not_known_are_hatched_and_in_the_legend() {
    let svg = chart_svg(&sample::map(), false);
    assert!(svg.contains(">not known</text>"));
    // Two areas and the legend.
    assert_eq!(svg.matches("-hatch)").count(), 3);
    assert!(svg.contains("1 km</text>") || svg.contains("2 km</text>"));
}

#[test]
fn synthetic_is_on_the_drawing_and_in_its_name() {
    let svg = chart_svg(&sample::bars(), true);
    assert!(svg.contains(">SYNTHETIC. Recorded crime"));
    assert!(svg.contains(">SYNTHETIC: invented data"));
    assert!(!chart_svg(&sample::bars(), false).contains("SYNTHETIC"));
}

#[test]
fn empty_charts_are_drawn_without_numbers_that_do_not_exist() {
    let charts =
        [sample::series(), sample::bars(), sample::profile(), sample::funnel(), sample::map()];
    for mut chart in charts {
        match &mut chart.kind {
            ChartKind::Series(series) => (series.months, series.lines) = (Vec::new(), Vec::new()),
            ChartKind::Bars(bars) => bars.bars.clear(),
            ChartKind::Profile(profile) => profile.months.clear(),
            ChartKind::Funnel(funnel) => {
                (funnel.points, funnel.limits) = (Vec::new(), Vec::new());
            }
            ChartKind::Map(map) => map.areas.clear(),
            ChartKind::Structure(structure) => structure.groups.clear(),
        }
        let svg = chart_svg(&chart, false);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}

#[test]
fn a_funnel_names_the_areas_outside_its_limits() {
    let svg = chart_svg(&sample::funnel(), false);
    assert!(svg.contains(">Exampleton 9</text>") && !svg.contains(">Exampleton 3</text>"));
    assert!(svg.contains(">inner limits</text>") && svg.contains(">residents</text>"));
    insta::assert_snapshot!("funnel", svg);
}

#[test]
fn every_group_is_drawn_once_whatever_it_reports_to() {
    let svg = chart_svg(&sample::structure(), true);
    let Chart { kind: ChartKind::Structure(structure), .. } = sample::structure() else {
        unreachable!()
    };
    for group in &structure.groups {
        let first = group.name.split_whitespace().next().unwrap();
        assert!(svg.contains(&format!(">{first}")), "{} is not drawn", group.name);
    }
    let boxes = svg.matches("stroke=\"#0b0c0c\" stroke-width=\"1.5\"").count()
        + svg.matches("stroke-dasharray").count();
    assert!(boxes >= structure.groups.len(), "{boxes} boxes");
    // A lapsed group shows without colour, and in words.
    assert_eq!(svg.matches("stroke-dasharray").count(), 1);
    assert!(svg.contains(">lapsed"));
    // Two that report to one another have no top; they are drawn all the same.
    let mut circle = sample::structure();
    let ChartKind::Structure(structure) = &mut circle.kind else { unreachable!() };
    structure.groups.truncate(2);
    structure.groups[0].reports_to = Some(structure.groups[1].id.clone());
    let svg = chart_svg(&circle, false);
    assert!(svg.contains(">Exampleton") && svg.contains(">Domestic"), "{svg}");
    // And none at all are none.
    let ChartKind::Structure(structure) = &mut circle.kind else { unreachable!() };
    structure.groups.clear();
    assert!(!chart_svg(&circle, false).contains("NaN"));
}

#[test]
fn the_structure_has_not_changed() {
    insta::assert_snapshot!("structure", chart_svg(&sample::structure(), true));
}
