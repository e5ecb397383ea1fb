"use strict";
const table = document.getElementById("grid");
const body = table.tBodies[0];
const rows = [...body.rows];
const filter = document.getElementById("filter");
const only = document.getElementById("only");
const count = document.getElementById("count");

// Headings become buttons only where there is a script to press them.
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
  const down = heading.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  const collator = new Intl.Collator(undefined, { numeric: true });
  rows.sort((a, b) => {
    const [x, y] = [value(a, column), value(b, column)];
    const order = typeof x === "number" && typeof y === "number" ? x - y : collator.compare(x, y);
    return down ? -order : order;
  });
  body.append(...rows);
}

function show() {
  const wanted = filter.value.trim().toLowerCase();
  let shown = 0;
  for (const row of rows) {
    const fits = row.cells[0].textContent.toLowerCase().includes(wanted)
      && (only.value === "" || row.dataset.status === only.value);
    row.hidden = !fits;
    shown += fits;
  }
  count.textContent = `${shown} of ${rows.length} students`;
}
