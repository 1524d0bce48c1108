// On a phone the rows of table.stack stand one cell under another and their headings are hidden:
// each cell is told the heading that it stands under, for the style sheet to write before it.
const headings = (table) => {
  const grid = [...table.tHead.rows].map(() => []);
  [...table.tHead.rows].forEach((row, top) => {
    let left = 0;
    for (const cell of row.cells) {
      while (grid[top][left]) left += 1;
      for (let y = top; y < Math.min(top + cell.rowSpan, grid.length); y += 1)
        for (let x = left; x < left + cell.colSpan; x += 1) grid[y][x] = cell;
      left += cell.colSpan;
    }
  });
  return grid[0].map((_, x) => [...new Set(grid.map((row) => row[x]))].map((cell) => cell?.textContent.trim()).join(" "));
};
document.addEventListener("htmx:load", (event) => {
  for (const table of event.target.querySelectorAll("table.stack")) {
    if (!table.tHead) continue;
    const named = headings(table);
    for (const row of table.tBodies[0]?.rows ?? [])
      for (const cell of row.querySelectorAll("td"))
        if (cell.textContent.trim()) cell.dataset.heading = named[cell.cellIndex] ?? "";
  }
});
