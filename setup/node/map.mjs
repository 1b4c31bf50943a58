// The map and the charts as people use them: whether the map really draws, is worked by pointer and by
// keyboard alone, and leaves nothing out where there is no JavaScript. Mapbox's own library reads the
// tiles beside. Prints what is wrong, and ends with 1 if anything is.
//
// node map.mjs NODE_MODULES SCREENSHOTS BASE_ADDRESS MAP_PATH CHART_PATH

import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { SIZES, barriers, begin, end, watch } from "./browser.mjs";

const [modules, screenshots, base, mapPath, chartPath] = process.argv.slice(2);
const wrong = [];
const { browser, axe } = await begin(modules, screenshots);
const fail = (holds, words) => {
  if (!holds) wrong.push(words);
};
const shot = (page, name) => page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
const shotOf = (place, name) => place.screenshot({ path: join(screenshots, `${name}.png`) });

/** Waits until every tile in view is drawn. */
const drawn = (page) =>
  page.waitForFunction(() => {
    const map = document.getElementById("moving-map")?.map;
    return document.body.classList.contains("wm-has-map") && map.areTilesLoaded() && !map.isMoving();
  });

/** The codes of the areas that the map says it has drawn, and how often each colour is on the canvas. */
const seen = (page) =>
  page.evaluate(async () => {
    const { map } = document.getElementById("moving-map");
    const colours = await new Promise((resolve) => {
      map.once("render", () => {
        const from = map.getCanvas();
        const copy = new OffscreenCanvas(from.width, from.height).getContext("2d");
        copy.drawImage(from, 0, 0);
        const { data } = copy.getImageData(0, 0, from.width, from.height);
        const counted = {};
        for (let at = 0; at < data.length; at += 4) {
          const colour = `#${[0, 1, 2].map((c) => data[at + c].toString(16).padStart(2, "0")).join("")}`;
          counted[colour] = (counted[colour] ?? 0) + 1;
        }
        resolve(counted);
      });
      map.triggerRepaint();
    });
    const features = map.queryRenderedFeatures({ layers: ["areas"] });
    return { codes: [...new Set(features.map((one) => one.properties.code))], colours };
  });

async function withJavaScript(size, viewport) {
  const where = `${mapPath} (${size})`;
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  watch(page, base, where, wrong);
  await page.goto(base + mapPath, { waitUntil: "load" });
  await drawn(page);
  const known = await page.evaluate(async () => {
    const { values } = document.getElementById("moving-map").dataset;
    return (await fetch(values)).json();
  });
  const { codes, colours } = await seen(page);
  const all = Object.keys(known.areas);
  fail(codes.length === all.length, `${where}: ${codes.length} of ${all.length} areas are drawn`);
  fail(codes.every((code) => code in known.areas), `${where}: an area is drawn that has no value`);
  for (const { fill, label } of known.classes) {
    fail(colours[fill] > 20, `${where}: no area has the colour ${fill} (${label})`);
  }
  fail(!(await page.locator("#picture").isVisible()), `${where}: map and picture are both shown`);
  await barriers(page, axe, where, wrong);
  await shot(page, `map-${size}`);

  await page.emulateMedia({ media: "print" });
  fail(await page.locator("#picture").isVisible(), `${where}: paper lacks the picture`);
  fail(!(await page.locator("#moving-map").isVisible()), `${where}: paper has a map that moves`);
  await shot(page, `map-${size}-print`);
  await page.emulateMedia({ media: "screen" });

  await pressed(page, where, known);
  await byKeyboard(page, where, known, size);
  await context.close();
}

