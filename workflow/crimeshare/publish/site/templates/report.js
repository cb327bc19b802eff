"use strict";
(() => {
  // Theme: as the system has it, light or dark; the choice is kept where the browser allows it.
  const root = document.documentElement;
  const button = document.querySelector(".theme");
  const names = { "": "Theme: system", light: "Theme: light", dark: "Theme: dark" };
  const order = Object.keys(names);
  const apply = (theme) => {
    root.dataset.theme = theme;
    button.textContent = names[theme];
    try { localStorage.setItem("theme", theme); } catch { /* not kept */ }
  };
  button.hidden = false;
  apply(order.includes(root.dataset.theme) ? root.dataset.theme : "");
  button.addEventListener("click", () =>
    apply(order[(order.indexOf(root.dataset.theme) + 1) % order.length]));

  // Tips: each mark of a chart carries its own words.
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  document.body.append(tip);
  const show = (event) => {
    const mark = event.target.closest?.("[data-tip]");
    tip.hidden = !mark;
    if (!mark) return;
    tip.textContent = mark.dataset.tip;
    const left = Math.min(event.pageX + 14, scrollX + innerWidth - tip.offsetWidth - 8);
    tip.style.left = `${Math.max(left, 8)}px`;
    tip.style.top = `${event.pageY + 16}px`;
  };
  document.addEventListener("pointermove", show);
  // A finger does not hover.
  document.addEventListener("pointerdown", show);

  // Finder: what is typed fades the tiles and hides the rows that do not match.
  const filter = document.getElementById("force-filter");
  if (filter) {
    filter.closest("p").hidden = false;
    const matching = (words, text) => words.every((word) => text.toLowerCase().includes(word));
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      for (const tile of document.querySelectorAll(".tiles a"))
        tile.classList.toggle("faded", !matching(words, tile.dataset.name));
      for (const row of document.querySelectorAll(".finder tbody tr")) {
        row.hidden = !matching(words, row.cells[0].textContent);
        found += !row.hidden;
      }
      document.getElementById("force-count").textContent =
        words.length ? `${found} ${found === 1 ? "force matches" : "forces match"}` : "";
    });
    filter.addEventListener("keydown", (event) => {
      const first = document.querySelector(".finder tbody tr:not([hidden]) a");
      if (event.key === "Enter" && filter.value && first) first.click();
    });
  }

  // Tables: a header sorts by its column, numbers from the highest; what has no number comes last.
  const content = (row, column) => row.cells[column].querySelector("data")?.value ?? "";
  const sort = (table, header) => {
    const rows = [...table.tBodies[0].rows];
    const column = header.cellIndex;
    const number = header.classList.contains("number");
    const down = header.ariaSort ? header.ariaSort === "ascending" : number;
    const key = (row) => number ? content(row, column) : row.cells[column].textContent;
    const compare = (a, b) => number ? a - b : a.localeCompare(b, "en-GB");
    rows.sort((a, b) => (key(a) === "") - (key(b) === "") || (down ? -1 : 1) * compare(key(a), key(b)));
    table.tBodies[0].append(...rows);
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.ariaSort = down ? "descending" : "ascending";
  };
  for (const table of document.querySelectorAll("table.sortable"))
    for (const header of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sort(table, header));
    }

  // Search: all words must begin a word of the page; the title counts most.
  const index = document.getElementById("index");
  if (index) {
    const pages = JSON.parse(index.textContent);
    const field = document.getElementById("q");
    const list = document.getElementById("results");
    const found = document.getElementById("found");
    const begins = (text, word) => ` ${text.toLowerCase()}`.split(/[^\p{L}\p{N}]+/u).some((w) => w.startsWith(word));
    const score = (page, words) => words.reduce((sum, word) => sum && (
      begins(page.title, word) ? sum + 8 : begins(page.section, word) ? sum + 3
        : begins(page.headings.join(" "), word) ? sum + 2 : begins(page.lead, word) ? sum + 1 : 0), 1);
    const search = () => {
      const words = field.value.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
      const hits = words.length ? pages.map((page) => [score(page, words), page])
        .filter(([points]) => points).sort((a, b) => b[0] - a[0]) : [];
      list.replaceChildren(...hits.map(([, page]) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        const lead = document.createElement("p");
        link.href = page.address;
        link.textContent = page.title;
        lead.textContent = page.lead;
        item.append(link, lead);
        return item;
      }));
      if (words.length)
        found.textContent = hits.length ? `${hits.length} ${hits.length === 1 ? "page" : "pages"}` : "No page matches.";
    };
    field.value = new URLSearchParams(location.search).get("q") || "";
    field.addEventListener("input", search);
    search();
  }
})();
