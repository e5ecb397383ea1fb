"use strict";
const table = document.getElementById("grid");
const body = table.tBodies[0];
const rows = [...body.rows];
const filter = document.getElementById("filter");
const only = document.getElementById("only");
const count = document.getElementById("count");

// Without this script, headings stay plain text: only the script can sort.
for (const heading of table.tHead.rows[0].cells) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...heading.childNodes);
  heading.append(button);
  button.addEventListener("click", () => sort(heading));
}
document.getElementById("controls").hidden = false;
filter.addEventListener("input", show);
only.addEventListener("change", show);

function value(row, column) {
  const cell = row.cells[column];
  const number = cell.dataset.n;
  return number === undefined ? cell.textContent.trim() : Number(number);
}

function sort(heading) {
  const column = heading.cellIndex;
  const descending = heading.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const collator = new Intl.Collator(undefined, { numeric: true });
  rows.sort((a, b) => {
    const [x, y] = [value(a, column), value(b, column)];
    const order = typeof x === "number" && typeof y === "number" ? x - y : collator.compare(x, y);
    return descending ? -order : order;
  });
  body.append(...rows);
}

function show() {
  const wanted = filter.value.trim().toLowerCase();
  let shown = 0;
  for (const row of rows) {
    const matches = row.cells[0].textContent.toLowerCase().includes(wanted)
      && (only.value === "" || row.dataset.status === only.value);
    row.hidden = !matches;
    shown += matches;
  }
  count.textContent = `${shown} of ${rows.length} students`;
}
