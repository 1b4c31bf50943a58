// The map that moves: our areas' outlines as vector tiles, coloured by the same classes as the picture
// and the table below it. Where this cannot run, those two stay, and nothing is missing.

import { LngLatBounds, Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl } from "./maplibre-gl.mjs";

/** Pixels of an area's side that a letter needs. */
const ROOM = 44;

const section = document.getElementById("moving-map");
if (section) start(section).catch((error) => giveUp(section, error));

async function start(section) {
  const { values, tiles, lastZoom, bounds, areas: pages, basemap, attribution } = section.dataset;
  const answer = await fetch(values);
  if (!answer.ok) throw new Error(`the values could not be read (${answer.status})`);
  const known = await answer.json();
  setWorkerUrl(new URL("./maplibre-gl-worker.mjs", import.meta.url).href);
  section.hidden = false;
  const [west, south, east, north] = bounds.split(" ").map(Number);
  const map = new MapLibre({
    container: section.querySelector(".wm-map"),
    style: style(known, new URL(tiles, location.href), Number(lastZoom), [west, south, east, north], basemap),
    bounds: new LngLatBounds([west, south], [east, north]),
    fitBoundsOptions: { padding: 20, animate: false },
    maxZoom: 16,
    // Where the reader has moved to stands in the address too.
    hash: "view",
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    cooperativeGestures: true,
    attributionControl: basemap ? { customAttribution: attribution, compact: false } : false,
    locale: { "Map.Title": "Map of areas" },
    fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  map.on("style.load", () => hatch(map));
  map.on("load", () => {
    letter(map, known);
    listen(map, section, known, pages);
    document.body.classList.add("wm-has-map");
  });
  map.on("error", ({ error }) => console.warn(`map: ${error.message}`));
  // For whoever tests it, or adds to it.
  section.map = map;
}

function giveUp(section, error) {
  section.hidden = true;
  console.info(`The map that moves is left out: ${error.message}`);
}

/** Fills by class, hatching for what has none, and an outline around the area that is pointed at. */
function style(known, address, lastZoom, bounds, basemap) {
  const codes = (wanted) => Object.keys(known.areas).filter((code) => wanted(known.areas[code]));
  const cases = known.classes.flatMap((one, index) => {
    const those = codes((area) => area.class === index);
    return those.length > 0 ? [those, one.fill] : [];
  });
  const none = "#f3f2f1";
  const tiles = [address.origin + decodeURI(address.pathname)];
  const sources = { areas: { type: "vector", tiles, maxzoom: lastZoom, bounds, promoteId: { areas: "code" } } };
  const layers = [{ id: "ground", type: "background", paint: { "background-color": "#ffffff" } }];
  if (basemap) {
    sources.streets = { type: "raster", tiles: [basemap], tileSize: 256 };
    layers.push({ id: "streets", type: "raster", source: "streets" });
  }
  const ofAreas = { source: "areas", "source-layer": "areas" };
  layers.push(
    {
      id: "areas",
      type: "fill",
      ...ofAreas,
      paint: {
        "fill-color": cases.length > 0 ? ["match", ["get", "code"], ...cases, none] : none,
        "fill-opacity": basemap ? 0.75 : 1,
      },
    },
    {
      id: "without-class",
      type: "fill",
      ...ofAreas,
      filter: ["in", ["get", "code"], ["literal", codes((area) => area.class === null)]],
      paint: { "fill-pattern": "hatch" },
    },
    {
      id: "outlines",
      type: "line",
      ...ofAreas,
      paint: { "line-color": "#505a5f", "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.4, 13, 1.5] },
    },
    {
      id: "pointed-at",
      type: "line",
      ...ofAreas,
      layout: { "line-join": "round" },
      paint: {
        "line-color": "#0b0c0c",
        "line-width": ["case", ["boolean", ["feature-state", "pointed"], false], 4, 0],
      },
    },
  );
  return { version: 8, sources, layers };
}

/** The hatching of the picture. */
function hatch(map) {
  const side = 16;
  const data = new Uint8ClampedArray(side * side * 4);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const isLine = (x + y) % 8 < 2;
      data.set(isLine ? [122, 131, 136, 255] : [243, 242, 241, 255], (y * side + x) * 4);
    }
  }
  map.addImage("hatch", { width: side, height: side, data }, { pixelRatio: 2 });
}

/** The letter of its class in each area that has room for it, so that colour is not all there is. */
function letter(map, known) {
  const codes = Object.keys(known.areas).filter((code) => known.areas[code].class !== null);
  if (codes.length === 0) return;
  const side = 40;
  for (const { letter, ink } of known.classes) {
    const sheet = new OffscreenCanvas(side, side).getContext("2d");
    Object.assign(sheet, { fillStyle: ink, font: "bold 28px Arial, sans-serif", textAlign: "center", textBaseline: "middle" });
    sheet.fillText(letter, side / 2, side / 2);
    map.addImage(`letter-${letter}`, sheet.getImageData(0, 0, side, side), { pixelRatio: 2 });
  }
  const { clientWidth, clientHeight } = map.getContainer();
  const roomNow = Math.sqrt((clientWidth * clientHeight) / codes.length);
  const cases = known.classes.flatMap((one, index) => {
    const those = codes.filter((code) => known.areas[code].class === index);
    return those.length > 0 ? [those, `letter-${one.letter}`] : [];
  });
  map.addLayer({
    id: "letters",
    type: "symbol",
    source: "areas",
    "source-layer": "areas",
    minzoom: map.getZoom() + Math.max(0, Math.log2(ROOM / roomNow)),
    filter: ["in", ["get", "code"], ["literal", codes]],
    layout: { "icon-image": ["match", ["get", "code"], ...cases, ""], "icon-padding": 4 },
  });
}

/** Pointer and keys: what is pointed at is said below the map, and a press opens its page. */
function listen(map, section, known, pages) {
  const reading = section.querySelector(".wm-reading");
  const canvas = map.getCanvas();
  canvas.setAttribute("aria-describedby", "moving-keys");
  let pointed = null;
  const point = (code) => {
    if (code === pointed) return;
    const mark = (of, on) => of && map.setFeatureState({ source: "areas", sourceLayer: "areas", id: of }, { pointed: on });
    mark(pointed, false);
    mark(code, true);
    pointed = code;
    reading.textContent = code && known.areas[code] ? known.areas[code].words : "";
    canvas.style.cursor = code ? "pointer" : "";
  };
  const codeAt = (place) => map.queryRenderedFeatures(place, { layers: ["areas"] })[0]?.properties.code ?? null;
  const middle = () => map.project(map.getCenter());
  const open = (code) => {
    if (code && known.areas[code]) location.assign(pages + code);
  };
  map.on("mousemove", ({ point: place }) => point(codeAt(place)));
  canvas.addEventListener("mouseleave", () => point(null));
  map.on("click", ({ point: place }) => open(codeAt(place)));

  const cross = document.createElement("div");
  cross.className = "wm-cross";
  cross.setAttribute("aria-hidden", "true");
  map.getContainer().append(cross);
  const byKeyboard = () => document.activeElement === canvas && canvas.matches(":focus-visible");
  const atMiddle = () => {
    cross.hidden = !byKeyboard();
    if (byKeyboard()) point(codeAt(middle()));
  };
  cross.hidden = true;
  canvas.addEventListener("focus", atMiddle);
  canvas.addEventListener("blur", atMiddle);
  map.on("moveend", atMiddle);
  map.on("idle", atMiddle);
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter") open(codeAt(middle()));
  });
}
