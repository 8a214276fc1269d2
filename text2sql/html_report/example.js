// One example: its question, the gold and every stage's SQL with what differs, and two results side by side.

const MARKS = { right: "✓", wrong: "✗", invalid: "!", timeout: "◷", empty: "∅", gold_error: "?" };
const TOKENS = /'(?:[^']|'')*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|\d+(?:\.\d+)?|\w+|[<>=!|]+|[^\s\w]|\s+/gu;
const LONGEST_DIFF = 400; // tokens; the comparison takes the square of it
const LEAST_ALIKE = 0.4; // of the shorter one's tokens; what shares fewer is no variant of the gold
const KEYWORDS = new Set(
  ("select from where group by having order limit offset join left right inner outer cross natural on as and or not " +
    "in is null like between exists union all intersect except distinct case when then else end asc desc " +
    "with using cast"
  ).split(" "),
);

const tokensOf = (sql) => sql.match(TOKENS) || [];
const isWord = (token) => token.trim() !== "";

/** The tokens of each side that aren't in their longest common subsequence, as two sets of places. */
function differing(mine, other) {
  const [a, b] = [mine, other].map((tokens) =>
    tokens.map((token, place) => [token.toLowerCase(), place]).filter(([token]) => isWord(token)),
  );
  if (a.length > LONGEST_DIFF || b.length > LONGEST_DIFF) return [new Set(), new Set()];
  const longest = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const same = a[i][0] === b[j][0];
      longest[i][j] = same ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  const [onlyMine, onlyOther] = [new Set(a.map(([, place]) => place)), new Set(b.map(([, place]) => place))];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i][0] === b[j][0]) {
      onlyMine.delete(a[i++][1]);
      onlyOther.delete(b[j++][1]);
    } else if (longest[i + 1][j] >= longest[i][j + 1]) i++;
    else j++;
  }
  return [onlyMine, onlyOther];
}

/** What an answer has beyond the gold and what it lacks of it, as places of tokens; nothing where little is shared. */
function compared(sql, gold) {
  const [mine, theirs] = [tokensOf(sql), tokensOf(gold)];
  const [extra, missing] = differing(mine, theirs);
  const shared = mine.filter(isWord).length - extra.size;
  const alike = shared >= LEAST_ALIKE * Math.min(mine.filter(isWord).length, theirs.filter(isWord).length);
  return alike ? [extra, missing] : [new Set(), new Set()];
}

/** SQL with its keywords set apart and the tokens at `marked` places marked, neighbours in one go. */
function code(sql, marked = new Set(), kind = "extra") {
  const shown = [];
  let run = null;
  const tokens = tokensOf(sql);
  tokens.forEach((token, place) => {
    const inside = marked.has(place) || (run && !isWord(token) && marked.has(place + 1));
    if (inside && !run) shown.push((run = make("mark", { class: kind })));
    if (!inside) run = null;
    const piece = KEYWORDS.has(token.toLowerCase()) ? make("span", { class: "keyword" }, token) : token;
    if (run) run.append(piece);
    else shown.push(piece);
  });
  return make("pre", {}, make("code", {}, shown.length ? shown : make("em", {}, "nothing")));
}

function mark(answer) {
  return make("span", { class: `mark out-${answer.outcome}`, "aria-hidden": "true" }, MARKS[answer.outcome] || "?");
}

/** The verdict in words, with what the two verdicts disagree about. */
function verdictOf(answer) {
  if (answer.outcome === "right" && answer.strict === false) return "right only if DISTINCT is left out";
  if (answer.outcome !== "right" && answer.strict) return "right only if DISTINCT is kept";
  return data.outcomes[answer.outcome] || answer.status;
}

function factsOf(answer) {
  return [
    answer.class && answer.class !== "unknown" && `reason: ${answer.class.replaceAll("_", " ")}`,
    answer.difference,
    answer.outcome === "wrong" && `F1 ${(answer.f1 || 0).toFixed(2)}`,
    answer.exact !== undefined && `EM ${answer.exact ? "yes" : "no"}`,
    answer.milliseconds !== undefined && answer.outcome !== "empty" && `${answer.milliseconds} ms`,
    answer.volatile && "asks for chance or the time: another result each time",
  ].filter(Boolean).join(" · ");
}

