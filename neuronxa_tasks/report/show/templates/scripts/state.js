"use strict";

const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

// What the reader has chosen stands in the address, so that a link shows what its sender saw.

const kept = new URLSearchParams(location.search);

function keep(name, values) {
  kept.delete(name);
  for (const value of values) kept.append(name, value);
  const query = String(kept);
  history.replaceState(null, "", (query ? `?${query}` : location.pathname) + location.hash);
}

// A form as the address has it, and the address as the form is changed.
function remember(form, changed) {
  const controls = [...form.elements].filter(({ name }) => name);
  for (const control of controls) {
    const values = kept.getAll(control.name);
    if (control.type === "checkbox") control.checked = values.includes(control.value);
    else if (values.length) control.value = values[0];
    // What the page does not have any more.
    if (control.selectedIndex === -1) control.selectedIndex = 0;
  }
  form.addEventListener("input", ({ target }) => {
    const alike = controls.filter(({ name }) => name === target.name);
    const set = alike.filter(({ type, checked }) => type !== "checkbox" || checked);
    keep(target.name, set.map(({ value }) => value).filter(Boolean));
    changed();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
}
