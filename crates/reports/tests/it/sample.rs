//! A publication with one of everything, invented from start to end.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use jiff::civil::date;
use wardmote_reports::{
    Bar, BarChart, Chart, ChartKind, ChoroplethMap, ClassBreak, Column, FigureNote, FunnelChart,
    FunnelLimits, FunnelPoint, Line, MapArea, Marker, ProfileChart, ProfileMonth, Publication,
    Section, SeriesChart, SignOff, Slide, Slides, SourceNote, StructureChart, StructureGroup,
    Table,
};

/// Draws with a gap of four months in one line and a marker.
pub(crate) fn series() -> Chart {
    let months: Vec<String> = (0..24)
        .map(|month| format!("{}-{:02}", 2022 + (month + 3) / 12, (month + 3) % 12 + 1))
        .collect();
    let level =
        |month: usize, base: f64| (base + base * 0.15 * (TAU * month as f64 / 12.0).sin()).round();
    let crime: Vec<Option<f64>> =
        (0..24).map(|m| (!(10..14).contains(&m)).then(|| level(m, 1_500.0))).collect();
    let asb: Vec<Option<f64>> =
        (0..24).map(|m| (m != 20 && !(10..14).contains(&m)).then(|| level(m + 2, 420.0))).collect();
    let rows = months
        .iter()
        .zip(crime.iter().zip(&asb))
        .map(|(month, (crime, asb))| {
            let cell = |value: &Option<f64>| {
                value.map_or("not known".to_owned(), |value| format!("{value:.0}"))
            };
            vec![month.clone(), cell(crime), cell(asb)]
        })
        .collect();
    Chart {
        title: "Recorded crime and anti-social behaviour by month, April 2022 to March 2024".to_owned(),
        finding: "Recorded crime stays between 1,275 and 1,725 a month; February to May 2023 are not known.".to_owned(),
        source: "data.police.uk, street-level crime, Open Government Licence v3.0".to_owned(),
        table: table("Crime and anti-social behaviour by month", &["Month", "Recorded crime", "ASB"], rows),
        kind: ChartKind::Series(SeriesChart {
            y_label: "Recorded a month".to_owned(),
            months,
            lines: vec![
                Line { name: "Recorded crime".to_owned(), values: crime },
                Line { name: "ASB".to_owned(), values: asb },
            ],
            withheld: Vec::new(),
            expected: None,
            markers: vec![Marker { month: "2022-10".to_owned(), label: "Wardens start".to_owned() }],
        }),
    }
}

/// A board with groups three levels deep, of which one has lapsed.
pub(crate) fn structure() -> Chart {
    let group = |id: &str, name: &str, to: Option<&str>| StructureGroup {
        id: id.to_owned(),
        name: name.to_owned(),
        reports_to: to.map(str::to_owned),
        flag: (id == "soc").then(|| "lapsed: has not met since 3 June 2024".to_owned()),
    };
    let groups = vec![
        group("board", "Exampleton Community Safety Partnership Board", None),
        group("da", "Domestic abuse partnership", Some("board")),
        group("tasking", "Domestic abuse tasking group", Some("da")),
        group("marac", "MARAC steering group", Some("tasking")),
        group("yj", "Youth justice partnership board", Some("board")),
        group("soc", "Serious and organised crime group", Some("board")),
        group("water", "Water safety partnership", Some("board")),
        group("cohesion", "Communities forum", Some("board")),
    ];
    let rows = groups
        .iter()
        .map(|one| vec![one.name.clone(), one.reports_to.clone().unwrap_or_default()])
        .collect();
    Chart {
        title: "Groups of the partnership, and whom each reports to".to_owned(),
        finding: "Five groups report to the board; one of them has lapsed.".to_owned(),
        source: "the partnership's register of groups".to_owned(),
        kind: ChartKind::Structure(StructureChart { groups }),
        table: table("Groups", &["Group", "Reports to"], rows),
    }
}

