// Tables and charts as files, made on this page: no request leaves it.

function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has to begin first.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// Of what a spreadsheet would calculate, an apostrophe makes a text.
function field(value) {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : `${value}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function saveTable(name, rows) {
  const text = rows.map((row) => row.map(field).join(",")).join("\n");
  save(`${name}.csv`, new Blob([`\ufeff${text}\n`], { type: "text/csv;charset=utf-8" }));
}

// What a table of the page shows: of a number all digits, and what stands below it apart.
function shownRows(table) {
  const heads = [...table.tHead.rows[0].cells].map(({ textContent }) => textContent.trim());
  const rows = [...table.tBodies[0].rows].filter(({ hidden }) => !hidden);
  const noted = heads.map((_, place) =>
    rows.some(({ cells }) => cells[place]?.querySelector("small")),
  );
  const spread = (values) =>
    values.flatMap(([value, note], place) => (noted[place] ? [value, note] : [value]));
  return [
    spread(heads.map((head) => [head, `${head}, below`])),
    ...rows.map(({ cells }) => spread(heads.map((_, place) => parts(cells[place])))),
  ];
}

function parts(cell) {
  if (!cell || "missing" in cell.dataset) return [null, null];
  const note = cell.querySelector("small")?.textContent ?? null;
  const shown = [...cell.childNodes].filter(({ nodeName }) => nodeName !== "SMALL");
  const text = shown
    .map(({ textContent }) => textContent)
    .join("")
    .trim();
  const number = text.replace("\u2212", "-");
  return [
    number !== "" && Number(number) === +number && "sort" in cell.dataset
      ? Number(cell.dataset.sort)
      : text,
    note,
  ];
}

// As on paper: what is saved knows neither the page's colours nor a dark screen.
function onPaper(config) {
  const styles = getComputedStyle(document.documentElement);
  const text = JSON.stringify(config).replace(/var\((--[\w-]+)\)/g, (_, name) =>
    JSON.stringify(styles.getPropertyValue(name).trim()).slice(1, -1),
  );
  return { ...JSON.parse(text), background: styles.getPropertyValue("--paper").trim() };
}

async function saveChart(place, kind) {
  const name = place.dataset.chart;
  const spec = { ...specification(name), width: place.clientWidth };
  const options = { ...embedding, config: onPaper(drawings.config) };
  const { view } = await vegaEmbed(document.createElement("div"), spec, options);
  if (kind === "svg") {
    save(`${name}.svg`, new Blob([await view.toSVG()], { type: "image/svg+xml" }));
  } else {
    const canvas = await view.toCanvas(2);
    save(`${name}.png`, await new Promise((done) => canvas.toBlob(done)));
  }
  view.finalize();
}
