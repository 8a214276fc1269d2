// Which examples are shown: the filters, what passes them, and how many examples each choice would leave.

const STAGES = data.stages.map((stage) => stage.name);
const LABELS = Object.fromEntries(data.stages.map((stage) => [stage.name, stage.label]));
const LAST = STAGES[STAGES.length - 1];
const NONE = { stage: LAST, status: "", why: "", hardness: "", db: "", moved: "", q: "" };

const STATUSES = {
  right: "right",
  not_right: "not right",
  result: "runs, another result",
  invalid: data.outcomes.invalid,
  timeout: data.outcomes.timeout,
  empty: data.outcomes.empty,
  gold_error: data.outcomes.gold_error,
  both: "right by both verdicts",
  official_only: "official verdict only",
  strict_only: "strict verdict only",
};
const WHY = { class: "Error class", result: "Result beside the gold's", message: "Does not run" };

/** The statuses that hold for an answer, each a choice of the filter. */
function statusesOf(answer) {
  const right = answer.outcome === "right";
  const found = [right ? "right" : "not_right"];
  if (!right) found.push(answer.outcome === "wrong" ? "result" : answer.outcome);
  if (right && answer.strict) found.push("both");
  if (right && answer.strict === false) found.push("official_only");
  if (!right && answer.strict) found.push("strict_only");
  return found;
}

function reasonsOf(answer) {
  const known = { class: answer.class, result: answer.difference, message: answer.message };
  return Object.entries(known).filter(([, value]) => value).map(([kind, value]) => `${kind}:${value}`);
}

/** What happened to a question between the stages: won and lost, with the stage that did it; never or always right. */
function movesOf(question) {
  const rights = STAGES.map((name) => question.answers[name] && question.answers[name].outcome === "right");
  const found = [];
  rights.forEach((right, place) => {
    const before = rights[place - 1];
    if (place === 0 || right === undefined || before === undefined || right === before) return;
    found.push(`${right ? "won" : "lost"}:${STAGES[place]}`, "changed");
  });
  if (rights.every((right) => right === true)) found.push("always");
  if (rights.every((right) => right === false)) found.push("never");
  return [...new Set(found)];
}

/** Filter -> the choices of it that a question falls under. */
function facets(question, stage) {
  const answer = question.answers[stage];
  return {
    status: answer ? statusesOf(answer) : [],
    why: answer ? reasonsOf(answer) : [],
    hardness: [question.hardness],
    db: [question.db],
    moved: movesOf(question),
  };
}

/** All text of a question, in lower case, made at the first search. */
function textOf(question) {
  if (question.text === undefined) {
    const answers = Object.values(question.answers).flatMap((it) => [it.sql, it.error, it.completion]);
    question.text = [question.question, question.db, question.gold, ...answers].join("\n").toLowerCase();
  }
  return question.text;
}

/** The questions that pass all filters, and for each filter how many each choice would leave beside the others. */
function select(filters) {
  const words = filters.q.toLowerCase().split(/\s+/).filter(Boolean);
  const counts = { status: {}, why: {}, hardness: {}, db: {}, moved: {} };
  const names = Object.keys(counts);
  const passing = [];
  for (const question of data.questions) {
    if (!words.every((word) => textOf(question).includes(word))) continue;
    const found = facets(question, filters.stage);
    const failed = names.filter((name) => filters[name] && !found[name].includes(filters[name]));
    if (failed.length === 0) passing.push(question);
    if (failed.length > 1) continue;
    for (const name of failed.length ? failed : names) {
      for (const choice of found[name]) counts[name][choice] = (counts[name][choice] || 0) + 1;
    }
  }
  return { passing, counts };
}

/** The choices of each filter: [group, [[value, label], ...]], those only that occur. */
function choices() {
  const all = data.questions.flatMap((question) => STAGES.map((stage) => facets(question, stage)));
  const occurring = (name) => [...new Set(all.flatMap((found) => found[name]))];
  const statuses = occurring("status");
  const reasons = occurring("why").sort();
  const moves = occurring("moved");
  const movable = { changed: "changed at all", always: "right at every stage", never: "wrong at every stage" };
  for (const stage of STAGES) {
    movable[`won:${stage}`] = `won by ${LABELS[stage]}`;
    movable[`lost:${stage}`] = `lost by ${LABELS[stage]}`;
  }
  const named = (labels, found) => Object.entries(labels).filter(([value]) => found.includes(value));
  const why = Object.entries(WHY).map(([kind, title]) => {
    const own = reasons.filter((reason) => reason.startsWith(`${kind}:`));
    return [title, own.map((reason) => [reason, reason.slice(kind.length + 1).replaceAll("_", " ")])];
  });
  return {
    status: [["", named(STATUSES, statuses)]],
    why: why.filter(([, own]) => own.length),
    moved: [["", named(movable, moves)]],
    hardness: [["", data.hardness.map((name) => [name, name])]],
    db: [["", occurring("db").sort().map((name) => [name, name])]],
  };
}