/** One stage's answer; what it has beyond the gold is marked, unless it is right. */
function answerBlock(question, stage) {
  const answer = question.answers[stage];
  const head = make("h4", { class: `stage-${stage}` }, LABELS[stage]);
  if (!answer) return make("div", { class: "answer" }, head, make("p", { class: "faint" }, "was not asked"));
  const right = answer.outcome === "right";
  const extra = right ? new Set() : compared(answer.sql || "", question.gold)[0];
  const raw = answer.completion;
  return make("div", { class: "answer" },
    make("div", { class: "head" }, head, mark(answer), make("b", {}, verdictOf(answer)),
      make("small", {}, factsOf(answer))),
    code(answer.sql || "", extra),
    answer.error ? make("p", { class: "error" }, answer.error) : null,
    raw ? make("details", {}, make("summary", {}, "The whole completion"), make("pre", { class: "raw" }, raw)) : null,
  );
}

/** The gold; what the chosen stage's wrong answer lacks of it is marked. */
function goldBlock(question, stage) {
  const answer = question.answers[stage];
  const wrong = answer && answer.outcome !== "right";
  const missing = wrong ? compared(answer.sql || "", question.gold)[1] : new Set();
  const head = make("div", { class: "head" }, make("h4", {}, "Gold"));
  return make("div", { class: "answer gold" }, head, code(question.gold, missing, "missing"));
}

// --- results ---

const whole = (table) => table.rows && table.rows.length === table.count && table.width === table.columns.length;

/** Places of the rows that the other result doesn't have; none where that can't be said of what is shown. */
function foreignRows(table, other) {
  if (!other || !whole(table) || !whole(other) || table.width !== other.width) return new Set();
  const theirs = other.rows.map((row) => JSON.stringify(row));
  const found = new Set();
  table.rows.forEach((row, place) => {
    const at = theirs.indexOf(JSON.stringify(row));
    if (at < 0) found.add(place);
    else theirs.splice(at, 1);
  });
  return found;
}

function sizeOf(table) {
  const many = (count, one) => `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;
  const size = `${many(table.count, "row")}, ${many(table.width, "column")}`;
  const left = table.cut ? "; left out to keep the page small" : "";
  const some = table.rows.length && table.rows.length < table.count ? `; the first ${table.rows.length}` : "";
  return size + left + some;
}

function resultTable(table, foreign) {
  const cell = (value, place) => make("td", { class: table.numeric[place] ? "numeric" : null },
    value === null ? make("i", { class: "null" }, "NULL") : value);
  const rows = table.rows.map((row, place) =>
    make("tr", { class: foreign.has(place) ? "foreign" : null }, row.map(cell)));
  const more = table.width > table.columns.length ? make("th", { scope: "col" }, "…") : null;
  const head = make("tr", {}, table.columns.map((name) => make("th", { scope: "col" }, name)), more);
  return make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Result" },
    make("table", {}, make("thead", {}, head), make("tbody", {}, rows)));
}

/** A result with its size, or why there is none. */
function result(title, place, instead, other, compared) {
  const table = data.tables[place];
  const head = make("h4", {}, title);
  if (!table || table.error) return make("div", {}, head, make("p", { class: "faint" }, table ? table.error : instead));
  const foreign = compared ? foreignRows(table, data.tables[other]) : new Set();
  const size = make("p", { class: "size" }, sizeOf(table));
  return make("div", {}, head, size, table.rows.length ? resultTable(table, foreign) : null);
}

function resultsOf(question, stage) {
  const answer = question.answers[stage];
  const theirs = answer ? answer.result : undefined;
  const wrong = Boolean(answer) && answer.outcome !== "right";
  const instead = answer ? answer.error || verdictOf(answer) : "was not asked";
  const same = theirs !== undefined && theirs === question.result ? ": the same as the gold's" : "";
  return make("div", { class: "sides" },
    result("Result of the gold", question.result, "the gold fails", theirs, wrong),
    result(`Result of ${LABELS[stage]}${same}`, theirs, instead, question.result, wrong),
  );
}

/** The choice of the stage whose result stands beside the gold's. */
function stageChoice(question, stage, choose) {
  const buttons = STAGES.map((name) => {
    const answer = question.answers[name];
    const button = make("button", { type: "button", "aria-pressed": String(name === stage) },
      answer ? mark(answer) : "", ` ${LABELS[name]}`);
    button.addEventListener("click", () => choose(name));
    return button;
  });
  return make("div", { class: "stages", role: "group", "aria-label": "Result of which stage" }, buttons);
}

/** Everything of one example, for the panel beside the list. */
function exampleOf(question, stage, choose) {
  const link = make("a", { href: `#at=${question.index}`, title: "Link to this example" }, `#${question.index}`);
  const hardness = question.hardness === "unknown" ? "hardness unknown" : question.hardness;
  const meta = make("p", { class: "meta" }, link, ` · ${question.db} · ${hardness}`);
  return [
    make("h3", {}, question.question),
    meta,
    goldBlock(question, stage),
    ...STAGES.map((name) => answerBlock(question, name)),
    stageChoice(question, stage, choose),
    resultsOf(question, stage),
  ];
}