/// Bars with whiskers, of which one is highlighted.
pub(crate) fn bars() -> Chart {
    let bars = [
        ("Exampleton (our district)", 94.3, 92.9, 95.7, true),
        ("Nether Example", 101.2, 99.0, 103.4, false),
        ("Sampleford and the Vale of Testing", 88.0, 86.1, 89.9, false),
        ("Average of the peers", 94.1, 93.0, 95.2, false),
    ];
    let rows = bars.iter().map(|bar| {
        vec![bar.0.to_owned(), format!("{:.1}", bar.1), format!("{:.1} to {:.1}", bar.2, bar.3)]
    });
    Chart {
        title: "Recorded crime per 1,000 residents, 2023/24".to_owned(),
        finding: "Exampleton has 94.3 recorded crimes per 1,000 residents; the average of its peers is 94.1.".to_owned(),
        source: "data.police.uk and Census 2021, Office for National Statistics".to_owned(),
        table: table("Recorded crime per 1,000 residents", &["District", "Rate", "95% interval"], rows.collect()),
        kind: ChartKind::Bars(BarChart {
            x_label: "Crimes per 1,000 residents, with 95% interval".to_owned(),
            bars: bars
                .iter()
                .map(|&(label, value, lower, upper, highlighted)| Bar {
                    label: label.to_owned(),
                    value,
                    interval: Some((lower, upper)),
                    highlighted,
                })
                .collect(),
        }),
    }
}

/// Twelve months, of which July is the peak.
pub(crate) fn profile() -> Chart {
    let names =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let months: Vec<ProfileMonth> = names
        .iter()
        .enumerate()
        .map(|(month, name)| {
            let percent = (100.0 - 24.0 * (TAU * (month as f64 + 0.2) / 12.0).cos()).round();
            let interval = Some(((percent - 5.0) / 100.0, (percent + 6.0) / 100.0));
            ProfileMonth { label: (*name).to_owned(), multiplier: percent / 100.0, interval }
        })
        .collect();
    let rows = months
        .iter()
        .map(|month| vec![month.label.clone(), format!("{:.2}", month.multiplier)])
        .collect();
    Chart {
        title: "Anti-social behaviour through the year".to_owned(),
        finding: "Anti-social behaviour peaks in July at 1.24 times the average month.".to_owned(),
        source: "data.police.uk, three years to March 2024".to_owned(),
        table: table(
            "Anti-social behaviour through the year",
            &["Month", "Times the average"],
            rows,
        ),
        kind: ChartKind::Profile(ProfileChart {
            y_label: "Times the average month, with 95% interval".to_owned(),
            months,
        }),
    }
}

/// Ten invented areas, of which one lies above the limits.
pub(crate) fn funnel() -> Chart {
    let points: Vec<FunnelPoint> = (1..=10)
        .map(|area| FunnelPoint {
            label: format!("Exampleton {area}"),
            size: 3_000.0 + 1_500.0 * f64::from(area),
            value: if area == 9 { 142.0 } else { 90.0 + f64::from(area * 7 % 13) },
            outside: area == 9,
        })
        .collect();
    let limits = (0..=20)
        .map(|step| {
            let size = 4_000.0 + 750.0 * f64::from(step);
            let error = 600.0 / size.sqrt();
            FunnelLimits {
                size,
                inner: (100.0 - 2.0 * error, 100.0 + 2.0 * error),
                outer: (100.0 - 3.0 * error, 100.0 + 3.0 * error),
            }
        })
        .collect();
    let row = |point: &FunnelPoint| vec![point.label.clone(), format!("{:.1}", point.value)];
    Chart {
        title: "Recorded crime in Exampleton's areas".to_owned(),
        finding: "One of ten areas lies above the outer limits: Exampleton 9.".to_owned(),
        source: "invented".to_owned(),
        table: table(
            "Recorded crime in Exampleton's areas",
            &["Area", "Crimes per 1,000 residents"],
            points.iter().map(row).collect(),
        ),
        kind: ChartKind::Funnel(FunnelChart {
            x_label: "residents".to_owned(),
            y_label: "crimes per 1,000 residents".to_owned(),
            points,
            all: 100.0,
            limits,
        }),
    }
}

