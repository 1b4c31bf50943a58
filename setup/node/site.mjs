// Visits pages of the site as people do: with and without JavaScript, by keyboard alone, on a phone and
// on a desk; and lets axe-core look for barriers. Prints what is wrong, and ends with 1 if anything is.
//
// node site.mjs NODE_MODULES SCREENSHOTS BASE_ADDRESS PATH...
//
// With SITE_SIGN_IN = {"path": ..., "fields": {...}} it signs in first, by keyboard. A path that ends with
// "#sent" is visited, its last form sent as it is, and the answer looked at. Cookies are a fault, except then
// and with SITE_COOKIES.

import { join } from "node:path";

import { SIZES, barriers, begin, end, watch } from "./browser.mjs";

const [modules, screenshots, base, ...paths] = process.argv.slice(2);
const signIn = process.env.SITE_SIGN_IN ? JSON.parse(process.env.SITE_SIGN_IN) : undefined;

const wrong = [];
const { browser, axe } = await begin(modules, screenshots);

async function signedIn(context) {
  const page = await context.newPage();
  await page.goto(base + signIn.path);
  for (const [name, value] of Object.entries(signIn.fields)) {
    await page.focus(`[name="${name}"]`);
    await page.keyboard.type(value);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL((address) => address.pathname !== signIn.path);
  await page.close();
}

async function keyboard(page, where) {
  const here = () =>
    page.evaluate(() => {
      const at = document.activeElement;
      const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
      return { index: all.indexOf(at), skips: at.classList.contains("govuk-skip-link") };
    });
  const expected = await page.evaluate(
    () =>
      [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter(
        // Of radio buttons of one name the keyboard stops at one, and arrows lead to the others.
        (one, index, all) =>
          one.checkVisibility() &&
          (one.type !== "radio" || all.findIndex((other) => other.name === one.name) === index),
      ).length,
  );
  const reached = new Set();
  for (let press = 0; press < expected + 5; press += 1) {
    await page.keyboard.press("Tab");
    const at = await here();
    if (press === 0 && !at.skips) wrong.push(`${where}: the first stop is not the skip link`);
    if (at.index >= 0) reached.add(at.index);
  }
  if (reached.size < expected) {
    wrong.push(`${where}: ${reached.size} of ${expected} links and fields are reached by keyboard`);
  }
}

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const javaScriptEnabled of [true, false]) {
    const context = await browser.newContext({ viewport, javaScriptEnabled });
    if (signIn) await signedIn(context);
    for (const path of paths) {
      const where = `${path} (${size}, ${javaScriptEnabled ? "with" : "without"} JavaScript)`;
      const page = await context.newPage();
      watch(page, base, where, wrong);
      await page.goto(base + path.replace("#sent", ""), { waitUntil: "load" });
      if (path.endsWith("#sent")) {
        await page.locator("main form").last().locator("button").click();
        await page.waitForLoadState("load");
        if ((await page.locator(".govuk-error-summary").count()) !== 1) wrong.push(`${where}: no error summary`);
      }
      const heading = await page.locator("h1").count();
      if (heading !== 1) wrong.push(`${where}: ${heading} headings of level 1`);
      if (javaScriptEnabled) {
        if ((await page.locator("#moving-map").count()) > 0) {
          await page.waitForFunction(() => document.body.classList.contains("wm-has-map"));
        }
        await barriers(page, axe, where, wrong);
        const wide = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (wide > 1) wrong.push(`${where}: ${wide} pixels wider than the screen`);
        await keyboard(page, where);
      }
      const name = `${path.replaceAll(/[^A-Za-z0-9]+/g, "-")}-${size}-${javaScriptEnabled ? "js" : "plain"}`;
      await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
      await page.close();
    }
    if (!signIn && !process.env.SITE_COOKIES && (await context.cookies()).length > 0) wrong.push(`${size}: a cookie was set`);
    await context.close();
  }
}
await end(browser, wrong, `${paths.length} pages visited`);
