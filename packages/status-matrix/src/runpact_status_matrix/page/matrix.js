// Filter and age of the page. Everything else works without it.
"use strict";

const form = document.querySelector("form.find");
if (form) {
  const rows = [...document.querySelector("#matrix").tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const find = () => {
    const words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdict = form.elements.verdict.value;
    const lane = form.elements.lane.value;
    rows.forEach((row, index) => {
      row.hidden = (verdict && row.dataset.verdict !== verdict) || (lane && row.dataset.lane !== lane)
        || !words.every((word) => texts[index].includes(word));
    });
    const shown = rows.filter((row) => !row.hidden).length;
    form.querySelector("output").textContent =
      shown === rows.length ? `${shown} shown` : `${shown} of ${rows.length} shown`;
    document.querySelector(".empty").hidden = shown > 0;
  };
  form.hidden = false;
  form.addEventListener("input", find);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.q.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { form.elements.q.value = ""; find(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    event.preventDefault();
    form.elements.q.focus();
  });
  find();
}

// Cards of a narrow screen lose the roles of a table with its layout; say them again.
if (matchMedia("(max-width: 46rem)").matches) {
  const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
  document.querySelectorAll("#matrix, #matrix :is(thead, tbody, tr, td, th)").forEach((part) => {
    part.setAttribute("role", roles[part.tagName] || (part.scope === "row" ? "rowheader" : "columnheader"));
  });
}

const asof = document.getElementById("asof");
if (asof) {
  const hours = Math.floor((Date.now() - Date.parse(asof.dateTime)) / 3600000);
  if (hours >= 1) {
    document.getElementById("old").textContent =
      `${hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`} old when you opened it`;
  }
}
document.querySelectorAll("[data-turns]").forEach((note) => {
  if (Date.now() / 1000 > Number(note.dataset.turns)) note.hidden = false;
});
