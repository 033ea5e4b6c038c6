// The table of languages: of many rows only some are put into the page.

const signed = (value, digits) => {
  // Adding zero takes the sign from what rounds to none.
  const rounded = Number(value.toFixed(digits)) + 0;
  return rounded.toFixed(digits).replace("-", "\u2212");
};

function tell(made, value, { low, high, p }, row) {
  made.style.setProperty("--share", Math.max(0, value));
  const known = (place) => place !== undefined && row[place] !== null;
  const told = [];
  if (known(low)) told.push(`95% interval ${signed(row[low], 3)} to ${signed(row[high], 3)}`);
  if (known(p)) {
    told.push(`corrected p ${row[p] < 0.001 ? "< 0.001" : row[p].toFixed(3)}`);
    made.classList.toggle("chance", row[p] >= 0.05);
  }
  made.title = told.join(", ");
}

function foretell(made, { forecast, low, high }, row, held) {
  if (forecast === undefined || row[forecast] === null) return;
  made.textContent = `≈ ${signed(row[forecast], 2)}`;
  made.classList.add("forecast");
  made.title =
    row[low] === null
      ? "forecast, not measured"
      : `forecast, not measured: ${held} interval ${signed(row[low], 2)} to ${signed(row[high], 2)}`;
}

function languages({ columns, rows, held, usual }) {
  const step = 500;
  const table = document.getElementById("joined");
  const filters = document.getElementById("filters");
  const more = document.getElementById("more");
  const shown = new Intl.NumberFormat("en");
  const place = Object.fromEntries(columns.map(({ name }, at) => [name, at]));
  const value = (row, name) => {
    const { [place[name]]: found = null } = row;
    return found === null ? null : (columns[place[name]].levels?.[found] ?? found);
  };
  // A forecast sorts among what is measured.
  const sorted = (row, at) => row[at] ?? row[columns[at].beside.forecast] ?? null;
  let limit = step;
  let matching = rows;

  function filled(made, row, at) {
    const { levels, number, score, beside, name } = columns[at];
    const content = row[at];
    made.textContent =
      content === null ? "–" : levels ? levels[content] : number ? signed(content, 3) : content;
    made.className = [number && "number", score && "score", !number && name]
      .filter(Boolean)
      .join(" ");
    if (score && content !== null) tell(made, content, beside, row);
    if (content === null) foretell(made, beside, row, held);
    return made;
  }

  const visible = () => {
    const all = filters.elements.metrics?.value === "all";
    return columns.map((_, at) => at).filter((at) => all || !columns[at].folded);
  };

  function show() {
    const ats = visible();
    for (const [at, head] of [...table.tHead.rows[0].cells].entries())
      head.hidden = !ats.includes(at);
    table.tBodies[0].replaceChildren(
      ...matching.slice(0, limit).map((row) => {
        const line = document.createElement("tr");
        for (const at of columns.keys()) {
          const made = filled(document.createElement(at ? "td" : "th"), row, at);
          if (!at) made.scope = "row";
          made.hidden = !ats.includes(at);
          line.append(made);
        }
        return line;
      }),
    );
    const count = Math.min(limit, matching.length);
    document.getElementById("count").textContent =
      `${shown.format(count)} of ${shown.format(matching.length)} rows` +
      (matching.length < rows.length ? `, filtered from ${shown.format(rows.length)}` : "");
    more.hidden = count === matching.length;
  }

  function filter() {
    const sought = filters.elements.language.value.trim().toLowerCase();
    const picked = [...filters.elements].filter(
      ({ name, value }) => name in place && name !== "language" && value,
    );
    const labels = choice && new Set(shownModels().map(({ label }) => label));
    matching = rows.filter(
      (row) =>
        `${value(row, "name")} ${value(row, "language")}`.toLowerCase().includes(sought) &&
        picked.every((select) => value(row, select.name) === select.value) &&
        (!labels || labels.has(value(row, "label"))),
    );
    limit = step;
    show();
    if (choice) byModel({ columns, matching, place, value, sorted, filled, usual });
  }

  function sort(at, sign) {
    // Levels are in alphabetical order, so their numbers sort as their names do.
    rows.sort((a, b) => compare(sorted(a, at), sorted(b, at), sign));
    filter();
  }

  function everyRow(print) {
    limit = print ? Infinity : step;
    show();
  }

  table.asFiltered = () => {
    const beside = Object.entries(columns.map(({ beside }) => beside)).flatMap(([at, ends]) =>
      Object.entries(ends).map(([end, from]) => [`${columns[at].title}, ${end}`, from]),
    );
    const heads = [...columns.map(({ title }) => title), ...beside.map(([title]) => title)];
    return [
      heads,
      ...matching.map((row) => [
        ...columns.map(({ name }) => value(row, name)),
        ...beside.map(([, from]) => row[from]),
      ]),
    ];
  };
  addEventListener("beforeprint", () => everyRow(true));
  addEventListener("afterprint", () => everyRow(false));
  remember(filters, filter);
  more.addEventListener("click", () => {
    limit += step;
    show();
  });
  const first = columns.findIndex(({ score }) => score);
  if (!sortable(table, sort)) {
    if (first < 0) filter();
    else {
      mark(table, table.tHead.rows[0].cells[first], "descending");
      sort(first, -1);
    }
  }
  return filter;
}
