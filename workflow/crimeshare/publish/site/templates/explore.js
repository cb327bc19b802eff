"use strict";
// Explorer: what is chosen stands in the address, is drawn and is listed; Back goes one choice back.
(() => {
  const form = document.getElementById("explorer");
  const figure = document.getElementById("explored");
  const { group: firstGroup, areas: firstAreas, names } = JSON.parse(form.dataset.first);
  const MOST = 6;
  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  const select = (name) => document.getElementById(`choose-${name}`);
  const within = (selector) => figure.querySelector(selector);
  const label = (name) => select(name).selectedOptions[0]?.textContent ?? "";
  const month = (day) => `${MONTHS[Number(day.slice(5, 7)) - 1]} ${day.slice(0, 4)}`;
  const made = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  // The series of a group come as a script of its own, once.
  const known = {};
  crimeshare.series = (group, series) => {
    // Where the rules changed in between, the change of the months under the same rules leads.
    for (const area of Object.values(series.areas)) {
      area.hollow = area.hollow.filter((place) => area.alike[place] === null);
      area.change = area.change.map((change, place) => area.alike[place] ?? change);
    }
    known[group] = series;
  };

  // A colour, a dash and a shape for each area, since colour alone does not do.
  const STYLES = [
    ["--e0", [1, 0], "circle"], ["--e1", [5, 3], "diamond"], ["--e2", [1, 0], "square"],
    ["--e3", [2, 2], "triangle-up"], ["--e4", [8, 3], "cross"], ["--e5", [1, 0], "triangle-down"],
  ];
  // England and Wales is grey, as everywhere.
  const styleOf = (slug, position) => (slug === "england-and-wales" ? ["--quiet", STYLES[position][1], STYLES[position][2]] : STYLES[position]);
  const written = {
    count: (value) => value.toLocaleString("en-GB"),
    share: (value) => `${(value * 100).toFixed(value ? known[state.group].decimals.share : 1)}%`,
    rate: (value) => value.toFixed(value ? known[state.group].decimals.rate : 1),
    rank: (value) => String(value),
    change: (value) => `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(1)}%`,
  };

  const read = () => {
    const given = new URLSearchParams(location.search);
    const areas = (given.get("areas") ?? "").split(",").filter((slug) => slug in names);
    return {
      group: [...select("group").options].some((o) => o.value === given.get("group")) ? given.get("group") : firstGroup,
      measure: given.get("measure") in written ? given.get("measure") : "share",
      areas: [...new Set(areas.length ? areas : firstAreas)].slice(0, MOST),
      from: given.get("from"),
      to: given.get("to"),
    };
  };
  let state = read();
  // Shown on another site: the chart alone, which says how high it is.
  const ALONE = "view=chart";
  if (location.search.includes(ALONE)) {
    document.documentElement.classList.add("alone");
    new ResizeObserver(() => parent.postMessage({ crimeshare: Math.ceil(figure.getBoundingClientRect().height) + 16 }, "*")).observe(figure);
  }
  const spoken = document.getElementById("explored-said");
  const address = () => {
    const { group, measure, areas, from, to } = state;
    return `?${new URLSearchParams({ group, measure, areas: areas.join(","), from, to }).toString().replaceAll("%2C", ",")}`;
  };

  const choose = async (change) => {
    state = { ...state, ...change };
    await show();
    history.pushState(null, "", address());
  };

  const fill = (name, ends, chosen) => {
    select(name).replaceChildren(...ends.map((end) => made("option", month(end), { value: end })));
    select(name).value = chosen;
  };

  const chips = () => {
    document.getElementById("chosen").replaceChildren(...state.areas.map((slug) => {
      const item = document.createElement("li");
      const button = made("button", `${names[slug]} ×`, { type: "button", "aria-label": `Remove ${names[slug]}` });
      button.disabled = state.areas.length === 1;
      button.addEventListener("click", () => choose({ areas: state.areas.filter((other) => other !== slug) }));
      item.append(button);
      return item;
    }));
    for (const option of select("area").options)
      option.disabled = state.areas.includes(option.value);
    const full = state.areas.length >= MOST;
    select("area").disabled = full;
    select("area").options[0].textContent = full ? "Six are the most: remove one first" : "Choose…";
    select("area").value = "";
  };

  const scaled = (value) => (value === null ? null : state.measure === "share" ? value * 100 : value);
  const at = (day) => new Date(`${day}T00:00:00Z`).getTime();
  const YEAR = 364 * 24 * 3600 * 1000;

  // A label along a rule stands in the widest gap between what is drawn left of it.
  const inGaps = (breaks, rows) => {
    const values = rows.map(({ y }) => y);
    const zero = state.measure === "rank" ? [] : [0];
    const [low, high] = [Math.min(...zero, ...values), Math.max(...zero, ...values)];
    const height = (y) => (state.measure === "rank" ? high - y : y - low) / (high - low || 1);
    return breaks.map((each) => {
      const near = rows.filter(({ x }) => x <= each.x && x > each.x - 0.75 * YEAR).map(({ y }) => height(y));
      const ends = [0, ...near.sort((a, b) => a - b), 1];
      const [gap, place] = ends.slice(1).map((end, i) => [end - ends[i], i]).sort((a, b) => b[0] - a[0])[0];
      const at = !place ? { align: "left", dx: 4, y: 340 } : place === near.length ? { align: "right", dx: -4, y: 0 }
        : { align: "center", dx: 0, y: 340 * (1 - ends[place] - gap / 2) };
      // Longer than the gap it is two lines.
      const middle = each.label.indexOf(" ", each.label.length / 2 - 3);
      const label = each.label.length * 6 > gap * 340 && middle > 0 ? [each.label.slice(0, middle), each.label.slice(middle + 1)] : [each.label];
      return { ...each, ...at, label, dy: 9 - 12 * label.length };
    });
  };

  const spec = (rows, breaks, steps) => {
    const style = getComputedStyle(document.documentElement);
    const ink = (name) => style.getPropertyValue(name).trim();
    const axis = { labelColor: ink("--ink"), gridColor: ink("--grid"), domainColor: ink("--quiet"), tickColor: ink("--quiet"), labelFontSize: 13, title: null };
    const percent = ["share", "change"].includes(state.measure);
    const years = Number(state.to.slice(0, 4)) - Number(state.from.slice(0, 4));
    const x = { field: "x", type: "temporal", axis: { ...axis, grid: false, format: "%Y", tickCount: { interval: "year", step: years > 8 ? 2 : 1 } }, scale: { type: "utc" } };
    const y = {
      field: "y", type: "quantitative", scale: { zero: state.measure !== "rank", reverse: state.measure === "rank" },
      axis: { ...axis, tickCount: 5, labelExpr: percent ? "format(datum.value, ',~f') + '%'" : "format(datum.value, ',~f')" },
    };
    const byArea = (pick) => ({ field: "area", type: "nominal", legend: null, scale: { domain: state.areas, range: state.areas.map((slug, i) => pick(styleOf(slug, i))) } });
    const colour = byArea(([name]) => ink(name));
    return {
      $schema: "https://vega.github.io/schema/vega-lite/v6.json",
      width: "container", height: 340, background: null, padding: 4, autosize: { type: "fit-x", contains: "padding" },
      config: { view: { stroke: null }, font: "Liberation Sans, Arial, Helvetica, sans-serif" },
      layer: [
        { data: { values: breaks }, mark: { type: "rule", stroke: ink("--quiet"), strokeDash: [2, 2] }, encoding: { x, tooltip: { field: "said" } } },
        { data: { values: rows.filter(({ partly }) => partly !== null) }, mark: { type: "line", strokeWidth: 1.5, strokeDash: [1, 3] }, encoding: { x, y, color: colour, detail: { field: "partly" } } },
        { data: { values: rows.filter(({ partly, whole }) => partly === null || whole) }, mark: { type: "line", strokeWidth: 2.2 }, encoding: { x, y, color: colour, strokeDash: byArea(([, dash]) => dash), detail: { field: "stretch" } } },
        ...[{ stroke: ink("--paper"), strokeWidth: 4, strokeJoin: "round" }, { fill: ink("--ink") }].map((look) => ({
          data: { values: inGaps(breaks, rows) }, mark: { type: "text", angle: 270, align: { expr: "datum.align" }, baseline: "bottom", dx: { expr: "datum.dx" }, dy: { expr: "datum.dy" }, fontSize: 12, lineHeight: 12, limit: 330, y: { expr: "datum.y" }, ...look },
          encoding: { x, text: { field: "label" }, tooltip: { field: "said" } },
        })),
        { data: { values: rows.filter((row) => row.marked) }, mark: { type: "point", size: 55, opacity: 1, strokeWidth: 2 }, encoding: { x, y, color: colour, shape: byArea(([, , shape]) => shape), fill: { condition: { test: "datum.hollow", value: ink("--paper") }, field: "area", type: "nominal", legend: null, scale: colour.scale }, tooltip: { field: "said" } } },
        { data: { values: steps }, mark: { type: "point", shape: "triangle-right", size: 150, filled: true, opacity: 1, stroke: ink("--ink"), strokeWidth: 1 }, encoding: { x, y, color: colour, tooltip: { field: "said" } } },
      ].filter(({ data }) => data.values.length),
    };
  };

  const table = (ends, series, places) => {
    const whole = document.createElement("table");
    const head = document.createElement("tr");
    head.append(made("th", "Year ending", { scope: "col" }), ...state.areas.map((slug) => made("th", names[slug], { scope: "col", class: "number" })));
    const body = places.toReversed().map((place) => {
      const row = document.createElement("tr");
      row.append(made("th", month(ends[place]), { scope: "row" }), ...state.areas.map((slug) => {
        const value = series.areas[slug]?.[state.measure][place] ?? null;
        const hollow = state.measure === "change" && series.areas[slug]?.hollow.includes(place);
        return made("td", value === null ? "[x]" : written[state.measure](value) + (hollow ? " *" : ""), { class: "number" });
      }));
      return row;
    });
    const caption = document.createElement("caption");
    caption.append(made("span", `${label("measure")}: ${label("group").toLowerCase()}`));
    const top = document.createElement("thead");
    const rest = document.createElement("tbody");
    top.append(head);
    rest.append(...body);
    whole.append(caption, top, rest);
    return whole;
  };

  // Every force in the last year chosen; the table of the page stands where that is what it shows.
  const listed = document.querySelector("main section figure.table");
  const others = made("div", "", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Table of all police forces" });
  listed?.after(others);
  const forces = (series, place) => {
    const measures = ["rank", "share", "count", "rate", "change"];
    const whole = document.createElement("table");
    const head = document.createElement("tr");
    head.append(made("th", "Force", { scope: "col" }), ...measures.map((name) =>
      made("th", [...select("measure").options].find((o) => o.value === name).textContent, { scope: "col", class: "number" })));
    const ranked = Object.entries(series.areas).filter(([slug, area]) => slug in names && area.rank.some((rank) => rank !== null))
      .sort(([, a], [, b]) => (a.rank[place] ?? Infinity) - (b.rank[place] ?? Infinity));
    const top = document.createElement("thead");
    const rest = document.createElement("tbody");
    top.append(head);
    rest.append(...ranked.map(([slug, area]) => {
      const row = document.createElement("tr");
      row.append(made("th", names[slug], { scope: "row" }), ...measures.map((name) => {
        const value = area[name][place] ?? null;
        const hollow = name === "change" && area.hollow.includes(place);
        return made("td", value === null ? "[x]" : written[name](value) + (hollow ? " *" : ""), { class: "number" });
      }));
      return row;
    }));
    const caption = document.createElement("caption");
    caption.append(made("span", `${label("group")} by police force area, year ending ${month(state.to)}. [x]: not available. *: not comparable.`));
    whole.append(caption, top, rest);
    return whole;
  };

  const quoted = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value ?? "");
  const csv = (ends, series, places) => [
    ["area", "group", "measure", "year_ending", "value", "comparable"],
    ...state.areas.flatMap((slug) => places.map((place) => [
      names[slug], state.group, state.measure, ends[place], series.areas[slug]?.[state.measure][place] ?? "",
      state.measure !== "change" ? "" : series.areas[slug]?.hollow.includes(place) ? "no"
        : (series.areas[slug]?.alike[place] ?? null) !== null ? "months under the same rules" : series.breaks.length ? "yes" : "not known",
    ])),
  ].map((row) => row.map(quoted).join(",")).join("\n");

  const show = async () => {
    await Promise.all([crimeshare.load("vega.js"), known[state.group] ?? crimeshare.load(`explore/${state.group}.js`)]);
    const series = known[state.group];
    const ends = series.ends;
    if (!ends.includes(state.from)) state.from = ends[0];
    if (!ends.includes(state.to)) state.to = ends.at(-1);
    if (state.from > state.to) [state.from, state.to] = [state.to, state.from];
    select("group").value = state.group;
    select("measure").value = state.measure;
    fill("from", ends, state.from);
    fill("to", ends, state.to);
    chips();
    // Whole years that end as the last one does carry marks; the quarters between make the line.
    const places = ends.map((_, place) => place).filter((place) => ends[place] >= state.from && ends[place] <= state.to);
    const last = ends[places.at(-1)].slice(5, 7);
    const rows = [];
    for (const slug of state.areas) {
      let stretch = 0;
      for (const place of places) {
        const value = series.areas[slug]?.[state.measure][place] ?? null;
        if (value === null) { stretch += 1; continue; }
        const hollow = state.measure === "change" && series.areas[slug].hollow.includes(place);
        // No line runs to or from what cannot be compared; years partly under older rules are dotted.
        if (hollow || rows.at(-1)?.hollow) stretch += 1;
        const when = at(ends[place]);
        const rules = state.measure === "change" ? [] : series.breaks.map(({ day }) => at(`${day.slice(0, 8)}01`));
        const whole = !rules.some((day) => day < when && when < day + YEAR);
        rows.push({
          area: slug, x: when, y: scaled(value), stretch: `${slug} ${stretch}.${rules.filter((day) => day < when).length}`,
          hollow, whole, partly: rules.length ? `${slug} ${stretch}` : null,
          marked: hollow || ends[place].slice(5, 7) === last,
          alike: state.measure === "change" && series.areas[slug].alike[place] !== null,
          said: `${names[slug]}, year ending ${month(ends[place])}: ${written[state.measure](value)}${hollow ? ", not comparable" : ""}`,
        });
      }
    }
    const breaks = series.breaks.filter(({ day }) => day > state.from && day <= state.to)
      .map(({ day, name, label }) => ({ x: at(day), label, said: `${month(day)}: ${name}` }));
    const steps = state.areas.flatMap((slug) => (series.steps[slug] ?? [])
      .filter(({ day }) => day > state.from && day <= state.to)
      .flatMap(({ day, shift, rule }) => {
        const near = rows.find((row) => row.area === slug && row.x >= at(day));
        return near ? [{ ...near, said: `${names[slug]}: a step of ${written.change(shift)} beside all other forces in the quarter ending ${month(day)}${rule ? `, near a change of rules: ${rule}` : ""}` }] : [];
      }));
    const where = state.areas.map((slug) => names[slug]).join(", ");
    within(".title").textContent = `${label("measure")}: ${label("group").toLowerCase()}`;
    within(".subtitle").textContent = `${where}, years ending ${month(state.from)} to ${month(state.to)}`;
    within(".key").replaceChildren(...state.areas.map((slug, position) => {
      const item = document.createElement("li");
      const [colour, dash] = styleOf(slug, position);
      item.innerHTML = `<svg class="swatch" viewBox="0 0 28 12" aria-hidden="true"><path d="M0 6H28" stroke="var(${colour})" stroke-width="2.5" stroke-dasharray="${dash[1] ? dash.join(" ") : "none"}"/></svg>`;
      item.append(names[slug]);
      return item;
    }));
    const without = [...new Set(state.areas.flatMap((slug) => places.map((place) => series.areas[slug]?.without[place])
      .filter(Boolean).map((forces) => `${names[slug]}: some years without ${forces}.`)))];
    within(".notes").textContent = [
      state.measure === "rank" ? "Rank one is the largest share; countries and regions have none." : "",
      breaks.length && state.measure !== "change" ? "Dotted: years partly under older rules." : "",
      rows.some((row) => row.hollow) ? "Hollow, and * in the table: not comparable with the year before, as police changed how they record in between." : "",
      rows.some((row) => row.alike) ? "Where police changed how they record this, the change is of the months of both years under the same rules." : "",
      rows.length ? "" : "There is no such figure of these areas and years.",
      series.breaks.length ? "" : "We have not checked whether police changed how they record this group.",
      steps.length ? `Triangles: where a force's own figures step to another level. ${steps.map(({ said }) => `${said}.`).join(" ")}` : "",
      "Each point is a year that ends with the month named. [x]: not available.", ...without,
    ].filter(Boolean).join(" ");
    const name = `${state.measure}-${state.group.replaceAll("_", "-")}-${state.areas.join("-")}`.slice(0, 96);
    const link = made("a", "Data", { download: `${name}.csv`, href: `data:text/csv;charset=utf-8,${encodeURIComponent(csv(ends, series, places))}` });
    link.append(made("span", " of this chart", { class: "hidden" }), " (CSV)");
    within(".data").replaceChildren(within(".credit"), link);
    const offer = crimeshare.taking(figure, name, () => location.href, async () => {
      const root = document.documentElement;
      const { theme } = root.dataset;
      root.dataset.theme = "light";
      const plain = { ...spec(rows, breaks, steps), width: 860, autosize: "pad" };
      const copy = figure.cloneNode(true);
      for (const path of copy.querySelectorAll(".swatch path"))
        path.setAttribute("stroke", getComputedStyle(root).getPropertyValue(/--\w+/.exec(path.getAttribute("stroke"))[0]).trim());
      root.dataset.theme = theme;
      await vegaEmbed(copy.querySelector(".drawn"), plain, { ast: true, actions: false, renderer: "svg" });
      return copy;
    });
    offer("Copy embed code", (button) => crimeshare.copy(button,
      crimeshare.embedding(new URL(`${address()}&${ALONE}`, location.href), figure)));
    within(".scroll").replaceChildren(table(ends, series, places));
    if (listed) {
      const shown = state.group === firstGroup && state.to === ends.at(-1);
      listed.hidden = shown === false;
      others.hidden = shown;
      others.replaceChildren(...(shown ? [] : [forces(series, places.at(-1))]));
    }
    form.hidden = false;
    figure.hidden = false;
    const drawn = within(".drawn");
    const said = state.areas.map((slug) => rows.filter((row) => row.area === slug).at(-1)?.said).filter(Boolean);
    await vegaEmbed(drawn, spec(rows, breaks, steps), { ast: true, actions: false, renderer: "svg", tooltip: { theme: "custom" } });
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", `Line chart. ${within(".title").textContent}. ${said.join("; ")}. ${breaks.map((each) => `${each.said}.`).join(" ")}`);
    spoken.textContent = `${within(".title").textContent}. ${said.length ? `${said.join("; ")}.` : "There is no such figure of these areas and years."}`;
  };

  for (const name of ["group", "measure", "from", "to"])
    select(name).addEventListener("change", () => choose({ [name]: select(name).value }));
  select("area").addEventListener("change", () => {
    if (select("area").value) choose({ areas: [...state.areas, select("area").value] });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("popstate", () => { state = read(); show(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  document.querySelector(".theme").addEventListener("click", show);
  show();
})();