/** A press on an area opens its page. */
async function pressed(page, where, known) {
  await page.goto(base + mapPath, { waitUntil: "load" });
  await drawn(page);
  await page.locator(".wm-map").scrollIntoViewIfNeeded();
  await page.evaluate(() => {
    const { map } = document.getElementById("moving-map");
    map.jumpTo({ zoom: map.getZoom() + 3 });
  });
  await drawn(page);
  // A place well inside an area, so that the next pixel is not its neighbour's.
  const at = await page.evaluate(() => {
    const { map } = document.getElementById("moving-map");
    const { clientWidth, clientHeight } = map.getCanvas();
    const code = (place) => map.queryRenderedFeatures(place, { layers: ["areas"] })[0]?.properties.code;
    for (let x = Math.round(clientWidth / 4); x < clientWidth; x += 7) {
      const y = Math.round(clientHeight / 2);
      const around = [[0, 0], [5, 0], [-5, 0], [0, 5], [0, -5]].map(([dx, dy]) => code([x + dx, y + dy]));
      if (around[0] && around.every((one) => one === around[0])) return { place: [x, y], code: around[0] };
    }
    return null;
  });
  const [x, y] = at.place;
  await page.locator(".wm-map canvas").hover({ position: { x, y } });
  await page.waitForFunction(() => document.querySelector("#moving-map .wm-reading").textContent !== "");
  const said = await page.locator("#moving-map .wm-reading").textContent();
  fail(said === known.areas[at.code].words, `${where}: of ${at.code} it says ${said}`);
  await shotOf(page.locator("#moving-map"), `map-${where.includes("phone") ? "phone" : "desk"}-pointed`);
  await Promise.all([
    page.waitForURL(`**/areas/${at.code}`),
    page.locator(".wm-map canvas").click({ position: { x, y } }),
  ]);
}

/** Tab, arrows, plus and Enter, and nothing else. */
async function byKeyboard(page, where, known, size) {
  await page.goto(base + mapPath, { waitUntil: "load" });
  await drawn(page);
  for (let press = 0; press < 200; press += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement.matches(".wm-map canvas"))) break;
  }
  fail(
    await page.evaluate(() => document.activeElement.matches(".wm-map canvas")),
    `${where}: the map is not reached by keyboard`,
  );
  const before = await page.evaluate(() => location.hash);
  await page.keyboard.press("Equal");
  await drawn(page);
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction((hash) => location.hash !== hash, before);
  await drawn(page);
  const code = await page.evaluate(() => {
    const { map } = document.getElementById("moving-map");
    const place = map.project(map.getCenter());
    return map.queryRenderedFeatures(place, { layers: ["areas"] })[0].properties.code;
  });
  const words = known.areas[code].words;
  await page.waitForFunction(
    (words) => document.querySelector("#moving-map .wm-reading").textContent === words,
    words,
  );
  await shotOf(page.locator("#moving-map"), `map-${size}-keyboard`);
  await Promise.all([page.waitForURL(`**/areas/${code}`), page.keyboard.press("Enter")]);
}

async function withoutJavaScript(size, viewport) {
  const where = `${mapPath} (${size}, without JavaScript)`;
  const context = await browser.newContext({ viewport, javaScriptEnabled: false });
  const page = await context.newPage();
  watch(page, base, where, wrong);
  await page.goto(base + mapPath, { waitUntil: "load" });
  fail(await page.locator("#picture svg").isVisible(), `${where}: there is no picture`);
  fail(!(await page.locator("#moving-map").isVisible()), `${where}: an empty map is shown`);
  const rows = await page.locator("section[aria-labelledby='areas'] tbody tr").count();
  fail(rows > 3, `${where}: the table has ${rows} rows`);
  await page.locator("select[name='show']").selectOption("count");
  await Promise.all([page.waitForURL("**/map?**show=count**"), page.locator("form.wm-choices button").click()]);
  fail(await page.locator("#picture svg").isVisible(), `${where}: no picture after another choice`);
  await context.close();
}

/** Months are drawn over with the pointer, and marked by keyboard, and become the period of the page. */
async function chooseMonths() {
  const where = `${mapPath} (months)`;
  const context = await browser.newContext({ viewport: SIZES.desk });
  const page = await context.newPage();
  watch(page, base, where, wrong);
  const region = page.locator("section[aria-labelledby='months'] .wm-scroll").first();
  const reading = page.locator("section[aria-labelledby='months'] .wm-reading");
  const plot = async () => {
    await region.scrollIntoViewIfNeeded();
    const svg = region.locator("svg");
    const box = await svg.boundingBox();
    const [left, right, top, bottom] = (await svg.getAttribute("data-plot")).split(" ").map(Number);
    const scale = box.width / (await svg.evaluate((one) => one.viewBox.baseVal.width));
    const months = (await svg.getAttribute("data-months")).split(" ");
    const x = (index) => box.x + (left + ((index + 0.5) * (right - left)) / months.length) * scale;
    return { x, y: box.y + ((top + bottom) / 2) * scale, months };
  };
  await page.goto(base + mapPath, { waitUntil: "load" });
  await drawn(page);
  const { x, y, months } = await plot();
  const last = months.length - 1;
  await page.mouse.move(x(last), y);
  const row = page.locator("section[aria-labelledby='months'] tbody tr").last();
  const [name, value] = await row.locator("th, td").allTextContents();
  fail((await reading.textContent()) === `${name.trim()}: ${value.trim()}`, `${where}: says ${await reading.textContent()}`);
  await page.mouse.move(x(1), y);
  await page.mouse.down();
  await page.mouse.move(x(3), y, { steps: 4 });
  await shot(page, "months-drawn-over");
  await Promise.all([page.waitForURL(`**/map?**from=${months[1]}&to=${months[3]}**`), page.mouse.up()]);

  await page.goto(base + mapPath, { waitUntil: "load" });
  await drawn(page);
  await region.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowLeft");
  await Promise.all([
    page.waitForURL(`**/map?**from=${months[last - 1]}&to=${months[last]}**`),
    page.keyboard.press("Enter"),
  ]);
  await context.close();
}

