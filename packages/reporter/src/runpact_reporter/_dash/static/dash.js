// Search, filter and sort for the tables of the dashboard. Everything else works without it.
"use strict";

function keyOf(row, column) {
  const cell = row.cells[column];
  const time = cell.querySelector("time");
  if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
  if (time) return Date.parse(time.dateTime) || 0;
  const text = cell.textContent.trim();
  if (text === "" || text === "\u2013") return null;
  const number = parseFloat(text.replace(/,/g, ""));
  return /^[0-9]/.test(text) && !Number.isNaN(number) ? number : text.toLowerCase();
}

function compare(a, b) {
  if (typeof a === typeof b) return typeof a === "number" ? a - b : a.localeCompare(b);
  return typeof a === "number" ? -1 : 1;
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
      const empty = (pair) => (pair[0] === null ? 1 : 0); // last, whatever the direction
      rows.sort((a, b) => empty(a) - empty(b) || (empty(a) ? 0 : down ? compare(b[0], a[0]) : compare(a[0], b[0])));
      table.tBodies[0].append(...rows.map((pair) => pair[1]));
    });
  });
}

function makeFindable(form) {
  const table = document.getElementById(form.dataset.for);
  const rows = [...table.tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const count = form.querySelector("output");
  const empty = form.closest("section").querySelector(".empty");
  const find = () => {
    const words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    const status = form.elements.s.value;
    let shown = 0;
    rows.forEach((row, index) => {
      const fits = (!status || row.dataset.s === status) && words.every((word) => texts[index].includes(word));
      row.hidden = !fits;
      shown += fits;
    });
    count.textContent = shown === rows.length ? `${shown} shown` : `${shown} of ${rows.length} shown`;
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

document.querySelectorAll("table.fleet, table.rows").forEach(makeSortable);
if (matchMedia("(max-width: 46rem)").matches) {
  document.querySelectorAll("table.fleet, table.rows, table.tests, table.changes, table.checks").forEach(keepRoles);
}
document.querySelectorAll("form.find").forEach(makeFindable);
document.addEventListener("keydown", (event) => {
  const field = document.querySelector("form.find input");
  if (event.key !== "/" || !field || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  event.preventDefault();
  field.focus();
});

const hours = Math.floor((Date.now() - Date.parse(document.getElementById("asof").dateTime)) / 3600000);
if (hours >= 1) {
  document.getElementById("stale").textContent = hours < 48 ? `${hours} h old` : `${Math.floor(hours / 24)} days old`;
}
