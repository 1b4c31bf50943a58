//! An assessment goes out as DOCX, is edited, and comes back.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::process::Command;

use crate::running::{Ran, wardmote};

/// Runs on a partnership that has been assessed: Leeds.
pub(crate) fn edit_and_bring_back(leeds: &Path) {
    slides_are_made_from_the_summary(leeds);
    let before = prose(leeds);
    let out = import(leeds, str::to_owned).ended(0).out;
    assert!(out.contains("nothing to write"), "{out}");
    assert_eq!(prose(leeds), before);

    // What is printed from the evidence is bound, and so the lint has nothing to say of it.
    wardmote(leeds, &["lint", "published/full.docx", "published/summary.docx"]).ended(0);
    let fell = |xml: &str| xml.replace("Some rows name no place.", "Burglary fell by 40.");
    std::fs::write(leeds.join("edited.docx"), edited(leeds, fell)).unwrap();
    let found = wardmote(leeds, &["lint", "edited.docx"]).ended(1).out;
    assert!(found.contains("\"fell\" claims") && found.contains("the number 40 is"), "{found}");
    assert_eq!(found.lines().count(), 2, "{found}");

    let edit =
        |xml: &str| xml.replace("Some rows name no place.", "Some rows, we know, name no place.");
    std::fs::write(leeds.join("edited.docx"), edited(leeds, edit)).unwrap();
    let shown = wardmote(leeds, &["prose", "import", "edited.docx", "--dry-run"]).ended(0).out;
    assert!(shown.contains("+Some rows, we know, name no place."), "{shown}");
    assert_eq!(prose(leeds), before, "a dry run writes nothing");
    wardmote(leeds, &["prose", "import", "edited.docx"]).ended(0);
    let mut expected = before.clone();
    let limits = expected.get_mut("limits.md").unwrap();
    *limits = limits.replace("Some rows name no place.", "Some rows, we know, name no place.");
    assert_eq!(prose(leeds), expected, "only this paragraph of this file, and every binding kept");
    wardmote(leeds, &["prose", "undo"]).ended(0);
    assert_eq!(prose(leeds), before);
    let nothing = wardmote(leeds, &["prose", "undo"]).ended(2);
    assert!(nothing.err.contains("nothing to undo"), "{}", nothing.err);

    let typed = import(leeds, |xml| {
        xml.replacen(">8,865</w:t></w:r></w:sdtContent>", ">9,000</w:t></w:r></w:sdtContent>", 1)
    })
    .ended(1);
    assert!(typed.err.contains("the figure crime-count was typed over"), "{}", typed.err);
    let gated =
        import(leeds, |xml| xml.replace("Some rows name no place.", "Burglary fell.")).ended(1);
    assert!(gated.err.contains("\"fell\" claims"), "{}", gated.err);
    let number =
        import(leeds, |xml| xml.replace("Some rows name no place.", "There were 40 of them."))
            .ended(1);
    assert!(number.err.contains("the number 40 is bound to no figure"), "{}", number.err);
    assert_eq!(prose(leeds), before, "nothing is written on a refusal");

    // An edit after the import is not undone with it.
    import(leeds, edit).ended(0);
    std::fs::write(leeds.join("assessment/limits.md"), "Later.\n").unwrap();
    let late = wardmote(leeds, &["prose", "undo"]).ended(2);
    assert!(late.err.contains("was edited after the import"), "{}", late.err);
    std::fs::write(leeds.join("assessment/limits.md"), &before["limits.md"]).unwrap();
}

/// Leeds declares none.
fn slides_are_made_from_the_summary(leeds: &Path) {
    let slides = leeds.join("published/slides.pdf");
    let Ok(output) = Command::new("pdftotext").arg(&slides).arg("-").output() else {
        eprintln!("skipped: needs poppler (on Debian: apt install poppler-utils)");
        return;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    let pages: Vec<String> = text
        .trim_end_matches('\u{c}')
        .split('\u{c}')
        .map(|page| page.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let expected = [
        "Published 18 March 2025",
        "The police recorded 8,865 crimes in Leeds in July 2018, or 11.8 crimes per 1,000 residents for that month alone. Recorded crime in Leeds by type",
        "Recorded crime cannot be tested: one month a side leaves nothing to estimate the variation from. Recorded crime in Leeds: three Julys",
        "Anti-social behaviour cannot be tested",
        "What we do not know",
        "Where to find the evidence",
    ];
    assert_eq!(pages.len(), expected.len(), "{pages:#?}");
    for (page, words) in pages.iter().zip(expected) {
        assert!(page.contains("DRAFT") && page.contains(words), "{words:?} is not in {page}");
    }
}

fn import(leeds: &Path, edit: impl Fn(&str) -> String) -> Ran {
    std::fs::write(leeds.join("edited.docx"), edited(leeds, edit)).unwrap();
    wardmote(leeds, &["prose", "import", "edited.docx"])
}

/// The published document with its body edited.
fn edited(leeds: &Path, edit: impl Fn(&str) -> String) -> Vec<u8> {
    let docx = std::fs::read(leeds.join("published/full.docx")).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if name == "word/document.xml" {
            bytes = edit(std::str::from_utf8(&bytes).unwrap()).into_bytes();
        }
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Every file of prose.
fn prose(leeds: &Path) -> BTreeMap<String, String> {
    let files = std::fs::read_dir(leeds.join("assessment")).unwrap();
    files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}
