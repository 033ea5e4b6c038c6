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
