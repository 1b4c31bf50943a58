// What the tests in a browser share: how it is started, and what is wrong with a page whoever looks.

import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** A phone and a desk. */
export const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 900 } };

/** Chromium, the folder for screenshots made, and axe-core as text. */
export async function begin(modules, screenshots) {
  const require = createRequire(join(modules, "here.js"));
  const { chromium } = require("playwright-core");
  mkdirSync(screenshots, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // The map is drawn by WebGL, here without a graphics card.
    args: [
      "--no-sandbox",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--ignore-gpu-blocklist",
      "--disable-background-networking",
    ],
  });
  return { browser, axe: readFileSync(require.resolve("axe-core/axe.min.js"), "utf8") };
}

/** Answers of which the console warns and which are meant: no page, a form that was refused, and what the caller names. */
const MEANT = new RegExp(`status of (404|422${process.env.SITE_ANSWERS ? `|${process.env.SITE_ANSWERS}` : ""}) `);

/** Notes requests to other hosts, and what the console warns of. */
export function watch(page, base, where, wrong) {
  page.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(base) && !address.startsWith("data:")) wrong.push(`${where}: asks for ${address}`);
  });
  page.on("console", (message) => {
    const text = message.text();
    // Reading the canvas back is slow, which the test knows.
    if (MEANT.test(text) || /GPU stall due to ReadPixels/.test(text)) return;
    if (["error", "warning"].includes(message.type())) wrong.push(`${where}: ${text}`);
  });
  page.on("pageerror", (error) => wrong.push(`${where}: ${error.message}`));
}

/** Lets axe-core look for barriers. */
export async function barriers(page, axe, where, wrong) {
  // Evaluated by the debugger, which the page's own policy does not concern.
  await page.evaluate(axe);
  const found = await page.evaluate((rules) => globalThis.axe.run({ runOnly: rules }), RULES);
  for (const violation of found.violations) {
    wrong.push(`${where}: ${violation.id}: ${violation.nodes[0].html}`);
  }
  if (found.passes.length === 0) wrong.push(`${where}: axe-core looked at nothing`);
}

/** Ends the browser, prints what is wrong, and exits with 1 if anything is. */
export async function end(browser, wrong, what) {
  await browser.close();
  for (const line of wrong) console.log(line);
  console.log(`${what}, ${wrong.length} things wrong`);
  process.exit(wrong.length > 0 ? 1 : 0);
}
