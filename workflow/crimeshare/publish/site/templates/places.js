"use strict";
// Which page is about a place: typed in any spelling, matched against the list of places.
// Loaded when a field for places is first used; `gazetteer` is set above.
(() => {
  const plainly = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "")
    .replace(/['’.]/g, "").replace(/&/g, " and ").replace(/[^\p{L}\p{N}]+/gu, " ").trim()
    .replace(/\bsaint\b/g, "st");

  // The list as entries: a name, what it is and the page that it leads to.
  const entries = [];
  const districts = new Map();
  for (const area of gazetteer.areas)
    entries.push({ name: area.name, key: plainly(area.name), kind: area.kind, page: area, size: area.kind === "Police force" ? 8 : 9 });
  // Nicknames, initials and Welsh names find the area under its own name.
  const byPage = Object.fromEntries(gazetteer.areas.map((area) => [area.address, area]));
  for (const [address, held] of Object.entries(gazetteer.held)) {
    const page = byPage[address];
    const known = new Map([[plainly(page.name), {}]]);
    const add = (kind) => (text) => {
      const [, name, digit, border] = /^(.*?)(\d?)(\*?)$/.exec(text);
      const key = plainly(name);
      const size = Number(digit || 0);
      // An authority and the town it is called after are one place.
      const same = known.get(key);
      const to = kind === "Community safety partnership" ? `#partnership-${key.replaceAll(" ", "-")}` : "";
      if (same) {
        same.size = Math.max(same.size ?? 0, size);
        same.to ||= to;
      } else {
        const entry = { name, key, kind, page, border: Boolean(border), size, to };
        known.set(key, entry);
        entries.push(entry);
      }
    };
    held.authorities.split("|").filter(Boolean).forEach(add("Local authority"));
    held.partnerships.split("|").filter(Boolean).forEach(add("Community safety partnership"));
    held.towns.split("|").filter(Boolean).forEach(add("Place"));
    for (const text of held.postcodes.split(" ").filter(Boolean)) {
      const name = text.replace(/\*$/, "");
      const entry = { name, kind: "Postcode", page, border: text !== name, size: 0 };
      districts.set(name, [...(districts.get(name) ?? []), entry]);
    }
  }
  for (const [also, address, partnership] of gazetteer.also) {
    const page = byPage[address];
    const key = plainly(partnership || page.name);
    const own = entries.find((entry) => entry.page === page && entry.key === key);
    if (own) entries.push({ ...own, key: plainly(also), size: 9, exactly: true });
  }
  const elsewhere = new Set(gazetteer.elsewhere.map(plainly));
  const crimes = new Set(gazetteer.crimes.map(plainly));

  // The force with most of a district comes first.
  for (const [name, found] of districts) {
    const order = (gazetteer.order[name] ?? "").split(" ");
    found.sort((a, b) => order.indexOf(a.page.address) - order.indexOf(b.page.address));
  }

  // How many letters to change, add, leave out or swap until one word begins the other; gives up
  // beyond `most`.
  const distance = (typed, name, most) => {
    let before = [];
    let row = Array.from({ length: name.length + 1 }, (_, i) => i);
    for (let i = 1; i <= typed.length; i++) {
      const next = [i];
      for (let j = 1; j <= name.length; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (typed[i - 1] !== name[j - 1]));
        if (i > 1 && j > 1 && typed[i - 1] === name[j - 2] && typed[i - 2] === name[j - 1])
          next[j] = Math.min(next[j], before[j - 2] + 1);
      }
      if (Math.min(...next) > most) return most + 1;
      before = row;
      row = next;
    }
    return row;
  };
  const forgiven = (length) => (length < 4 ? 0 : length < 8 ? 1 : 2);

  // Nought for the very name; more the less alike; Infinity for another place.
  const unlike = (typed, key) => {
    if (key === typed) return 0;
    if (` ${key} `.includes(` ${typed} `)) return 1;
    if (key.startsWith(typed)) return 2;
    if (` ${key}`.includes(` ${typed}`)) return 3;
    const most = forgiven(typed.length);
    if (!most || Math.abs(key.length - typed.length) > most && key.length < typed.length) return Infinity;
    const row = distance(typed, key.slice(0, typed.length + most), most);
    if (typeof row === "number") return Infinity;
    const whole = key.length <= typed.length + most ? row[key.length] : Infinity;
    const start = Math.min(...row);
    const first = typed[0] === key[0] ? 0 : 2;
    if (whole <= most) return 3 + whole + first;
    return start <= Math.min(most, 1) && typed.length > 4 ? 6 + start + first : Infinity;
  };

  const POSTCODE = /^([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{0,2})?$/i;
  const district = (typed) => {
    const text = typed.trim().toUpperCase();
    const compact = text.replace(/\s+/g, "");
    const whole = /^([A-Z]{1,2}\d[A-Z\d]?)\d[A-Z]{2}$/.exec(compact);
    if (whole && districts.has(whole[1])) return [whole[1]];
    const [, outward] = POSTCODE.exec(text) ?? [];
    if (!outward) return [];
    const begun = /\s/.test(text) ? [] : [...districts.keys()].filter((name) => name.startsWith(outward) && name !== outward);
    return [...(districts.has(outward) ? [outward] : []), ...begun];
  };

  crimeshare.distance = distance;
  crimeshare.plainly = plainly;
  // A postcode of an area with no district here is one of another nation.
  const lettered = new Set([...districts.keys()].map((name) => /^[A-Z]+/.exec(name)[0]));
  crimeshare.elsewhere = (typed) => {
    const [letters] = /^[A-Z]+(?=\d[A-Z\d]?(\d[A-Z]{2})?$)/.exec(typed.toUpperCase().replace(/\s+/g, "")) ?? [];
    return elsewhere.has(plainly(typed)) || letters !== undefined && !lettered.has(letters)
      && (letters.length === 2 || letters.length === 1 && /\d[A-Z]{2}$/i.test(typed.trim()));
  };
  crimeshare.places = (typed, most = 8) => {
    const codes = district(typed);
    if (codes.length) return codes.flatMap((name) => districts.get(name)).slice(0, most);
    const words = plainly(typed);
    // What is a kind of crime is one, unless a place is called so; misspelt, unless a place begins so.
    const crime = crimeshare.crime(typed);
    const found = named(words, most).filter(({ key, exactly }) =>
      crime === false || exactly || key === words || crime === "misspelt" && ` ${key}`.includes(` ${words}`));
    if (found.length || crime) return found;
    // A force is found with "police" after its name, too, and a place with its county.
    const short = words.replace(/\b(?:police|constabulary)( (?:service|force|area))?$/, "").replace(/ (\S+)$/, (end, last) =>
      ["police", "constabulary"].some((word) => near(last, word)) ? "" : end).trim();
    return short === words ? together(words, most) : named(short, most);
  };
  const near = (typed, word) => {
    const most = forgiven(typed.length);
    const row = typed.length > 4 && Math.abs(typed.length - word.length) <= most && distance(typed, word, most);
    return Array.isArray(row) && row.at(-1) <= most;
  };
  // Whether a kind of crime is typed: true, "misspelt" or false.
  crimeshare.crime = (typed) => {
    const words = plainly(typed);
    return crimes.has(words) || [...crimes].some((crime) => near(words, crime)) && "misspelt";
  };
  // A place and what it lies in, in either order: "Newport Gwent", "Newport, Isle of Wight".
  const together = (words, most) => {
    const parts = words.split(" ");
    for (let cut = 1; cut < parts.length; cut++) {
      const halves = [parts.slice(0, cut).join(" "), parts.slice(cut).join(" ")];
      for (const [name, where] of [halves, halves.toReversed()]) {
        const pages = new Set(entries.filter(({ key }) => key === where).map(({ page }) => page));
        const found = named(name, entries.length).filter(({ key, page }) => key === name && pages.has(page));
        if (found.length) return found.slice(0, most);
      }
    }
    return [];
  };
  const named = (words, most) => {
    if (words.length < 2 || elsewhere.has(words)) return [];
    const scored = [];
    for (const entry of entries) {
      const whole = entry.exactly && (words.length < 4 ? entry.key !== words : !entry.key.startsWith(words));
      const points = whole ? Infinity : unlike(words, entry.key);
      if (points < Infinity) scored.push([points, entry]);
    }
    // A name as typed is not mixed with names that are merely like it.
    const best = Math.min(...scored.map(([points]) => points));
    return scored.filter(([points]) => best > 0 || points <= 3)
      .sort((a, b) => a[0] - b[0] || b[1].size - a[1].size || (a[1].name < b[1].name ? -1 : 1))
      .map(([, entry]) => entry)
      .filter((entry, at, all) => all.findIndex((other) => other.page === entry.page && other.name === entry.name) === at)
      .slice(0, most);
  };
})();