/** A chart beside no form tells its values, and no more. */
async function readChart() {
  const where = `${chartPath} (chart)`;
  const context = await browser.newContext({ viewport: SIZES.phone });
  const page = await context.newPage();
  watch(page, base, where, wrong);
  await page.goto(base + chartPath, { waitUntil: "load" });
  const figure = page.locator("figure.wm-chart").first();
  await figure.locator(".wm-scroll").first().focus();
  await page.keyboard.press("Home");
  const [name, value] = await figure.locator("tbody tr").first().locator("th, td").allTextContents();
  const said = await figure.locator(".wm-reading").textContent();
  fail(said === `${name.trim()}: ${value.trim()}`, `${where}: says ${said}`);
  await barriers(page, axe, where, wrong);
  await shot(page, "chart-phone");
  await context.close();
}

/** Every area is in the tiles of the map's middle zooms, as another reader of the format sees them. */
async function readTiles() {
  const { VectorTile } = await import(pathToFileURL(join(modules, "@mapbox/vector-tile/index.js")));
  const { PbfReader } = await import(pathToFileURL(join(modules, "pbf/index.js")));
  const html = await (await fetch(base + mapPath)).text();
  const template = /data-tiles="([^"]*)"/.exec(html)[1];
  const values = /data-values="([^"]*)"/.exec(html)[1].replaceAll("&amp;", "&");
  const bounds = /data-bounds="([^"]*)"/.exec(html)[1].split(" ").map(Number);
  const known = await (await fetch(base + values)).json();
  for (const z of [8, 12]) {
    const tile = (longitude, latitude) => {
      const radians = (latitude * Math.PI) / 180;
      const y = (1 - Math.asinh(Math.tan(radians)) / Math.PI) / 2;
      return [((longitude + 180) / 360) * 2 ** z, y * 2 ** z].map(Math.floor);
    };
    const [west, north] = tile(bounds[0], bounds[3]);
    const [east, south] = tile(bounds[2], bounds[1]);
    const found = new Set();
    let largest = 0;
    for (let x = west; x <= east; x += 1) {
      for (let y = north; y <= south; y += 1) {
        const address = template.replace("{z}", z).replace("{x}", x).replace("{y}", y);
        const bytes = new Uint8Array(await (await fetch(base + address)).arrayBuffer());
        largest = Math.max(largest, bytes.length);
        if (bytes.length === 0) continue;
        const { areas } = new VectorTile(new PbfReader(bytes)).layers;
        for (let index = 0; index < areas.length; index += 1) {
          const feature = areas.feature(index);
          const rings = feature.loadGeometry();
          fail(feature.type === 3 && rings.length > 0, `${address}: ${feature.properties.code} is no polygon`);
          found.add(feature.properties.code);
        }
      }
    }
    const missing = Object.keys(known.areas).filter((code) => !found.has(code));
    fail(missing.length === 0, `tiles of zoom ${z} lack ${missing.length} areas, such as ${missing[0]}`);
    fail(largest < 500_000, `a tile of zoom ${z} has ${largest} bytes`);
  }
}

for (const [size, viewport] of Object.entries(SIZES)) {
  await withJavaScript(size, viewport);
  await withoutJavaScript(size, viewport);
}
await chooseMonths();
await readChart();
await readTiles();
await end(browser, wrong, "map and charts used");
