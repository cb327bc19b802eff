"use strict";
window.crimeshare = {};
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

  // A script of the report that is loaded when it is first needed, once.
  const field = document.getElementById("place");
  const form = field.form;
  const base = new URL(".", form.action);
  const loaded = {};
  const load = (name) => loaded[name] ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(name, base);
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  crimeshare.load = load;

  // Place: what is typed finds pages; arrows walk through them, Enter opens the best.
  const list = document.getElementById("places");
  const box = list.parentElement;
  const said = document.getElementById("places-found");
  const close = () => { box.hidden = true; };
  const described = (place) => place.page.name === place.name ? place.kind
    : !place.border ? place.page.name
    : place.kind === "Postcode" ? `partly ${place.page.name}` : `${place.page.name}, near its border`;
  const suggest = async () => {
    await load("places.js");
    const typed = field.value.trim();
    const found = typed.length > 1 ? crimeshare.places(typed) : [];
    list.replaceChildren(...found.map((place) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const name = document.createElement("b");
      const area = document.createElement("span");
      link.href = new URL(place.page.address, base);
      name.textContent = place.name;
      area.textContent = described(place);
      link.append(name, " ", area);
      item.append(link);
      return item;
    }));
    const alike = found.filter((place) => place.name === found[0].name);
    said.textContent = typed.length < 2 ? ""
      : !found.length ? "No place of England and Wales is written like that. Enter searches the report."
      : alike.length < 2 ? (found.length < 2 ? "" : "Enter opens the first")
      : found[0].kind === "Postcode" ? `A border runs through ${found[0].name}: it has ${alike.length} forces`
      : `${found[0].name} may be in any of these`;
    box.hidden = typed.length < 2;
  };
  field.addEventListener("focus", () => load("places.js"), { once: true });
  field.addEventListener("input", suggest);
  form.addEventListener("submit", (event) => {
    if (form.dataset.asked) return;
    event.preventDefault();
    suggest().catch(() => {}).then(() => {
      const [first] = list.querySelectorAll("a");
      if (first) first.click();
      else { form.dataset.asked = "yes"; form.submit(); }
    });
  });
  form.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") { close(); field.focus(); }
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || box.hidden || !links.length) return;
    event.preventDefault();
    (links[at + (event.key === "ArrowDown" ? 1 : -1)] ?? (at < 0 ? links.at(-1) : field)).focus();
  });
  document.addEventListener("focusin", (event) => { if (!form.contains(event.target)) close(); });
  document.addEventListener("pointerdown", (event) => { if (!form.contains(event.target)) close(); });

  // Map: a tile that is focused, pointed at or touched says its number; a finger opens it at the
  // second touch, as it cannot hover.
  const spoken = document.querySelector(".tile-said");
  if (spoken) {
    const shown = (tile) => [...tile.querySelectorAll("span:not(.hidden)")]
      .find((value) => getComputedStyle(value).display !== "none")
      ?? tile.querySelector(`.${document.querySelector(".layers :checked").id.slice(3)}`);
    const say = (event) => {
      const tile = event.target.closest?.(".tiles a");
      if (tile) spoken.textContent = `${tile.dataset.name}: ${shown(tile).textContent}`
        + (shown(tile).classList.contains("hatched") ? ", not comparable" : "");
    };
    const tiles = document.querySelector(".tiles");
    let touched = null;
    tiles.addEventListener("pointerover", say);
    tiles.addEventListener("focusin", say);
    tiles.addEventListener("click", (event) => {
      const tile = event.target.closest("a");
      if (event.pointerType !== "touch" || tile === touched) return;
      event.preventDefault();
      touched = tile;
      say(event);
    });
  }

  // Statements: those of a verdict, or of a speaker; the choice is kept in the address.
  const picked = document.querySelector(".claims-filter");
  if (picked) {
    const asked = new URLSearchParams(location.search);
    const fields = [...picked.querySelectorAll("select")];
    const pick = () => {
      const [verdict, by] = fields.map((each) => each.value);
      const claims = [...document.querySelectorAll(".claim")];
      for (const claim of claims) {
        claim.hidden = (verdict && claim.dataset.kind !== verdict) || (by && claim.dataset.source !== by);
      }
      for (const group of document.querySelectorAll(".statements")) {
        group.hidden = !group.querySelector(".claim:not([hidden])");
      }
      const number = claims.filter((claim) => !claim.hidden).length;
      picked.querySelector("output").textContent = `${number} of ${claims.length}`;
    };
    for (const each of fields) each.value = asked.get(each.name) ?? "";
    for (const each of fields) if (each.selectedIndex < 0) each.value = "";
    picked.hidden = false;
    pick();
    picked.addEventListener("submit", (event) => event.preventDefault());
    picked.addEventListener("change", () => {
      const chosen = fields.filter((each) => each.value).map((each) => [each.name, each.value]);
      const query = new URLSearchParams(chosen).toString();
      history.replaceState(null, "", `${location.pathname}${query && `?${query}`}${location.hash}`);
      pick();
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
})();
