"use strict";
// Search: sections of pages, terms and places for what is typed, however it is spelt.
(() => {
  const { sections, terms } = JSON.parse(document.getElementById("index").textContent);
  const field = document.getElementById("q");
  const results = document.getElementById("results");
  const found = document.getElementById("found");
  const MOST = 30;

  const plainly = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/['’]/g, "")
    .replace(/\b(\d{1,3}) ([a-z])\b/g, "$1$2");
  const stem = (word) => word.replace(/ies$/, "y").replace(/(?<=[^s])s$/, "");
  const words = (text) => plainly(text).match(/[\p{L}\p{N}]+/gu)?.map(stem) ?? [];
  const SMALL = new Set(words("a an and are at by do for from has have how i in is it me my near of on or the there they this to was were what where which who will with you your"));

  // Beside a crime and a place they ask for its figure, and name nothing.
  const ASKED = new Set(words("many much number rate level figure statistic stat data case latest recent trend increase rise rising fall falling up down worst"));

  // Where each word stands and how much it counts there.
  const entries = [
    ...terms.map((term) => ({ ...term, kind: "Terms", fields: [[term.term, term.nearest ? 4 : 9], [term.also.replaceAll("|", " "), term.nearest ? 3 : 6], [term.meaning, 2]] })),
    ...sections.map((section) => ({ ...section, kind: "In the report", fields: [[section.name, 8], [section.heading, 7], [section.title, 4], [section.text, 1]] })),
  ];
  const standing = new Map();
  entries.forEach((entry, at) => {
    for (const [text, weight] of entry.fields)
      for (const word of new Set(words(text))) {
        if (!standing.has(word)) standing.set(word, new Map());
        const places = standing.get(word);
        places.set(at, Math.max(places.get(at) ?? 0, weight));
      }
  });

  // How many letters a typed word is from another that it may be meant for; the first is seldom wrong.
  const misspelt = (typed, word) => {
    const most = typed.length < 4 ? 0 : typed.length < 8 ? 1 : 2;
    if (!most || typed[0] !== word[0] || Math.abs(word.length - typed.length) > most) return 0;
    const row = crimeshare.distance(typed, word, most);
    return Array.isArray(row) && row.at(-1) <= most ? row.at(-1) : 0;
  };

  // The words of the report that a typed word may mean, each with how well it fits.
  const meant = (typed) => {
    const fits = new Map();
    if (standing.has(typed)) fits.set(typed, 1);
    if (typed.length > 2)
      for (const word of standing.keys())
        if (word !== typed && word.startsWith(typed)) fits.set(word, 0.6);
    if (!fits.size)
      for (const word of standing.keys()) {
        const off = misspelt(typed, word);
        if (off) fits.set(word, 0.5 / off);
      }
    return fits;
  };

  const search = (text) => {
    const typed = [...new Set(words(text))];
    const telling = typed.filter((word) => !SMALL.has(word));
    const wanted = telling.length ? telling : typed;
    const phrase = ` ${words(text).join(" ")} `;
    const scores = new Map();
    for (const word of wanted)  {
      const best = new Map();
      for (const [fit, how] of meant(word)) {
        const places = standing.get(fit);
        const rare = Math.log(1 + entries.length / places.size);
        for (const [at, weight] of places) best.set(at, Math.max(best.get(at) ?? 0, how * weight * rare));
      }
      for (const [at, points] of best) {
        const [count, sum] = scores.get(at) ?? [0, 0];
        scores.set(at, [count + 1, sum + points]);
      }
    }
    return [...scores].map(([at, [count, points]]) => {
      const entry = entries[at];
      // A phrase that stands there as it was typed is what was meant.
      const whole = entry.fields.some(([field]) => ` ${words(field).join(" ")} `.includes(phrase));
      const named = `|${entry.also?.split("|").map((also) => words(also).join(" ")).join("|")}|`.includes(`|${phrase.trim()}|`);
      return [count + (whole ? 1 : 0) + (named ? 1 : 0), points, entry];
    }).sort((a, b) => b[0] - a[0] || b[1] - a[1]);
  };

  // The part of a text around the first of the words, with the words marked.
  const excerpt = (text, wanted) => {
    const parts = text.split(/([\p{L}\p{N}'’]+)/u);
    const hit = (part) => words(part).some((word) => wanted.some((w) => word.startsWith(w)));
    const first = Math.max(parts.findIndex(hit), 0);
    const from = first > 24 ? first - 16 : 0;
    const kept = parts.slice(from, from + 56);
    const line = document.createElement("p");
    if (from) line.append("… ");
    for (const part of kept)
      if (hit(part)) {
        const mark = document.createElement("mark");
        mark.textContent = part;
        line.append(mark);
      } else line.append(part);
    if (from + 56 < parts.length) line.append(" …");
    return line;
  };

  const link = (address, text) => {
    const made = document.createElement("a");
    made.href = address;
    made.textContent = text;
    return made;
  };

  const group = (title, items) => {
    if (!items.length) return [];
    const heading = document.createElement("h2");
    const list = document.createElement("ul");
    heading.textContent = title;
    list.append(...items.map((parts) => {
      const item = document.createElement("li");
      item.append(...parts);
      return item;
    }));
    return [heading, list];
  };

  // An offence and a place, in either order: the page about both, or the explorer's figures.
  const named = terms.filter((term) => term.offence || term.nearest)
    .flatMap((term) => term.also.split("|").map((also) => [words(also).join(" "), term]))
    // Of two with the same words a group before a code.
    .sort(([one, a], [other, b]) => other.length - one.length || /^\d/.test(a.offence) - /^\d/.test(b.offence));
  const both = (text) => {
    const typed = words(text);
    const [also, term] = named.find(([also]) => ` ${typed.join(" ")} `.includes(` ${also} `))
      ?? named.find(([also]) => typed.some((word) => misspelt(word, also))) ?? [];
    if (!term) return [];
    const phrase = also.includes(" ") || typed.includes(also) ? also : typed.find((word) => misspelt(word, also));
    const rest = plainly(text).split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word && !` ${phrase} `.includes(` ${stem(word)} `) && !SMALL.has(stem(word)) && !ASKED.has(stem(word))).join(" ");
    const place = crimeshare.places(rest, 1).find(({ name, exactly, kind }) =>
      exactly || kind === "Postcode" || [name, rest].some((one, at, two) => ` ${words(one).join(" ")} `.includes(` ${words(two[1 - at]).join(" ")} `)));
    if (!place) return [];
    const { page } = place;
    const folder = /^(.*)index\.html$/.exec(term.page)?.[1];
    const offence = term.offence || term.nearest;
    return [[
      link(
        folder === undefined ? `explore.html?group=${offence}&areas=${page.about}` : folder + page.address + (place.to ?? ""),
        `${term.offence ? term.term : term.nearest_name}: ${page.name}`,
      ),
      place.name === page.name ? "" : ` for ${place.name}`,
      figure(offence, page.about, page.said ?? page.name),
      // What is not counted by itself says so.
      ...(term.offence ? [] : [excerpt(term.meaning, [])]),
    ]];
  };

  // The latest figure of an offence, read when its line has stood for a moment.
  const series = {};
  crimeshare.series = (name, given) => { series[name] = given; };
  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  const figure = (offence, area, name) => {
    const line = document.createElement("p");
    setTimeout(async () => {
      if (!line.isConnected) return;
      await crimeshare.load(`explore/${offence}.js`);
      const { ends, areas, decimals } = series[offence];
      const { count, share } = areas[area];
      const last = count.findLastIndex((value) => value !== null);
      if (last < 0) return;
      const part = share[last] === null ? "" : `: ${(share[last] * 100).toFixed(decimals.share)}% of recorded crime, which leaves out fraud`;
      line.textContent = `In the year ending ${MONTHS[Number(ends[last].slice(5, 7)) - 1]} ${ends[last].slice(0, 4)}, police in ${name} recorded ${count[last].toLocaleString("en-GB")} ${count[last] === 1 ? "offence" : "offences"}${part}.`;
    }, 250);
    return line;
  };

  // Of several things that are not counted by themselves, the one that was typed.
  const called = (term, text) => {
    const also = term.nearest && term.also.split("|").find((each) => words(each).join(" ") === words(text).join(" "));
    return also ? also[0].toUpperCase() + also.slice(1) : term.term;
  };

  const show = () => {
    const text = field.value.trim();
    const hits = text ? search(text) : [];
    const together = both(text);
    const wanted = words(text).filter((word) => !SMALL.has(word));
    // What the report calls by another name is looked for by that name as well.
    const seen = new Set(hits.map(([, , entry]) => entry));
    for (const [count, , entry] of hits.slice(0, 3))
      if (entry.kind === "Terms" && count > wanted.length)
        for (const [, points, other] of search(entry.term).slice(0, 8))
          if (!seen.has(other)) { seen.add(other); hits.push([count - 1, points, other]); }
    const best = hits[0]?.[0] ?? 0;
    const near = hits.filter(([count]) => count >= best - 1);
    const terms = near.filter(([, , entry]) => entry.kind === "Terms").slice(0, 4);
    const sections = near.filter(([, , entry]) => entry.kind !== "Terms").slice(0, MOST);
    const likely = text ? crimeshare.places(text, 6) : [];
    const [typed, of] = [crimeshare.plainly(text), ({ name }) => crimeshare.plainly(name)];
    const exact = likely.filter((place) => place.exactly || ` ${of(place)}`.includes(` ${typed}`) || typed.startsWith(of(place)));
    const places = exact.length || hits.length ? exact : likely;
    // What is the very name of a term is that, unless a place is called so too.
    const telling = !places.some((place) => place.exactly || of(place) === typed)
      && terms.some(([, , { term }]) => words(term).join(" ") === words(text).join(" "));
    const items = {
      ...(telling && { "Offence and place": together, Terms: null }),
      "Offence and place": together,
      Places: places.map((place) => [
        link(folder + place.page.address + (place.to ?? ""), place.name),
        ...(place.page.name === place.name ? [] : [` ${place.border ? "partly or near" : "in"} ${place.page.name}`]),
      ]),
      Terms: terms.map(([, , term], at) => [
        link(term.page, called(term, text)), excerpt(term.meaning, wanted),
        ...(at || together.length || !term.offence ? [] : [figure(term.offence, "england-and-wales", "England and Wales")]),
      ]),
      "In the report": sections.map(([, , section]) => [
        link(section.address, section.heading ? `${section.title}: ${section.heading}` : section.title),
        excerpt(section.text, wanted),
      ]),
    };
    results.replaceChildren(...Object.entries(items).flatMap(([title, each]) => group(title, each)));
    const count = together.length + places.length + terms.length + sections.length;
    found.textContent = !text ? "Type a word: a town, an offence, a term, a question."
      : crimeshare.elsewhere(text) ? "These figures are of England and Wales; Scotland and Northern Ireland publish their own."
      : count ? `${count} ${count === 1 ? "result" : "results"}` : "Nothing found. Try another word.";
  };

  const asked = new URLSearchParams(location.search);
  field.value = asked.get("q") ?? "";
  // Places lead to the pages of the group that the reader came from.
  const given = asked.get("group") ?? "";
  const folder = /^[a-z_]+\/$/.test(given) && sections.some(({ address }) => address.startsWith(given)) ? given : "";
  crimeshare.load("places.js").then(() => {
    show();
    field.addEventListener("input", () => {
      show();
      const kept = `${folder && `&group=${folder}`}`;
      history.replaceState(null, "", field.value ? `?q=${encodeURIComponent(field.value)}${kept}` : location.pathname);
    });
  });
})();
