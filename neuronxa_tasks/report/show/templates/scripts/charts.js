// Charts are drawn one after the other, so that the reader can scroll and sort meanwhile.

const drawings = read("drawings");
const embedding = {
  mode: "vega-lite",
  renderer: "svg",
  actions: false,
  // The interpreter, since the page allows no code but its own to be run.
  ast: true,
  tooltip: { disableDefaultStyle: true },
};

function everyPart(part, change) {
  if (part === null || typeof part !== "object") return;
  if (!Array.isArray(part)) change(part);
  for (const inner of Object.values(part)) everyPart(inner, change);
}

// A chart of the series that are chosen.
function specification(name) {
  const spec = structuredClone(drawings.charts[name]);
  const rows = drawings.datasets[spec.data.name];
  const { lines, row } = spec.usermeta ?? {};
  spec.datasets = { [spec.data.name]: rows };
  if (!choice || !("series" in (rows[0] ?? {}))) return spec;
  const present = new Set(rows.map(({ series }) => series));
  const shown = shownSeries(row).filter((series) => present.has(series));
  if (row) spec.height = row * shown.length;
  spec.datasets[spec.data.name] = rows.filter(({ series }) => shown.includes(series));
  everyPart(spec, (part) => {
    if (part.field === "series" && part.scale?.domain) part.scale.domain = shown;
  });
  if (lines) spec.title.subtitle = shown.flatMap((series) => lines[series] ?? []);
  return spec;
}

function chosen(place) {
  const { series } = drawings.charts[place.dataset.chart].usermeta ?? {};
  return !choice || series === undefined || shownSeries(true).includes(series);
}

async function draw(place, spec) {
  try {
    const { view } = await vegaEmbed(place, spec, { ...embedding, config: drawings.config });
    openLegend(place, view);
  } catch (error) {
    const told = document.createElement("p");
    told.className = "notice";
    told.textContent = `This chart cannot be drawn (${String(error.message).split("\n")[0]}). Its numbers are in the tables beside this page.`;
    place.replaceChildren(told);
  }
  place.style.minHeight = "";
}

// The legend can be clicked; this lets a key do what a click does.
function openLegend(place, view) {
  if (!("picked_tuple" in view.getState().signals)) return;
  for (const entry of place.querySelectorAll(".role-legend-symbol path")) {
    const legend = entry.closest(".role-legend");
    legend.setAttribute("role", "group");
    legend.removeAttribute("aria-roledescription");
    entry.setAttribute("tabindex", "0");
    entry.setAttribute("role", "button");
    entry.setAttribute("aria-label", entry.parentNode.parentNode.textContent);
    entry.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      entry.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    });
  }
}

// About as high as the chart will be, so that what is below stays where it is.
function reserve(place) {
  const { height, title } = specification(place.dataset.chart);
  place.style.minHeight = `${height + 20 * (title.subtitle?.length ?? 0) + 130}px`;
}

const places = [...document.querySelectorAll("figure .chart")];
const stale = new Set(places);
let run = 0;

async function drawStale() {
  const own = ++run;
  delete document.documentElement.dataset.drawn;
  for (const place of places) {
    // What is folded is drawn when it is opened. Asking for a place in the layout instead would lay
    // out every section on the way.
    if (!stale.has(place) || place.closest("details:not([open]), [hidden]")) continue;
    stale.delete(place);
    await draw(place, specification(place.dataset.chart));
    await new Promise((done) => setTimeout(done));
    if (own !== run) return;
  }
  document.documentElement.dataset.drawn = "yes";
  land();
}

function redraw() {
  for (const place of places) {
    place.closest("figure").hidden = !chosen(place);
    const { data } = drawings.charts[place.dataset.chart];
    if ("series" in (drawings.datasets[data.name][0] ?? {})) stale.add(place);
  }
  drawStale();
}

// A map so large that every language has its name.
function enlarge(place) {
  const spec = specification(place.dataset.chart);
  everyPart(spec, (part) => {
    if (part.axis?.labels === false) part.axis.labels = true;
  });
  const pixels = 13;
  for (const [side, count] of Object.entries(spec.usermeta.unnamed)) spec[side] = pixels * count;
  if (spec.width === "container") spec.width = place.clientWidth;
  spec.autosize = "pad";
  const dialog = document.getElementById("large");
  dialog.showModal();
  return draw(dialog.querySelector(".drawing"), spec);
}

function openCharts() {
  for (const place of places) {
    place.closest("figure").hidden = !chosen(place);
    reserve(place);
  }
  for (const button of document.querySelectorAll("[data-save]")) {
    const place = button.closest("figure").querySelector(".chart");
    button.addEventListener("click", () => saveChart(place, button.dataset.save));
  }
  for (const button of document.querySelectorAll("[data-enlarge]")) {
    button.addEventListener("click", () =>
      enlarge(button.closest("figure").querySelector(".chart")),
    );
  }
  for (const folded of document.querySelectorAll("details.folded")) {
    folded.addEventListener("toggle", drawStale);
  }
}
