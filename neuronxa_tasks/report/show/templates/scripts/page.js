// Links land where they lead to, also while what is above still grows.

let moved = false;

function land() {
  if (moved || !location.hash) return;
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = target?.closest("details");
  if (folded) folded.open = true;
  target?.scrollIntoView({ behavior: "instant" });
}

for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  addEventListener(kind, () => (moved = true), { passive: true });
}
addEventListener("hashchange", () => {
  moved = false;
  land();
});

// Paper has nothing to click: folded tables are printed too. Folded charts, which are drawn when
// they are opened, would not be ready in time.
const unfolded = [];
addEventListener("beforeprint", () => {
  unfolded.push(...document.querySelectorAll("details.folded:not([open]):has(table)"));
  for (const folded of unfolded) folded.open = true;
});
addEventListener("afterprint", () => {
  for (const folded of unfolded.splice(0)) folded.open = false;
});

document.documentElement.dataset.script = "yes";
const joined = read("rows");
let filterLanguages = () => {};
if (choice) {
  choosing(() => {
    filterByModel();
    filterLanguages();
    redraw();
  });
}
openTables();
if (joined) filterLanguages = languages(joined);
openCharts();
land();
drawStale();
