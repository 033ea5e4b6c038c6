"use strict";

const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

// Charts

async function draw() {
  const { charts, datasets, config } = read("drawings");
  for (const place of document.querySelectorAll(".chart")) {
    try {
      const spec = charts[place.dataset.chart];
      spec.datasets = { [spec.data.name]: datasets[spec.data.name] };
      // The interpreter, since the page allows no code but its own to be run.
      await vegaEmbed(place, spec, {
        config,
        mode: "vega-lite",
        renderer: "svg",
        actions: false,
        ast: true,
        tooltip: { disableDefaultStyle: true },
      });
    } catch (error) {
      const told = document.createElement("p");
      told.className = "notice";
      told.textContent = `This chart cannot be drawn (${String(error.message).split("\n")[0]}). Its numbers are in the tables beside this page.`;
      place.replaceChildren(told);
    }
    // Lets the reader scroll and sort while the rest is drawn.
    await new Promise((done) => setTimeout(done));
  }
  document.documentElement.dataset.drawn = "yes";
}

// Sorting

const collator = new Intl.Collator("en", { numeric: true });

// What is missing comes last in either direction.
function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null);
  return sign * (typeof a === "number" ? a - b : collator.compare(a, b));
}

function sortable(table, sort) {
  for (const head of table.querySelectorAll("thead th")) {
    head.querySelector("button").addEventListener("click", () => {
      const first = head.classList.contains("number") ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      mark(table, head, head.ariaSort === first ? other : first);
      sort(head.cellIndex, head.ariaSort === "ascending" ? 1 : -1);
    });
  }
}

function mark(table, head, direction) {
  for (const other of table.querySelectorAll("thead th")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", direction);
}

function key(cell) {
  if (!cell || "missing" in cell.dataset) return null;
  return "sort" in cell.dataset ? Number(cell.dataset.sort) : cell.textContent;
}

for (const table of document.querySelectorAll("[data-sortable]")) {
  const body = table.tBodies[0];
  sortable(table, (place, sign) => {
    const rows = [...body.rows].map((row) => [key(row.cells[place]), row]);
    rows.sort(([a], [b]) => compare(a, b, sign));
    body.append(...rows.map(([, row]) => row));
  });
}

// The table of languages: of many rows only some are put into the page.

function languages({ columns, rows, held }) {
  const step = 500;
  const table = document.getElementById("joined");
  const filters = document.getElementById("filters");
  const more = document.getElementById("more");
  const shown = new Intl.NumberFormat("en");
  const text = (value, { levels, number }) => {
    if (value === null) return "–";
    return levels ? levels[value] : number ? value.toFixed(3) : value;
  };
  let limit = step;
  let matching = rows;

  function cell(value, column, place, row) {
    const made = document.createElement(place ? "td" : "th");
    if (!place) made.scope = "row";
    made.textContent = text(value, column);
    if (column.number) made.className = column.score ? "number score" : "number";
    if (column.score && value !== null) tell(made, value, column.beside, row);
    if (value === null) foretell(made, column.beside, row);
    return made;
  }

  function tell(made, value, { low, high, p }, row) {
    made.style.setProperty("--share", value);
    const known = (place) => place !== undefined && row[place] !== null;
    const parts = [];
    if (known(low)) parts.push(`95% interval ${row[low].toFixed(3)} to ${row[high].toFixed(3)}`);
    if (known(p)) {
      parts.push(`corrected p ${row[p] < 0.001 ? "< 0.001" : row[p].toFixed(3)}`);
      made.classList.toggle("chance", row[p] >= 0.05);
    }
    made.title = parts.join(", ");
  }

  function foretell(made, { forecast, low, high }, row) {
    if (forecast === undefined || row[forecast] === null) return;
    made.textContent = `≈ ${row[forecast].toFixed(2)}`;
    made.classList.add("forecast");
    made.title =
      row[low] === null
        ? "forecast, not measured"
        : `forecast, not measured: ${held} interval ${row[low].toFixed(2)} to ${row[high].toFixed(2)}`;
  }

  // A forecast sorts among what is measured.
  const sorted = (row, place) => row[place] ?? row[columns[place].beside.forecast] ?? null;

  function show() {
    table.tBodies[0].replaceChildren(
      ...matching.slice(0, limit).map((row) => {
        const line = document.createElement("tr");
        line.append(...columns.map((column, place) => cell(row[place], column, place, row)));
        return line;
      }),
    );
    const visible = Math.min(limit, matching.length);
    document.getElementById("count").textContent =
      `${shown.format(visible)} of ${shown.format(matching.length)} rows` +
      (matching.length < rows.length ? `, filtered from ${shown.format(rows.length)}` : "");
    more.hidden = visible === matching.length;
  }

  function filter() {
    const sought = filters.elements.search.value.trim().toLowerCase();
    const picked = [...filters.querySelectorAll("select")]
      .filter((select) => select.value)
      .map((select) => [Number(select.dataset.column), Number(select.value)]);
    matching = rows.filter(
      (row) =>
        `${row[0]} ${row[1]}`.toLowerCase().includes(sought) &&
        picked.every(([column, level]) => row[column] === level),
    );
    limit = step;
    show();
  }

  function sort(place, sign) {
    // Levels are in alphabetical order, so their numbers sort as their names do.
    rows.sort((a, b) => compare(sorted(a, place), sorted(b, place), sign));
    filter();
  }

  sortable(table, sort);
  filters.addEventListener("input", filter);
  filters.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => {
    limit += step;
    show();
  });
  const first = columns.findIndex(({ score }) => score);
  if (first < 0) return show();
  mark(table, table.querySelectorAll("thead th")[first], "descending");
  sort(first, -1);
}

draw();
const rows = read("rows");
if (rows) languages(rows);