/// A chequered district of thirty areas, of which two are not known.
pub(crate) fn map() -> Chart {
    let mut areas = Vec::new();
    for row in 0..5 {
        for column in 0..6 {
            let (west, south) =
                (400_000.0 + f64::from(column) * 900.0, 300_000.0 + f64::from(row) * 700.0);
            let skew = f64::from((row + column) % 3) * 60.0;
            let ring = vec![
                (west, south + skew),
                (west + 900.0, south + f64::from((row + column + 1) % 3) * 60.0),
                (west + 900.0, south + 700.0 + f64::from((row + column + 2) % 3) * 60.0),
                (west, south + 700.0 + f64::from((row + 1 + column) % 3) * 60.0),
                (west, south + skew),
            ];
            let index = row * 6 + column;
            areas.push(MapArea {
                code: format!("E0100{index:04}"),
                name: format!("Exampleton {index:03}"),
                polygons: vec![vec![ring]],
                value: (index != 8 && index != 21).then(|| f64::from((index * 37) % 80)),
                note: None,
            });
        }
    }
    let rows = areas
        .iter()
        .map(|area| {
            vec![
                area.name.clone(),
                area.value.map_or("not known".to_owned(), |value| format!("{value:.0}")),
            ]
        })
        .collect();
    Chart {
        title: "Recorded crime by neighbourhood, 2023/24".to_owned(),
        finding:
            "Six neighbourhoods have 60 crimes or more per 1,000 residents; two are not known."
                .to_owned(),
        source: "data.police.uk; boundaries of the Office for National Statistics".to_owned(),
        table: table(
            "Recorded crime by neighbourhood",
            &["Neighbourhood", "Per 1,000 residents"],
            rows,
        ),
        kind: ChartKind::Map(ChoroplethMap {
            areas,
            classes: [
                (20.0, "up to 20"),
                (40.0, "21 to 40"),
                (60.0, "41 to 60"),
                (80.0, "61 to 80"),
            ]
            .map(|(upper, label)| ClassBreak { upper, label: label.to_owned() })
            .to_vec(),
            legend_title: "Crimes per 1,000 residents".to_owned(),
            scale: wardmote_reports::Scale::Rising,
        }),
    }
}

/// The whole of it.
pub(crate) fn publication() -> Publication {
    let charts = BTreeMap::from([
        ("series".to_owned(), series()),
        ("bars".to_owned(), bars()),
        ("profile".to_owned(), profile()),
        ("map".to_owned(), map()),
    ]);
    let tables = BTreeMap::from([(
        "kinds".to_owned(),
        Table {
            note: Some(
                "Anti-social behaviour is not a crime and is not in these counts.".to_owned(),
            ),
            ..table(
                "Recorded crime by kind, year to March 2024",
                &["Kind", "2022/23", "2023/24", "Change"],
                vec![
                    vec![
                        "Violence and sexual offences".into(),
                        "7,412".into(),
                        "7,105".into(),
                        "\u{2212}4.1%".into(),
                    ],
                    vec!["Shoplifting".into(), "995".into(), "1,245".into(), "+25.1%".into()],
                    vec!["Burglary".into(), "812".into(), "790".into(), "\u{2212}2.7%".into()],
                ],
            )
        },
    )]);
    Publication {
        partnership: "Exampleton Community Safety Partnership".to_owned(),
        title: "Community safety needs assessment 2024/25".to_owned(),
        published: date(2025, 2, 3),
        synthetic: true,
        licence_notes: vec![
            "Contains public sector information licensed under the Open Government Licence v3.0."
                .to_owned(),
        ],
        vintage: "7 of 2025-02-01".to_owned(),
        summary: vec![section("summary", "In short", None, SUMMARY)],
        sections: vec![
            section(
                "levels",
                "Levels and patterns of crime",
                Some(
                    "Regulation 6(a): an analysis of the levels and patterns of crime and disorder",
                ),
                LEVELS,
            ),
            section(
                "change",
                "What changed, and why",
                Some("Regulation 6(b): changes since the last assessment"),
                CHANGE,
            ),
            section("places", "Where", None, PLACES),
        ],
        charts,
        tables,
        figures: BTreeMap::from([
            figure("f00d1", "Recorded crime, change"),
            figure("beef2", "ASB, summer peak"),
        ]),
        sign_off: SignOff::Blocked {
            missing: vec!["matters the partnership should prioritise".to_owned()],
        },
        slides: slides(),
    }
}

