// What the whole page needs: its data, a way to make elements, light and dark, values under the pointer in charts.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

/** An element with attributes and children; texts become text nodes, so that nothing in them is markup. */
function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

// --- light and dark ---

const root = document.documentElement;

function isDark() {
  if (root.dataset.theme) return root.dataset.theme === "dark";
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}

/** The reader's choice; a browser may refuse to keep it for a file, which is no harm. */
function remembered(choice) {
  try {
    if (choice) localStorage.setItem("theme", choice);
    return localStorage.getItem("theme");
  } catch {
    return choice;
  }
}

function setUpTheme() {
  const known = remembered();
  if (known === "light" || known === "dark") root.dataset.theme = known;
  byId("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remembered(root.dataset.theme);
  });
}

// --- charts ---

const SVG = "http://www.w3.org/2000/svg";

function number(value, unit) {
  if (unit.startsWith("%")) return `${(100 * value).toFixed(1)}%`;
  return String(Number(value.toPrecision(3))).replace("-", "−");
}

/** The place of the step that is nearest to `wanted`. */
function nearest(steps, wanted) {
  let best = 0;
  steps.forEach((step, place) => {
    if (Math.abs(step - wanted) < Math.abs(steps[best] - wanted)) best = place;
  });
  return best;
}

function readout(chart, wanted) {
  const first = chart.lines[0];
  const step = first.steps[nearest(first.steps, wanted)];
  const values = chart.lines.map((line) => {
    const value = number(line.values[nearest(line.steps, step)], chart.unit);
    return make("div", {}, chart.lines.length > 1 ? `${line.label} ${value}` : value);
  });
  return [step, [make("b", {}, `step ${Math.round(step)}`), ...values]];
}

/** A line under the pointer and, beside it, the values of the nearest step. */
function setUpChart(plot) {
  const chart = data.charts[plot.dataset.chart];
  const svg = plot.querySelector("svg");
  const [left, right] = svg.dataset.limits.split(" ").map(Number);
  const [x0, y0, x1, y1] = chart.box;
  const line = document.createElementNS(SVG, "line");
  const box = make("div", { class: "readout", hidden: true });
  line.setAttribute("class", "cursor");
  svg.append(line);
  plot.append(box);
  plot.addEventListener("pointermove", (event) => {
    const bounds = svg.getBoundingClientRect();
    const at = ((event.clientX - bounds.left) / bounds.width) * svg.viewBox.baseVal.width;
    const [step, said] = readout(chart, left + ((at - x0) / (x1 - x0)) * (right - left));
    const x = x0 + ((step - left) / (right - left)) * (x1 - x0);
    for (const [name, value] of Object.entries({ x1: x, x2: x, y1: y0, y2: y1 })) line.setAttribute(name, value);
    box.replaceChildren(...said);
    box.hidden = false;
    box.classList.toggle("flipped", x > (x0 + x1) / 2);
    box.style.left = `${(100 * x) / svg.viewBox.baseVal.width}%`;
    plot.classList.add("pointed");
  });
  plot.addEventListener("pointerleave", () => {
    box.hidden = true;
    plot.classList.remove("pointed");
  });
}

setUpTheme();
document.querySelectorAll("[data-chart]").forEach(setUpChart);
window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((it) => (it.open = true)));
