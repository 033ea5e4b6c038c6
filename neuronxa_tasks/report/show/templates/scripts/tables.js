// Sorting

const collator = new Intl.Collator("en", { numeric: true });

// What is missing comes last in either direction.
function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null);
  return sign * (typeof a === "number" ? a - b : collator.compare(a, b));
}

// The address has a table's sorting as `table:column:direction`.
function keepSorting(table, place, direction) {
  const others = kept.getAll("sort").filter((entry) => !entry.startsWith(`${table.id}:`));
  keep("sort", [...others, `${table.id}:${place}:${direction}`]);
}

function sortable(table, sort) {
  const heads = [...table.tHead.rows[0].cells];
  for (const head of heads) {
    head.querySelector("button").addEventListener("click", () => {
      const first = head.classList.contains("number") ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      mark(table, head, head.ariaSort === first ? other : first);
      keepSorting(table, head.cellIndex, head.ariaSort);
      sort(head.cellIndex, head.ariaSort === "ascending" ? 1 : -1);
    });
  }
  const [, place, direction] =
    kept
      .getAll("sort")
      .map((entry) => entry.split(":"))
      .find(([id]) => id === table.id) ?? [];
  if (!heads[place] || !["ascending", "descending"].includes(direction)) return false;
  mark(table, heads[place], direction);
  sort(Number(place), direction === "ascending" ? 1 : -1);
  return true;
}

function mark(table, head, direction) {
  for (const other of table.querySelectorAll("thead th")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", direction);
}

function key(cell) {
  if (!cell || "missing" in cell.dataset) return null;
  return "sort" in cell.dataset ? Number(cell.dataset.sort) : cell.textContent;
}

// Rows of models that are not chosen are hidden.
function filterByModel() {
  if (!choice) return;
  const shown = new Set(shownModels().map(({ label }) => label));
  for (const row of document.querySelectorAll("tr[data-model]")) {
    row.hidden = !shown.has(row.dataset.model);
  }
}

function openTables() {
  for (const table of document.querySelectorAll("[data-sortable]")) {
    const body = table.tBodies[0];
    sortable(table, (place, sign) => {
      const rows = [...body.rows].map((row) => [key(row.cells[place]), row]);
      rows.sort(([a], [b]) => compare(a, b, sign));
      body.append(...rows.map(([, row]) => row));
    });
  }
  for (const button of document.querySelectorAll("[data-table]")) {
    const table = document.getElementById(button.dataset.table);
    button.addEventListener("click", () =>
      saveTable(table.id, table.asFiltered?.() ?? shownRows(table)),
    );
  }
  filterByModel();
}