/// A slide of each kind of chart, and one of words.
fn slides() -> Slides {
    let slide = |title: &str, chart: Option<&str>, text: Option<&str>| Slide {
        title: title.to_owned(),
        chart: chart.map(str::to_owned),
        text: text.map(str::to_owned),
        ..Slide::default()
    };
    Slides {
        findings: vec![
            slide(
                "Recorded crime [fell by 8%](figure:f00d1), from 18,664 to 17,171.",
                Some("series"),
                None,
            ),
            slide(
                "[Anti-social behaviour peaks in July](figure:beef2).",
                Some("profile"),
                Some("Ask the *wardens* in May."),
            ),
            slide("Exampleton is near its peers.", Some("bars"), None),
            slide("Two neighbourhoods are not known.", Some("map"), None),
            slide("Recorded crime [fell by 8%](figure:f00d1).", None, Some("- one\n- two\n")),
        ],
        not_known: vec!["What nobody **reported**.".to_owned(), "Who was hurt.".to_owned()],
    }
}

const SUMMARY: &str = "[Recorded crime fell by 8%](figure:f00d1), from 18,664 to 17,171.\n\n\
    - [Anti-social behaviour peaks in July](figure:beef2).\n- Shoplifting is the exception.\n\n![](chart:series)\n";
const LEVELS: &str = "Crime in Exampleton is [lower than a year before](figure:f00d1). The police recorded *fewer* \
    crimes of most kinds; **shoplifting** is the exception.\n\n![](chart:series)\n\n### By kind\n\n![](table:kinds)\n\n\
    ### Against similar places\n\n![](chart:bars)\n\n> It feels safer than it did.\n> (Resident, survey of 2024)\n";
const CHANGE: &str = "[Anti-social behaviour peaks in July](figure:beef2), as it does elsewhere.\n\n![](chart:profile)\n\n\
    1. Ask the wardens.\n2. Read [the Act](https://www.legislation.gov.uk/ukpga/1998/37).\n\n![](chart:series)\n";
const PLACES: &str =
    "Two neighbourhoods are not known, because their files did not come.\n\n![](chart:map)\n";

/// A section.
pub(crate) fn section(id: &str, heading: &str, statutory: Option<&str>, markdown: &str) -> Section {
    Section {
        id: id.to_owned(),
        heading: heading.to_owned(),
        statutory: statutory.map(str::to_owned),
        markdown: markdown.to_owned(),
    }
}

fn table(caption: &str, headings: &[&str], rows: Vec<Vec<String>>) -> Table {
    let columns = headings.iter().enumerate();
    Table {
        caption: caption.to_owned(),
        columns: columns
            .map(|(index, heading)| Column { heading: (*heading).to_owned(), numeric: index > 0 })
            .collect(),
        rows,
        note: None,
    }
}

fn figure(id: &str, label: &str) -> (String, FigureNote) {
    let note = FigureNote {
        id: id.to_owned(),
        label: label.to_owned(),
        value_text: "8.0% lower".to_owned(),
        definition: "Crimes recorded by the police in the area, all categories except ASB."
            .to_owned(),
        measure_version: "1".to_owned(),
        period: "2023/24 against 2022/23".to_owned(),
        area: "Exampleton".to_owned(),
        method: "Two periods of one series, overdispersion 1.9".to_owned(),
        interval_text: Some("10.4% to 5.6% lower".to_owned()),
        n_text: Some("35,835 crimes".to_owned()),
        sources: vec![SourceNote {
            publisher: "data.police.uk".to_owned(),
            file: "2023-04/2023-04-example-street.csv".to_owned(),
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
            licence: "OGL-3.0".to_owned(),
            rows: Some(17_171),
        }],
        query_in_words: "Count the incidents in Exampleton whose category is a crime, by month."
            .to_owned(),
        caution: Some("Recording practice changed in May 2023.".to_owned()),
    };
    (id.to_owned(), note)
}
