// The browser of examples: filters, a list that draws only what is visible, the chosen example, keyboard, address.

const ROW = 76; // pixels, as in style.css
const SPARE = 6; // rows drawn above and below what is visible
const TITLES = {
  stage: "Stage", status: "Outcome", why: "Why wrong", moved: "Between stages", hardness: "Hardness", db: "Database",
};
const list = byId("list");
const canvas = byId("canvas");
const controls = {};
let filters = { ...NONE };
let shown = [];
let chosen = 0;
let viewed = LAST; // the stage whose result stands beside the gold's

// --- the filters' controls ---

function control(name, groups) {
  const box = make("select", { id: `filter-${name}`, name });
  if (name !== "stage") box.append(make("option", { value: "" }, "all"));
  for (const [title, options] of groups) {
    const made = options.map(([value, label]) => make("option", { value, "data-label": label }, label));
    box.append(...(title ? [make("optgroup", { label: title }, made)] : made));
  }
  box.addEventListener("change", () => ask({ ...filters, [name]: box.value }));
  controls[name] = box;
  return make("label", {}, make("span", {}, TITLES[name]), box);
}

function setUpFilters() {
  const kind = { type: "search", id: "search", placeholder: "question, SQL, error", autocomplete: "off" };
  const search = make("input", kind);
  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => ask({ ...filters, q: search.value }), 120);
  });
  controls.q = search;
  const clear = make("button", { type: "button", id: "clear" }, "Clear");
  clear.addEventListener("click", () => ask(NONE));
  const found = choices();
  const stages = control("stage", [["", STAGES.map((name) => [name, LABELS[name]])]]);
  const boxes = ["status", "why", "moved", "hardness", "db"].map((name) => control(name, found[name]));
  byId("filters").append(make("label", { class: "wide" }, make("span", {}, "Search"), search), stages, ...boxes, clear);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
}

/** How many examples each choice would leave, written behind it. */
function writeCounts(counts) {
  for (const [name, counted] of Object.entries(counts)) {
    for (const option of controls[name].options) {
      const count = (counted[option.value] || 0).toLocaleString("en");
      if (option.value) option.textContent = `${option.dataset.label} (${count})`;
    }
  }
}

/** Show what passes these filters; the chosen example stays if it is among them. */
function apply(wanted, index = shown.length ? shown[chosen].index : undefined) {
  if (wanted.stage !== filters.stage) viewed = wanted.stage;
  filters = { ...wanted };
  const { passing, counts } = select(filters);
  shown = passing;
  for (const [name, box] of Object.entries(controls)) if (box.value !== filters[name]) box.value = filters[name];
  writeCounts(counts);
  const [some, all] = [shown.length, data.questions.length].map((count) => count.toLocaleString("en"));
  byId("found").textContent = shown.length === data.questions.length ? `${all} examples` : `${some} of ${all} examples`;
  byId("clear").disabled = Object.keys(NONE).every((name) => filters[name] === NONE[name]);
  canvas.style.height = `${shown.length * ROW}px`;
  choose(Math.max(0, shown.findIndex((question) => question.index === index)));
}

/** Apply what the reader asks for, and write it into the address. */
function ask(wanted) {
  apply(wanted);
  writeAddress();
}

// --- the list ---

function item(question, place) {
  const marks = STAGES.map((name) => {
    const answer = question.answers[name];
    return answer ? make("span", { title: `${LABELS[name]}: ${verdictOf(answer)}` }, mark(answer)) : null;
  });
  const spoken = STAGES.filter((name) => question.answers[name]).map(
    (name) => `${LABELS[name]}: ${verdictOf(question.answers[name])}`,
  );
  const made = make("div", {
    role: "option", id: `option-${place}`, class: "item", "aria-selected": String(place === chosen),
    "aria-setsize": shown.length, "aria-posinset": place + 1, "aria-label": `${question.question} ${spoken.join(", ")}`,
  }, make("div", { class: "asked" }, question.question),
    make("div", { class: "about" }, make("span", {}, question.db), make("span", { class: "marks" }, marks)));
  made.style.top = `${place * ROW}px`;
  made.addEventListener("click", () => {
    choose(place);
    if (list.offsetLeft === byId("example").offsetLeft) byId("example").scrollIntoView(); // one below the other
  });
  return made;
}

