// Charts that answer to a pointer and to keys. What is said is read from the table beside the chart,
// which stays the truth; where there is no table, or this cannot run, the drawing stays as it is.
//
// On a chart of months, beside a form with the fields "from" and "to", a stretch that is drawn with the
// pointer, or marked with two presses of Enter, becomes the period of the page.

const SVG = "http://www.w3.org/2000/svg";

for (const figure of document.querySelectorAll("figure.wm-chart")) {
  const svg = figure.querySelector(".wm-scroll > svg");
  const region = figure.querySelector(".wm-scroll");
  if (!svg || !region) continue;
  const reading = document.createElement("p");
  reading.className = "govuk-body wm-reading";
  reading.setAttribute("role", "status");
  const said = svg.dataset.plot ? months(svg, region, figure, reading) : parts(svg, region, figure, reading);
  if (said) region.after(reading);
}

/** The rows of the table beside the chart, by what the first cell says. */
function rows(figure) {
  const table = figure.querySelector("table") ?? figure.parentElement.querySelector("section table, table");
  if (!table) return [];
  const headings = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
  return [...table.querySelectorAll("tbody tr")].map((row) => {
    const cells = [...row.cells].map((cell) => cell.textContent.trim());
    const [name, ...values] = cells;
    const told = values.map((value, index) => (values.length > 1 ? `${headings[index + 1]} ${value}` : value));
    return { name, words: `${name}: ${told.join(", ")}` };
  });
}

/** A chart of months: a line at the month that is pointed at, and a stretch to choose. */
function months(svg, region, figure, reading) {
  const table = rows(figure);
  const [left, right, top, bottom] = svg.dataset.plot.split(" ").map(Number);
  const names = svg.dataset.months.split(" ");
  if (names.length === 0 || table.length !== names.length) return false;
  const step = (right - left) / names.length;
  const form = document.querySelector("form[data-period]");
  const field = (name) => form?.querySelector(`[name="${name}"]`);
  const canChoose = Boolean(field("from") && field("to"));

  const stretch = add(svg, "rect", { y: top, height: bottom - top, fill: "#1d70b8", "fill-opacity": 0.2 });
  const line = add(svg, "line", { y1: top, y2: bottom, stroke: "#0b0c0c", "stroke-width": 2 });
  let at = null;
  let marked = null;
  const hint = canChoose
    ? "Draw over months, or press Enter on the first and the last, to choose them."
    : "Point at a month, or use the arrow keys.";
  reading.textContent = hint;

  const show = () => {
    line.style.display = at === null ? "none" : "";
    stretch.style.display = at === null || marked === null ? "none" : "";
    if (at === null) {
      reading.textContent = hint;
      return;
    }
    const x = left + (at + 0.5) * step;
    set(line, { x1: x, x2: x });
    if (marked === null) {
      reading.textContent = table[at].words;
    } else {
      const [first, last] = [Math.min(at, marked), Math.max(at, marked)];
      set(stretch, { x: left + first * step, width: (last - first + 1) * step });
      reading.textContent = `${table[first].name} to ${table[last].name}`;
    }
  };
  const choose = () => {
    const [first, last] = [names[Math.min(at, marked)], names[Math.max(at, marked)]];
    marked = null;
    field("from").value = first;
    field("to").value = last;
    // A month that the form does not offer is not asked for.
    if (field("from").value === first && field("to").value === last) form.requestSubmit();
    show();
  };
  const monthAt = (event) => {
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    if (place.x < left || place.x > right || place.y < top || place.y > bottom) return null;
    return Math.min(names.length - 1, Math.floor((place.x - left) / step));
  };

  svg.addEventListener("pointermove", (event) => {
    at = monthAt(event) ?? (marked === null ? null : at);
    show();
  });
  svg.addEventListener("pointerleave", () => {
    if (marked === null) at = null;
    show();
  });
  if (canChoose) {
    // A finger scrolls; a mouse and a pen draw.
    svg.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" || event.button !== 0) return;
      marked = at = monthAt(event);
      if (at !== null) svg.setPointerCapture(event.pointerId);
      event.preventDefault();
      show();
    });
    svg.addEventListener("pointerup", () => {
      const isStretch = marked !== null && at !== null && marked !== at;
      if (isStretch) choose();
      marked = null;
      show();
    });
  }
  region.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: -1, ArrowRight: 1, Home: -names.length, End: names.length };
    if (event.key in moves) {
      const from = at ?? (moves[event.key] > 0 ? -1 : names.length);
      at = Math.max(0, Math.min(names.length - 1, from + moves[event.key]));
      // On a narrow screen the chart is wider than what is seen of it.
      const share = (left + (at + 0.5) * step) / svg.viewBox.baseVal.width;
      region.scrollLeft = share * svg.clientWidth - region.clientWidth / 2;
      event.preventDefault();
    } else if (event.key === "Enter" && canChoose && at !== null) {
      if (marked === null) marked = at;
      else choose();
    } else if (event.key === "Escape") {
      marked = null;
    } else {
      return;
    }
    show();
  });
  region.addEventListener("blur", () => {
    at = marked = null;
    show();
  });
  show();
  return true;
}

/** Bars, points and areas: what is pointed at, or reached with the arrow keys, is outlined and said. */
function parts(svg, region, figure, reading) {
  const table = new Map(rows(figure).map((row) => [row.name, row.words]));
  const shapes = [...svg.querySelectorAll("[data-row]")].filter((shape) => table.has(shape.dataset.row));
  if (shapes.length === 0) return false;
  let at = null;
  const show = (shape) => {
    if (at) set(at, { stroke: at.dataset.stroke, "stroke-width": at.dataset.strokeWidth });
    at = shape;
    if (shape) {
      shape.dataset.stroke ??= shape.getAttribute("stroke") ?? "none";
      shape.dataset.strokeWidth ??= shape.getAttribute("stroke-width") ?? "1";
      set(shape, { stroke: "#0b0c0c", "stroke-width": 3 });
    }
    reading.textContent = shape ? table.get(shape.dataset.row) : "Point at a part, or use the arrow keys.";
  };
  for (const shape of shapes) shape.addEventListener("pointerenter", () => show(shape));
  svg.addEventListener("pointerleave", () => show(null));
  region.addEventListener("keydown", (event) => {
    const forwards = ["ArrowDown", "ArrowRight"].includes(event.key);
    if (!forwards && !["ArrowUp", "ArrowLeft"].includes(event.key)) return;
    const from = shapes.indexOf(at);
    const to = forwards ? from + 1 : from < 0 ? shapes.length - 1 : from - 1;
    show(shapes[Math.max(0, Math.min(shapes.length - 1, to))]);
    event.preventDefault();
  });
  region.addEventListener("blur", () => show(null));
  show(null);
  return true;
}

function add(svg, name, attributes) {
  const shape = document.createElementNS(SVG, name);
  set(shape, { ...attributes, "pointer-events": "none" });
  svg.append(shape);
  return shape;
}

function set(shape, attributes) {
  for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
}
