
// Search, filter and sort for the table of entries. Everything else works without it.
"use strict";

function keyOf(row, column) {
  const cell = row.cells[column];
  return cell.dataset.v === undefined ? cell.textContent.trim().toLowerCase() : Number(cell.dataset.v);
}

function makeSortable(table) {
  const headers = [...table.tHead.rows[0].cells];
  headers.forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    header.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = header.getAttribute("aria-sort") === "ascending";
      headers.forEach((each) => each.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...table.tBodies[0].rows].map((row) => [keyOf(row, column), row]);
      rows.sort(([a], [b]) => (down ? -1 : 1) * (typeof a === "number" ? a - b : a.localeCompare(b)));
      table.tBodies[0].append(...rows.map((pair) => pair[1]));
    });
  });
}

function makeFindable(form) {
  const rows = [...document.getElementById(form.dataset.for).tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const empty = document.querySelector(".empty");
  const find = () => {
    const words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    const decision = form.elements.s.value;
    let shown = 0;
    rows.forEach((row, index) => {
      const fits = (!decision || row.dataset.s === decision) && words.every((word) => texts[index].includes(word));
      row.hidden = !fits;
      shown += fits;
    });
    form.querySelector("output").textContent =
      shown === rows.length ? `${shown} shown` : `${shown} of ${rows.length} shown`;
    empty.hidden = shown > 0;
  };
  form.hidden = false;
  form.addEventListener("input", find);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.q.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { form.elements.q.value = ""; find(); }
  });
  find();
}

// Cards of a narrow screen lose the roles of a table with its layout; say them again.
function keepRoles(table) {
  table.setAttribute("role", "table");
  const roles = { THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
  table.querySelectorAll("thead, tbody, tr, td, th").forEach((part) => {
    part.setAttribute("role", roles[part.tagName] || (part.scope === "row" ? "rowheader" : "columnheader"));
  });
}

const table = document.getElementById("entries");
if (table) {
  makeSortable(table);
  if (matchMedia("(max-width: 46rem)").matches) keepRoles(table);
  document.querySelectorAll("form.find").forEach(makeFindable);
}
document.addEventListener("keydown", (event) => {
  const field = document.querySelector("form.find:not([hidden]) input");
  if (event.key !== "/" || !field || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  event.preventDefault();
  field.focus();
});