/** Draw the rows that can be seen. */
function draw() {
  const from = Math.max(0, Math.floor(list.scrollTop / ROW) - SPARE);
  const to = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE);
  canvas.replaceChildren(...shown.slice(from, to).map((question, row) => item(question, from + row)));
}

/** Choose the example at a place of the list, and bring it into view there. */
function choose(place) {
  chosen = Math.min(Math.max(place, 0), Math.max(shown.length - 1, 0));
  const top = chosen * ROW;
  if (top < list.scrollTop) list.scrollTop = top;
  if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
  if (shown.length) list.setAttribute("aria-activedescendant", `option-${chosen}`);
  else list.removeAttribute("aria-activedescendant");
  draw();
  showChosen();
}

function showChosen() {
  if (!shown.length) {
    byId("example").replaceChildren(make("p", { class: "faint" }, "No example passes these filters."));
    return;
  }
  const chooseStage = (name) => {
    viewed = name;
    showChosen();
  };
  byId("example").replaceChildren(pager(), ...exampleOf(shown[chosen], viewed, chooseStage));
}

function pager() {
  const button = (label, title, step, end) => {
    const made = make("button", { type: "button", title, "aria-label": title, disabled: chosen === end }, label);
    made.addEventListener("click", () => choose(chosen + step));
    return made;
  };
  const place = make("span", {}, `${(chosen + 1).toLocaleString("en")} of ${shown.length.toLocaleString("en")}`);
  const back = make("a", { href: "#filters", class: "back" }, "to the list");
  return make("div", { class: "pager" }, button("‹", "Previous example", -1, 0), place,
    button("›", "Next example", 1, shown.length - 1), back);
}

// --- keyboard ---

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input, select, textarea");
  if (event.key === "Escape") onEscape(field);
  else if (field) return;
  else if (event.key === "/") byId("search").focus();
  else if (event.key === "j" || event.key === "k") choose(chosen + (event.key === "j" ? 1 : -1));
  else if (event.target !== list || !onListKey(event.key)) return;
  if (event.key !== "Escape") event.preventDefault();
}

/** Escape empties the search and leaves it; outside of a field it clears all filters. */
function onEscape(field) {
  if (!field) ask(NONE);
  else if (field.id === "search") ask({ ...filters, q: "" });
  if (field) list.focus({ preventScroll: true });
}

function onListKey(key) {
  const page = Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
  const places = {
    ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: chosen + page, PageUp: chosen - page,
    Home: 0, End: shown.length - 1,
  };
  if (!(key in places)) return false;
  choose(places[key]);
  return true;
}

// --- the address: #stage=grpo&status=invalid shows just that ---

function writeAddress() {
  const set = Object.entries(filters).filter(([name, value]) => value && value !== NONE[name]);
  const wanted = new URLSearchParams(set).toString();
  if (wanted || location.hash.includes("=")) history.replaceState(null, "", wanted ? `#${wanted}` : "#examples");
}

/** Take filters, or the example, from the address; says whether it had any. */
function readAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const known = [...asked].filter(([name]) => name in NONE);
  if (!known.length && !asked.has("at")) return false;
  const index = asked.has("at") ? Number(asked.get("at")) : undefined;
  apply({ ...NONE, ...Object.fromEntries(known) }, index);
  byId("examples").scrollIntoView();
  list.focus({ preventScroll: true });
  return true;
}

/** A link to what the address says already changes nothing by itself. */
function onClick(event) {
  const link = event.target.closest("a[href*='=']");
  if (link && link.hash === location.hash) readAddress();
}

setUpFilters();
document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
list.addEventListener("scroll", () => requestAnimationFrame(draw));
window.addEventListener("resize", draw);
window.addEventListener("hashchange", readAddress);
if (!readAddress()) apply(NONE);
