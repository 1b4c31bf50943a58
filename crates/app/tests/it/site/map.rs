//! The map, and how much pages weigh.

use serde_json::Value;

use super::Server;

pub(super) fn the_map_has_its_tiles_and_values(server: &Server) {
    let page = server.get("/map");
    assert_eq!(page.status, 200, "{}", page.body);
    // Leeds has 482 small areas; with July 2018 alone, some have too few crimes for a rate.
    for part in [
        "in the",
        "of 482 small areas (LSOAs)",
        "fewer than 10 crimes, too few to compare",
        "<a class=\"govuk-link\" href=\"/areas/E01011264\">",
        "data-tiles=\"/map/tiles/lsoa-2011/{z}/{x}/{y}\"",
        "<option value=\"2018-07\" selected>July 2018</option>",
    ] {
        assert!(page.body.contains(part), "/map lacks {part}");
    }
    assert!(
        page.head.contains("worker-src 'self'; connect-src 'self'; style-src"),
        "{}",
        page.head
    );
    assert!(!page.head.contains("http:") && !page.head.contains("https:"), "{}", page.head);
    let values: Value =
        serde_json::from_str(&server.get("/map/areas.json?show=count").body).unwrap();
    let areas = values["areas"].as_object().unwrap();
    let counted: u64 = areas.values().map(|area| area["count"].as_u64().unwrap()).sum();
    // As the assessment of the same files prints it for the district.
    assert_eq!((areas.len(), counted), (482, 8_865));
    let csv = server.get("/map/areas.csv?measure=recorded-crime&level=msoa-2011&show=rate").body;
    assert!(csv.contains("Code,Area,Crimes,"), "{csv}");
    let spots: Value =
        serde_json::from_str(&server.get("/map/areas.json?show=hot-spots").body).unwrap();
    let finding = spots["finding"].as_str().unwrap();
    assert!(
        finding.contains("9999 random arrangements") && finding.contains("corrected"),
        "{finding}"
    );
    server.shows("/map?from=2018-07&to=2016-07", &["exchanged", "not known"]);
    server.shows("/map?show=hot-spots&from=2016-07", &["for its latest months: July 2018"]);
    for nowhere in [
        "/map?measure=nothing",
        "/map?level=ward-1999",
        "/map?from=2018-13",
        "/map?from=1900-01&to=2200-12",
        "/map/areas.json?measure=nothing",
        "/map/tiles/lsoa-2011/13/0/0",
        "/map/tiles/lsoa-2011/3/8/0",
        "/map/tiles/nowhere/3/1/1",
        "/map/tiles/lsoa-2011/-1/0/0",
        "/assets/0/map.mjs",
    ] {
        server.refuses(nowhere, 404);
    }
    let tile = server.get("/map/tiles/lsoa-2011/8/126/82");
    assert!(tile.status == 200 && tile.head.contains("mapbox-vector-tile"), "{}", tile.head);
    assert!(tile.body.contains("E01011264") && tile.head.contains("etag"), "{}", tile.head);
    server.refuses("/map?measure=%22%3E%3Cscript%3E&show=count", 404);
}

/// What a browser fetches before it asks for data.
pub(super) fn pages_are_light(server: &Server) {
    let css = server.weight("/wardmote.css");
    let map = server.get("/map").body;
    let script = map.split("src=\"").filter_map(|rest| rest.split('"').next());
    let script = script.into_iter().find(|address| address.ends_with("/map.mjs")).unwrap();
    let folder = script.trim_end_matches("map.mjs");
    let file = |name: &str| server.weight(&format!("{folder}{name}"));
    let library = ["maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css"];
    let scripts: usize = library.into_iter().chain(["map.mjs", "charts.mjs"]).map(file).sum();
    let weight = server.weight("/map") + css + scripts;
    assert!(weight < 600_000, "the map weighs {weight} bytes");
    let kept = server.get(script).head;
    assert!(kept.contains("max-age=31536000, immutable"), "{kept}");
    let mut heaviest = (0, "");
    for page in ["/", "/areas", "/areas/E08000035", "/data", "/methods/spikes", "/glossary"] {
        let weight = server.weight(page) + css + file("charts.mjs");
        heaviest = heaviest.max((weight, page));
    }
    assert!(heaviest.0 < 150_000, "{} weighs {} bytes", heaviest.1, heaviest.0);
    println!("the map weighs {weight} bytes compressed, and {} {}", heaviest.1, heaviest.0);
}
