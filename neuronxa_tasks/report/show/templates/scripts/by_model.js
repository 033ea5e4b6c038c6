// Languages by models for one metric: which model is best for a language?

const order = { best: kept.get("best") ?? "", by: kept.get("by") ?? "" };

// Scores of different settings cannot be compared: those of one are shown.
function ofOneSetting({ columns, matching, value, usual }) {
  const { condition } = document.getElementById("filters").elements;
  if (!condition) return matching;
  const setting = condition.value || usual;
  return matching.filter((row) => [setting, null].includes(value(row, "condition")));
}

// The best model of one language first, or else in the order of the leaderboard; languages by
// one model, or else by the mean of all.
function ordered(names, score) {
  const codes = [...names.keys()];
  const known = (label) => codes.some((code) => score(code, label) !== null);
  const labels = choice.models.map(({ label }) => label).filter(known);
  // A single language sorts the models by itself.
  const best = codes.length === 1 ? codes[0] : order.best;
  if (names.has(best)) labels.sort((a, b) => compare(score(best, a), score(best, b), -1));
  const mean = (code) => {
    const found = labels.map((label) => score(code, label)).filter((own) => own !== null);
    return found.length ? found.reduce((sum, own) => sum + own, 0) / found.length : null;
  };
  const rank = labels.includes(order.by) ? (code) => score(code, order.by) : mean;
  const ranks = new Map(codes.map((code) => [code, rank(code)]));
  codes.sort((a, b) => compare(ranks.get(a), ranks.get(b), -1));
  return { codes, labels, best };
}

function counted(count, name) {
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

function byModel(shown) {
  const { columns, place, value, sorted, filled } = shown;
  const table = document.getElementById("by-model");
  const at = place[document.getElementById("filters").elements.metric.value];
  const rows = ofOneSetting(shown);
  const names = new Map(rows.map((row) => [value(row, "language"), value(row, "name")]));
  const cells = new Map(
    rows.map((row) => [`${value(row, "language")} ${value(row, "label")}`, row]),
  );
  const score = (code, label) => {
    const row = cells.get(`${code} ${label}`);
    return row ? sorted(row, at) : null;
  };
  const { codes, labels, best } = ordered(names, score);

  // A head that sorts what it heads; pressed again, it does so no more.
  function head(scope, text, title, parameter, name, pressed) {
    const made = document.createElement("th");
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: text, title });
    button.setAttribute("aria-pressed", pressed);
    button.addEventListener("click", () => {
      order[parameter] = order[parameter] === name ? "" : name;
      keep(parameter, order[parameter] ? [order[parameter]] : []);
      byModel(shown);
      [...table.querySelectorAll("button")].find((other) => other.title === title)?.focus();
    });
    made.scope = scope;
    made.append(button);
    return made;
  }

  const corner = Object.assign(document.createElement("th"), { className: "corner", scope: "col" });
  corner.textContent = "Language";
  const top = document.createElement("tr");
  top.append(corner);
  const short = new Map(choice.models.map((model) => [model.label, model.short]));
  for (const label of labels) {
    const made = head("col", short.get(label), label, "by", label, label === order.by);
    made.className = "number";
    top.append(made);
  }
  const lines = codes.map((code) => {
    const line = document.createElement("tr");
    line.append(head("row", names.get(code), code, "best", code, code === best));
    for (const label of labels) {
      const row = cells.get(`${code} ${label}`);
      const cell = document.createElement("td");
      if (row) filled(cell, row, at);
      else Object.assign(cell, { className: "number", textContent: "–" });
      line.append(cell);
    }
    return line;
  });
  const size = `${counted(codes.length, "language")} by ${counted(labels.length, "model")}`;
  const setting = rows.map((row) => value(row, "condition")).find(Boolean);
  table.caption.textContent = [`${columns[at].title} of ${size}`, setting]
    .filter(Boolean)
    .join(", ");
  table.tHead.replaceChildren(top);
  table.tBodies[0].replaceChildren(...lines);
}
