//! Where a stranger gets the official files, and which sources are withheld.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::ensure;
use wardmote_bundle::{
    FORMAT, Manifest, SourceFile, SourceRecord, WhereToGet, Withheld, WithheldBecause,
};
use wardmote_domain::period::Month;
use wardmote_domain::provenance::Disclosure;
use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_evidence::folder::PartnershipFolder;
use wardmote_fetch::{Declarations, Ledger, Request};
use wardmote_lake::source::{Reader, SourceDeclaration};
use wardmote_lake::{Lake, Load};

use crate::place::Partnership;

/// The sources that are not for strangers.
pub(super) fn withheld(folder: &PartnershipFolder) -> BTreeMap<String, Withheld> {
    let because = |source: &SourceDeclaration| match &source.reader {
        _ if source.disclosure == Disclosure::Controlled => Some(WithheldBecause::Controlled),
        Reader::Events { mapping: Some(mapping), .. } if mapping.key_file.is_some() => {
            Some(WithheldBecause::Pseudonyms)
        }
        _ => None,
    };
    let withheld = folder
        .sources
        .iter()
        .filter_map(|(id, source)| Some((id.clone(), Withheld { because: because(source)? })));
    withheld.collect()
}

/// The manifest, but for the members and the signer.
pub(super) fn manifest(
    partnership: &Partnership,
    lake: &Lake,
    evidence: &EvidenceFile,
) -> anyhow::Result<Manifest> {
    let withheld = withheld(&partnership.folder);
    for load in evidence.loads.values() {
        let controlled = withheld.get(&load.source).map(|one| one.because);
        ensure!(
            controlled != Some(WithheldBecause::Controlled),
            "evidence.json names files and counts rows of {:?}, which is controlled; such a publication is \
             not bundled",
            load.source
        );
    }
    let addresses = Addresses::new(partnership, lake);
    let mut sources: BTreeMap<String, SourceRecord> = BTreeMap::new();
    for load in lake.loads().iter().filter(|load| !withheld.contains_key(&load.source)) {
        let source = sources.entry(load.source.clone()).or_insert_with(|| SourceRecord {
            publisher: load.publisher.clone(),
            licence: load.licence.clone(),
            files: BTreeMap::new(),
        });
        let file = SourceFile {
            sha256: load.sha256.clone(),
            bytes: load.size_bytes,
            from: addresses.of(load),
        };
        source.files.insert(load.file_name.clone(), file);
    }
    Ok(Manifest {
        format: FORMAT,
        program: concat!("wardmote ", env!("CARGO_PKG_VERSION")).to_owned(),
        partnership: evidence.partnership.clone(),
        synthetic: evidence.synthetic,
        published: evidence.published,
        vintage: evidence.snapshot.clone(),
        signed_by: None,
        members: BTreeMap::new(),
        sources,
        withheld,
    })
}

/// What is known of addresses: those that files were fetched from, and those that the declarations of
/// `wardmote fetch` would ask.
struct Addresses {
    data: Option<PathBuf>,
    likely: BTreeMap<String, String>,
}

impl Addresses {
    fn new(partnership: &Partnership, lake: &Lake) -> Self {
        let data = partnership.data_folder().ok();
        let declared = &partnership.folder.partnership;
        let months: BTreeSet<Month> =
            lake.loads().iter().filter_map(|load| load.first_month).collect();
        let folder = data.clone().unwrap_or_default();
        let mut likely = BTreeMap::new();
        // A declaration that cannot be read stops a fetch; here it only leaves addresses unknown.
        let entries = Declarations::for_partnership(&partnership.folder.path)
            .or_else(|_| Declarations::shipped());
        if let Ok(declarations) = entries {
            for source in declarations.entries.keys() {
                let request = Request {
                    source: source.clone(),
                    force: Some(declared.police_force.clone()),
                    months: months.iter().copied().collect(),
                    code: declared.areas.first().map(ToString::to_string),
                    data: folder.clone(),
                    ..Request::default()
                };
                let Ok(plan) = wardmote_fetch::plan(&declarations, &request) else { continue };
                for item in &plan.items {
                    for file in &item.files {
                        let path = plan.target.join(file);
                        let path = path.strip_prefix(&folder).unwrap_or(&path);
                        let path = path.to_string_lossy().replace('\\', "/");
                        likely.insert(path, item.url.clone());
                    }
                }
            }
        }
        Self { data, likely }
    }

    fn of(&self, load: &Load) -> WhereToGet {
        if let Some(url) = self.fetched(load) {
            return WhereToGet::Address(url);
        }
        match self.likely.get(&load.file_name) {
            Some(url) => WhereToGet::Likely(url.clone()),
            None => WhereToGet::Publisher(load.publisher.clone()),
        }
    }

    /// The address by the ledger of the folder that it was fetched into, if it is still that file.
    fn fetched(&self, load: &Load) -> Option<String> {
        let data = self.data.as_ref()?;
        let file = load.file_name.split('!').next().unwrap_or_default();
        let in_archive = file.len() < load.file_name.len();
        Path::new(file).ancestors().skip(1).find_map(|folder| {
            let below = Path::new(file).strip_prefix(folder).ok()?;
            let below = below.to_string_lossy().replace('\\', "/");
            let ledger = Ledger::read(&data.join(folder)).ok()?;
            let fetched = ledger.files.get(&below)?;
            (in_archive || fetched.sha256 == load.sha256).then(|| fetched.url.clone())
        })
    }
}
