// Which models charts and tables show.

const choice = read("choice");
const chooser = document.getElementById("chooser");

const ticked = () => [...chooser.querySelectorAll(":checked[name=only]")].map(({ value }) => value);

function wanted({ label, parameters }) {
  const { model, size } = chooser.elements;
  return (
    label.toLowerCase().includes(model.value.trim().toLowerCase()) &&
    (!size?.value || (parameters !== null && parameters <= Number(size.value)))
  );
}

// Those that are ticked, or if none is, those that the other fields leave.
function shownModels() {
  const only = new Set(ticked());
  return choice.models.filter((model) => (only.size ? only.has(model.label) : wanted(model)));
}

// Lines of more than a few could not be told apart.
function shownSeries(every) {
  const names = shownModels().flatMap(({ series }) => series);
  return every ? names : names.slice(0, choice.few);
}

function choosing(changed) {
  const told = document.getElementById("chosen");
  const tell = () => {
    told.textContent = `${shownModels().length} of ${choice.models.length} models`;
    for (const box of chooser.querySelectorAll("[name=only]")) {
      const model = choice.models.find(({ label }) => label === box.value);
      box.closest("label").hidden = !box.checked && !wanted(model);
    }
  };
  remember(chooser, () => {
    tell();
    changed();
  });
  document.getElementById("unchoose").addEventListener("click", () => {
    chooser.reset();
    for (const { name } of chooser.elements) if (name) keep(name, []);
    tell();
    changed();
  });
  tell();
}
