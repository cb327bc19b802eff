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
      link.href = new URL((form.dataset.folder ?? "") + place.page.address + (place.to ?? ""), base);
      name.textContent = place.name;
      area.textContent = described(place);
      link.append(name, " ", area);
      item.append(link);
      return item;
    }));
    const alike = found.filter((place) => place.name === found[0].name);
    said.textContent = typed.length < 2 ? ""
      : crimeshare.elsewhere(typed) ? "These figures are of England and Wales; Scotland and Northern Ireland publish their own."
      : !found.length && crimeshare.crime(typed) ? "That is a kind of crime: Enter finds its figures."
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

  // An address inside a folded part opens it; so does printing.
  const unfold = () => document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest("details")?.setAttribute("open", "");
  unfold();
  addEventListener("hashchange", unfold);
  // On paper, where this was read.
  const printed = document.querySelector("footer.site .page").appendChild(document.createElement("p"));
  printed.className = "address";
  printed.dataset.address = location.href;
  addEventListener("beforeprint", () => document.querySelectorAll("section > details, .claim > details").forEach((part) => { part.open = true; }));

  // Whoever typed a town reads of it first: the line of its partnership, said in a sentence.
  const place = () => {
    const row = location.hash.startsWith("#partnership-") && document.getElementById(location.hash.slice(1))?.closest("tr");
    document.querySelector(".opening > .came-from")?.remove();
    if (!row) return;
    const [name, count, share] = [...row.cells].map((cell) => cell.textContent.trim());
    const said = document.createElement("p");
    const year = /year ending .*$/.exec(row.closest("table").caption.textContent.trim())?.[0];
    said.className = "came-from";
    said.textContent = `${name} is one of ${row.parentElement.rows.length} partnerships of ${document.querySelector("h1").textContent}: `
      + `${count} offences, ${share} of recorded crime${year ? `, in the ${year}` : ""}.`;
    document.querySelector(".opening > p").after(said);
  };
  place();
  addEventListener("hashchange", place);

  // Kinds of crime: the page about the same area, at the section that is read.
  const kinds = document.querySelector("form.groups");
  if (kinds) {
    kinds.addEventListener("submit", (event) => {
      event.preventDefault();
      location.assign(kinds.elements.kind.value + location.hash);
    });
  }

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
      for (const group of document.querySelectorAll(".statements, .said")) {
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

  // Charts: a picture with title, source and date in it, the drawing, an address, words to cite.
  const SIZE = 960;
  const slug = document.getElementById("main").dataset.slug;
  const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const words = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? "";
  const plainColours = (svg) => svg.replace(/var\(--[\w-]+, (#[0-9a-f]{6})\)/g, "$1");
  const broken = (text, font, width) => {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = font;
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (pen.measureText(longer).width > width && lines.at(-1)) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  };
  const picture = (figure) => {
    const parts = [];
    let y = 24;
    const write = (text, size, weight, colour, indent = 0) => {
      for (const line of broken(text, `${weight} ${size}px Arial`, SIZE - 48 - indent)) {
        y += size * 1.3;
        parts.push(`<text x="${24 + indent}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${colour}">${escaped(line)}</text>`);
      }
    };
    const keys = (all) => {
      for (const item of all.querySelectorAll("li")) {
        const swatch = item.querySelector("svg");
        if (swatch) parts.push(`<svg x="24" y="${y + 9}" width="42" height="18" viewBox="0 0 28 12">${swatch.innerHTML}</svg>`);
        write(words(item), 19, "normal", "#222222", 54);
      }
    };
    write(words(figure.querySelector(".title")), 28, "bold", "#222222");
    write(words(figure.querySelector(".subtitle")), 20, "normal", "#595959");
    for (const part of figure.children) {
      if (part.matches(".key")) keys(part);
      for (const svg of part.matches("svg") ? [part] : part.matches(".panels, .drawn") ? part.querySelectorAll("svg") : []) {
        const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
        const wide = Math.min(SIZE - 48, width * 2);
        parts.push(`<svg x="24" y="${y + 14}" width="${wide}" height="${wide / width * height}" viewBox="0 0 ${width} ${height}">${svg.innerHTML}</svg>`);
        y += wide / width * height + 14;
      }
    }
    y += 8;
    write(`${words(figure.querySelector(".credit"))} crimeshare, ${location.origin === "null" || location.protocol === "file:" ? slug : location.host + location.pathname}. Open Government Licence v3.0.`, 17, "normal", "#595959");
    y += 24;
    return plainColours(`<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${y}" font-family="Arial, Helvetica, sans-serif"><rect width="100%" height="100%" fill="#ffffff"/>${parts.join("")}</svg>`);
  };
  const save = (address, name) => {
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
  };
  const drawn = (svg) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  const png = (svg) => new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = image.width * 2;
      canvas.height = image.height * 2;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      resolve(canvas.toDataURL("image/png"));
    };
    image.onerror = reject;
    image.src = drawn(svg);
  });
  const copy = async (button, text) => {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      prompt("Copy this:", text);
    }
    setTimeout(() => { button.textContent = label; }, 2000);
  };
  crimeshare.copy = copy;
  const here = () => location.href.replace(/#.*/, "");
  // What a reader takes away of a chart, under a name, and where it is found again. What is drawn in the
  // colours of the screen is drawn for a picture again.
  const taking = (figure, name, address, light = (shown) => shown) => {
    const taken = document.createElement("details");
    const title = document.createElement("summary");
    title.textContent = "Download, share";
    taken.className = "take";
    taken.append(title);
    const offer = (label, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => act(button));
      taken.append(button);
    };
    offer("Picture (PNG)", async () => save(await png(picture(await light(figure))), `${name}.png`));
    offer("Drawing (SVG)", async () => save(drawn(picture(await light(figure))), `${name}.svg`));
    offer("Copy link", (button) => copy(button, address()));
    offer("Copy citation", (button) => copy(button,
      `${words(figure.querySelector(".title"))}. ${words(figure.querySelector(".subtitle"))}. ${words(figure.querySelector(".credit"))} crimeshare, ${address()}`));
    figure.querySelector(".data a")?.after(taken);
    return offer;
  };
  crimeshare.taking = taking;
  // As wide as the page that shows it allows, and as high as what is shown says; before that, as high as here.
  const embedding = (address, figure) =>
    `<iframe src="${escaped(address.href)}" title="${escaped(words(figure.querySelector(".title")))}" width="100%" height="${Math.ceil(figure.offsetHeight * 1.12) + 40}" style="border:0"></iframe>\n`
    + `<script>addEventListener("message", ({ source, data }) => { for (const frame of document.querySelectorAll("iframe")) if (frame.contentWindow === source && data?.crimeshare > 0) frame.height = data.crimeshare; });</` + "script>";
  crimeshare.embedding = embedding;

  // The other forces as faint lines, when they are asked for. Where they lie is read off the page's own line.
  const month = (day) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
  const backdrop = (figure, measure) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sources";
    button.textContent = "Show the other forces";
    button.setAttribute("aria-pressed", "false");
    figure.querySelector(".data").append(button);
    let lines;
    const draw = async () => {
      const { group, about } = document.getElementById("main").dataset;
      let series;
      crimeshare.series = (_, given) => { series = given; };
      await load(`explore/${group}.js`);
      const own = series.areas[about][measure];
      const named = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
      const marks = new Map([...figure.querySelectorAll("path[data-tip]")].filter((mark) => !mark.dataset.tip.includes("as first published"))
        .map((mark) => [/year ending (\w+ \d{4})/.exec(mark.dataset.tip)?.[1], mark]));
      const known = series.ends.map((end, at) => {
        const mark = own[at] !== null && marks.get(named.format(new Date(end)));
        const [, x, y] = /translate\(([\d.-]+),([\d.-]+)\)/.exec(mark && mark.getAttribute("transform")) ?? [];
        return mark && { mark, x: Number(x), y: Number(y), month: month(end), value: own[at] };
      }).filter((each) => each);
      const straight = (from, to) => {
        const [low, high] = [known.toSorted((a, b) => a[from] - b[from])[0], known.toSorted((a, b) => b[from] - a[from])[0]];
        return (value) => low[to] + (value - low[from]) * (high[to] - low[to]) / (high[from] - low[from]);
      };
      const [x, y] = [straight("month", "x"), straight("value", "y")];
      const rules = series.breaks.map(({ day }) => month(day) - 1);
      lines = document.createElementNS("http://www.w3.org/2000/svg", "g");
      lines.setAttribute("class", "faint");
      let top = 0;
      for (const [slug, area] of Object.entries(series.areas)) {
        if (slug === about || area.rank.every((rank) => rank === null)) continue;
        let path = "";
        let before = null;
        series.ends.forEach((end, at) => {
          const value = area[measure][at];
          const when = month(end);
          const whole = value !== null && when >= known[0].month && !rules.some((rule) => rule < when && when < rule + 12);
          const stretch = whole ? rules.filter((rule) => rule < when).length : null;
          if (whole) path += `${before === stretch ? "L" : "M"}${x(when).toFixed(1)} ${y(value).toFixed(1)}`;
          if (whole) top = Math.min(top, y(value));
          before = stretch;
        });
        const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
        for (const [name, given] of Object.entries({ d: path, fill: "none", stroke: "var(--quiet, #595959)", "stroke-opacity": ".35" })) line.setAttribute(name, given);
        line.dataset.tip = nameOf(slug);
        lines.append(line);
      }
      known[0].mark.parentElement.parentElement.prepend(lines);
      // A force above the highest number of the axis is drawn in full.
      const drawing = figure.querySelector("svg[role=img]");
      const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
      drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
      if (top < 0) drawing.setAttribute("viewBox", `0 ${Math.floor(top) - 4} ${width} ${height - Math.floor(top) + 4}`);
    };
    button.addEventListener("click", async () => {
      const shown = button.getAttribute("aria-pressed") === "true";
      if (!lines) await draw();
      lines.style.display = shown ? "none" : "";
      button.setAttribute("aria-pressed", String(!shown));
      button.textContent = shown ? "Show the other forces" : "Hide the other forces";
    });
  };
  // A name as the list of all pages has it.
  const nameOf = (slug) => words(document.querySelector(`footer a[href$="forces/${slug}.html"]`)) || slug;
  document.querySelectorAll("main figure.chart").forEach((figure, position) => {
    const name = `${slug}-${figure.id}`;
    const offer = taking(figure, name, () => `${here()}#${figure.id}`);
    if (!position && slug) offer("Copy embed code", (button) =>
      copy(button, embedding(new URL(`embed/${name}.html`, base), figure)));
    if (figure.querySelector(".data") && /^(share|rate)-by-year$/.test(figure.id)) backdrop(figure, figure.id.slice(0, figure.id.indexOf("-")));
  });

  // Tables: their rows as data, read off the table.
  const cellsScript = `cells/${document.getElementById("main").dataset.page}.js`;
  const FIGURE = ":scope > data, :scope > abbr";
  const rowsOf = (table) => {
    const heads = [...table.tHead.rows[0].cells].map(words);
    return [...table.tBodies[0].rows].flatMap((row) => {
      const cells = [...row.cells];
      const numbers = cells.map((cell) => cell.childNodes.length === 1 ? cell.querySelector(FIGURE) : null);
      const first = numbers.findIndex((number) => number);
      const label = first === 0 ? words(cells[0])
        : cells.slice(0, first).map(words).join(", ");
      return numbers.map((number, at) => number && { row: label, column: heads[at], number }).filter(Boolean);
    });
  };
  // A row of the table is a row of the file: names as they stand, numbers unrounded, what is missing empty.
  const dataOf = (table) => {
    const heads = [...table.tHead.rows[0].cells].map(words);
    const value = (cell) => {
      const number = cell.childNodes.length === 1 ? cell.querySelector(FIGURE) : null;
      return number ? number.value ?? "" : words(cell);
    };
    const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map(value));
    const releases = [...new Set([...table.querySelectorAll("data[data-release]")].map(({ dataset }) => dataset.release))];
    // A text that a spreadsheet would calculate begins with an apostrophe.
    const held = (text) => /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text) ? `'${text}` : text;
    const field = (text) => /[",\n]/.test(held(text)) ? `"${held(text).replaceAll('"', '""')}"` : held(text);
    const lines = [[...heads, "releases"], ...rows.map((row) => [...row, releases.join(" ")])];
    return lines.map((line) => line.map(field).join()).join("\n") + "\n";
  };
  document.querySelectorAll("main figure.table .data > a[download]").forEach((link) => {
    link.hidden = false;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      save(`data:text/csv;charset=utf-8,${encodeURIComponent(dataOf(link.closest("figure").querySelector("table")))}`, link.download);
    });
  });

  // Numbers: each opens a panel that says how it was made, from which cells, and how to trace it.
  const main = document.getElementById("main");
  const behind = {};
  crimeshare.cells = (given) => Object.assign(behind, given);
  const panel = document.createElement("div");
  panel.className = "panel";
  panel.popover = "auto";
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", "Where this number comes from");
  document.body.append(panel);
  const made = (tag, text) => {
    const element = document.createElement(tag);
    element.append(text);
    return element;
  };
  const percent = (number) => `${(number * 100).toFixed(2)}%`;
  const INTERVAL = {
    level: ["Level", percent], method: ["Method", String], basis: ["Basis", (text) => text.replaceAll("_", " ")],
    n_unweighted: ["People who answered", (n) => n.toLocaleString("en-GB")],
    n_assumed: ["People who answered, assumed", (n) => n.toLocaleString("en-GB")],
    design_factor: ["Design factor", (n) => n.toFixed(3)], standard_error: ["Standard error", (n) => n.toFixed(5)],
  };
  let opener = null;
  const open = async (number, control) => {
    await load(cellsScript);
    const told = behind.figures[number.dataset.id];
    if (!told) return;
    const list = document.createElement("dl");
    const say = (term, ...texts) => {
      if (texts.length) list.append(made("dt", term), ...texts.map((text) => made("dd", text)));
    };
    const passage = number.closest("tr") ?? number.closest("p, li, dd, figcaption");
    say("Stands in", words(number.closest("table")?.caption ?? number.closest("tr") ?? passage).slice(0, 400));
    if (told.words) say("In words", told.words);
    if (told.formula) say("Formula", made("code", told.formula));
    if (told.worked) say("With what the cells hold", made("code", `${told.worked} = ${number.value}`));
    if (told.cells) say("Cells", ...told.cells.map(([release, sheet, cell, value, labels]) =>
      made("span", `${release === told.release ? "" : `[${release}] `}${sheet}, ${cell}${value ? `: ${value}` : ""}${labels ? ` (${labels})` : ""}`)));
    const releases = [...new Set([told.release, ...(told.cells ?? []).map(([release]) => release)])];
    say("Release", ...releases.filter((name) => behind.releases[name]).map((name) => {
      const [edition, hash, address] = behind.releases[name];
      const line = document.createElement("span");
      const link = made(address ? "a" : "span", `${edition} (${name})`);
      if (address) link.href = address;
      line.append(link);
      if (hash) line.append(", SHA-256 ", made("code", hash));
      return line;
    }));
    if (told.interval) {
      say("Interval", `${percent(told.interval.lower)} to ${percent(told.interval.upper)}`);
      for (const [name, [term, write]] of Object.entries(INTERVAL))
        if (told.interval[name] !== undefined) say(term, write(told.interval[name]));
    }
    const command = `.venv/bin/crimeshare trace ${number.dataset.id}`;
    say("Trace", made("code", command));
    const copying = made("button", "Copy the command");
    const closing = made("button", "Close");
    copying.type = closing.type = "button";
    copying.addEventListener("click", () => copy(copying, command));
    closing.addEventListener("click", () => panel.hidePopover());
    const buttons = document.createElement("p");
    buttons.append(copying, " ", closing);
    const title = made("p", number.textContent);
    title.className = "value";
    panel.replaceChildren(title, list, buttons);
    opener = control;
    panel.showPopover();
    closing.focus();
  };
  panel.addEventListener("toggle", (event) => {
    if (event.newState === "closed" && panel.contains(document.activeElement)) opener?.focus();
  });
  // A number is text, and opens when it is pointed at; for the keyboard and for screen readers a block has
  // one control that lists its numbers.
  const around = (text, part) => {
    const at = Math.max(0, text.indexOf(part));
    const from = at < 40 ? 0 : text.indexOf(" ", at - 40) + 1;
    const to = text.indexOf(" ", at + part.length + 40);
    return `${from ? "… " : ""}${to < 0 ? text.slice(from) : `${text.slice(from, to)} …`}`;
  };
  const choose = (block, numbers, opener) => {
    const named = new Map([...block.querySelectorAll("table")].flatMap(rowsOf)
      .map(({ row, column, number }) => [number, `${row}, ${column}`]));
    const list = document.createElement("ul");
    list.append(...numbers.map((number) => {
      const item = document.createElement("li");
      const button = made("button", number.textContent);
      const passage = number.closest("p, li, dd, figcaption, div");
      button.type = "button";
      button.addEventListener("click", () => open(number, opener));
      item.append(button, ` ${named.get(number) ?? around(words(passage), number.textContent)}`);
      return item;
    }));
    panel.replaceChildren(made("p", "Which number?"), list);
    panel.showPopover();
    list.querySelector("button").focus();
  };
  if (main.dataset.page) {
    const numbers = [...main.querySelectorAll("data[data-id]")].filter((number) => !number.closest("a, button, label"));
    const blocks = new Map();
    for (const number of numbers) {
      const block = number.closest("figure") ?? number.closest("section, .opening, details") ?? main;
      blocks.set(block, [...(blocks.get(block) ?? []), number]);
      number.classList.add("opens");
    }
    for (const [block, own] of blocks) {
      const control = made("button", "Sources");
      control.type = "button";
      control.className = "sources";
      control.setAttribute("aria-haspopup", "dialog");
      control.setAttribute("aria-label", `Sources of ${own.length === 1 ? "the number" : `the ${own.length} numbers`} here`);
      control.addEventListener("click", () => own.length === 1 ? open(own[0], control) : choose(block, own, control));
      const source = block.matches("figure") && block.querySelector(".data");
      const last = own.at(-1).closest("p, li, dd") ?? own.at(-1);
      (source || last).append(" ", control);
      for (const number of own) number.addEventListener("click", () => open(number, control));
    }
  }

  // Tables and charts of a switched section: one at a time.
  for (const section of document.querySelectorAll("section.switched")) {
    const shown = [...section.querySelectorAll(":scope > figure")];
    if (shown.length < 2) continue;
    const label = made("label", "Show ");
    const select = document.createElement("select");
    const called = (each) => words(each.querySelector("caption, .subtitle")).replace(/, (year ending [^:]*|in brackets.*)/g, "")
      .replace(/^.* by police force: (.)/, "All forces: $1").replace(/^.* beside (.)/, (_, first) => first.toUpperCase());
    select.append(...shown.map((each, at) => new Option(called(each), at)));
    const show = () => shown.forEach((each, at) => { each.hidden = at !== Number(select.value); });
    select.addEventListener("change", show);
    label.className = "switch";
    label.append(select);
    shown[0].before(label);
    show();
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
  // Where an address leads is somewhere else now that tables have been put behind a switch.
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView({ behavior: "instant" });
})();
