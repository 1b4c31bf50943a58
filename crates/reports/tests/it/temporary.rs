use std::path::Path;
use wardmote_reports::{Assets, publication_files, chart_svg};
#[test]
fn write() {
    let out = std::path::PathBuf::from(std::env::var("WARDMOTE_OUT").unwrap());
    let p = crate::sample::publication();
    std::fs::create_dir_all(out.join("charts")).unwrap();
    std::fs::create_dir_all(out.join("tables")).unwrap();
    for (id, c) in &p.charts { std::fs::write(out.join(format!("charts/{id}.svg")), chart_svg(c, true)).unwrap(); }
    let assets = Assets::load(Path::new(&std::env::var("WARDMOTE_ASSETS").unwrap())).unwrap();
    for f in publication_files(&p, &assets).unwrap_or_else(|e| panic!("{e} {:?}", std::error::Error::source(&e).map(|s| format!("{s:#?}")))) { std::fs::write(out.join(f.path), f.bytes).unwrap(); }
}
