// What hx-trigger says: "input changed delay:300ms, load" and what stands for nothing.

/** "input changed delay:300ms" -> [{ event, changed, delay, once, every }]; "every 30s" asks again and again. */
export function parseTriggers(text, defaultEvent) {
  if (!text?.trim()) return [trigger(defaultEvent)];
  return text.split(",").map((part) => {
    const [event, ...words] = part.trim().split(/\s+/);
    return words.reduce(withWord, trigger(event));
  });
}

function trigger(event) {
  return { event, changed: false, once: false, delay: 0, every: 0 };
}

function withWord(made, word) {
  if (word === "changed" || word === "once") return { ...made, [word]: true };
  const time = /^(delay:)?(\d+)(ms|s)$/.exec(word);
  if (!time) return made;
  const span = Number(time[2]) * (time[3] === "s" ? 1000 : 1);
  return time[1] ? { ...made, delay: span } : { ...made, every: span };
}

export function defaultEvent(element) {
  if (element.tagName === "FORM") return "submit";
  return ["INPUT", "SELECT", "TEXTAREA"].includes(element.tagName) ? "change" : "click";
}

/** A URL with these fields as its query: names given replace what stood there, blanks are left out. */
export function withQuery(url, fields, base = "http://local") {
  const made = new URL(url, base);
  for (const [name] of fields) made.searchParams.delete(name);
  for (const [name, value] of fields) if (value !== "") made.searchParams.append(name, value);
  return made.pathname + made.search + made.hash;
}
