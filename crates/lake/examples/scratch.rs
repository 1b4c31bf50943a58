use std::path::Path;
use std::time::Instant;
use wardmote_domain::period::Month;
struct S;
impl wardmote_lake::read::Progress for S {
    fn total_files(&self, _: usize) {}
    fn file_done(&self, _: &str, _: u64) {}
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let rt = tokio::runtime::Runtime::new().unwrap();
    let lake = Path::new(&a[2]);
    rt.block_on(async {
        if a[1] == "load" {
            let sources = wardmote_lake::source::read_all(Path::new(&a[3])).unwrap();
            let p = toml::from_str(&std::fs::read_to_string(&a[5]).unwrap()).unwrap();
            let only = [];
            let r = wardmote_lake::IngestRequest {
                partnership: &p,
                sources: &sources,
                data_folder: Path::new(&a[4]),
                only: &only,
                latest: Month::new(2026, 10).unwrap(),
                threads: 2,
            };
            let t = Instant::now();
            let rep = wardmote_lake::ingest(lake, &r, &S).await.unwrap();
            println!(
                "load {:?}: {} files, {} rows kept, {:?}",
                t.elapsed(),
                rep.loaded.len(),
                rep.loaded.iter().map(|l| l.rows_kept).sum::<u64>(),
                rep.notes
            );
        }
        if a[1] == "count" {
            let l = wardmote_lake::Lake::open(lake).await.unwrap();
            let q = wardmote_lake::CountQuery {
                source: a[3].clone(),
                categories: vec![],
                level: a[4].parse().unwrap(),
                areas: Some(vec![a[5].parse().unwrap()]),
                first: Month::new(2010, 1).unwrap(),
                last: Month::new(2030, 1).unwrap(),
            };
            let mut m = std::collections::BTreeMap::new();
            for r in l.counts(&q).await.unwrap() {
                *m.entry(r.month.to_string()).or_insert(0) += r.n;
            }
            println!("{m:?}");
            println!(
                "{:?}",
                l.population(
                    "census-2011-residents",
                    a[4].parse().unwrap(),
                    &[a[5].parse().unwrap()]
                )
            );
        }
        for _ in 0..4 {
            let t = Instant::now();
            let lake = wardmote_lake::Lake::open(lake).await.unwrap();
            let o = t.elapsed();
            let t = Instant::now();
            let g = lake.group_all().await.unwrap();
            let e = t.elapsed();
            let t = Instant::now();
            let d: wardmote_domain::area::AreaLevel = "district-2024".parse().unwrap();
            let n = lake
                .members(
                    &"E06000032".parse().unwrap(),
                    d,
                    wardmote_domain::area::AreaLevel::LSOA_2021,
                )
                .map(|m| m.len());
            println!("open {o:?} group {g:?} {e:?} members {n:?} {:?}", t.elapsed());
            for l in lake.loads().iter().take(1) {
                let t = Instant::now();
                let q = wardmote_lake::CountQuery {
                    source: lake
                        .loads()
                        .iter()
                        .rev()
                        .find(|l| l.first_month.is_some())
                        .unwrap()
                        .source
                        .clone(),
                    categories: vec![],
                    level: wardmote_domain::area::AreaLevel::LSOA_2021,
                    areas: None,
                    first: Month::new(2010, 1).unwrap(),
                    last: Month::new(2030, 1).unwrap(),
                };
                let c = lake.counts(&q).await.unwrap().len();
                println!("counts {c} {:?} {}", t.elapsed(), l.source);
            }
        }
    });
}
