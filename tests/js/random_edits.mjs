// What somebody may do in the form designer, by chance: for the tests here, and for those that load what comes of it.
import { added, behind, changePart, copied, duplicated, grouped, moved, parsed, pasted, readingOrder, removed, spanned, stepped, valueSet } from "../../builder_ui/static/js/model/forms.js";
import { everyBlock, layoutOf } from "../../builder_ui/static/js/model/layout.js";

export const FORM = Object.freeze({
  id: "deal",
  fields: [
    { id: "name", type: "text", label: "名称", required: true },
    { id: "amount", type: "money", label: "金额" },
    { id: "why", type: "text", visible: "amount > 0 and name != 'amount'" },
    { id: "lines", type: "sub_form", fields: [{ id: "what", type: "text" }, { id: "price", type: "money" }] },
  ],
});
/** The layout that stands for a form without one. */
export const impliedBy = (form) => [{ id: "section", kind: "section", columns: 2, fields: form.fields.map((field) => field.id) }];
export const IMPLIED = impliedBy(FORM);

export function random(seed) {
  let state = seed;
  return (most) => (state = (state * 48271) % 2147483647) % most;
}

/** One thing somebody may do, by chance; the form afterwards. */
export function anything(form, pick, clips) {
  const implied = impliedBy(form);
  const order = readingOrder(form, implied);
  const key = () => order[pick(order.length)] ?? "form";
  const some = () => [...new Set(Array.from({ length: 1 + pick(3) }, key))].filter((each) => each !== "form");
  const fields = () => some().filter((each) => parsed(each).kind === "field");
  const place = () => {
    const blocks = everyBlock(layoutOf(form, implied));
    const sections = blocks.filter((block) => block.kind === "section").map((block) => [`section:${block.id}`, (block.fields ?? []).length]);
    const subs = form.fields.filter((field) => field.fields).map((field) => [`sub:${field.id}`, field.fields.length]);
    const tabs = blocks.flatMap((block) => block.tabs ?? []).map((tab) => [`blocks:${tab.id}`, tab.blocks.length]);
    const all = [...sections, ...sections, ...subs, ...tabs, ["blocks:", layoutOf(form, implied).length], ["rest", 0]];
    const [zone, length] = all[pick(all.length)];
    return { zone, index: pick(length + 1) };
  };
  /** Indexes count without what is moved. */
  const free = (keys) => {
    const { zone, index } = place();
    const [without] = [removed(form, implied, keys)];
    const holder = zone.startsWith("section:") ? everyBlock(layoutOf(without, implied)).find((block) => block.id === zone.slice(8))?.fields : null;
    return zone.startsWith("section:") ? (holder ? { zone, index: Math.min(index, holder.length) } : null) : { zone, index: Math.min(index, zone.startsWith("sub:") ? (without.fields.find((field) => field.id === zone.slice(4))?.fields ?? []).length : zone === "rest" ? 0 : layoutOf(without, implied).length) };
  };
  switch (pick(13)) {
    case 0: return added(form, implied, "field", { type: "text" }, behind(form, implied, key()))[0];
    case 1: return added(form, implied, "field", pick(3) ? { type: "date" } : { type: "sub_form", fields: [] }, zoneFor(place(), pick))[0];
    case 2: return added(form, implied, "block", [{ kind: "section", columns: 2, fields: [] }, { kind: "divider" }, { kind: "tabs", tabs: [{ id: "tab", label: "一", blocks: [{ id: "part", kind: "section", fields: [] }] }] }][pick(3)], behind(form, implied, key()))[0];
    case 3: { const keys = some(); return keys.length ? removed(form, implied, keys) : form; }
    case 4: { const keys = fields(); const to = free(keys); return keys.length && to && !to.zone.startsWith("blocks:") ? moved(form, implied, keys, to)[0] : form; }
    case 5: { const one = key(); const to = one === "form" ? null : stepped(form, implied, one, pick(2) ? 1 : -1, pick(2) === 1); return to ? moved(form, implied, [one], to)[0] : form; }
    case 6: { const keys = fields(); return keys.length ? duplicated(form, implied, keys)[0] : form; }
    case 7: { const keys = fields().filter((each) => !parsed(each).around); return keys.length ? grouped(form, implied, keys)[0] : form; }
    case 8: { const keys = some(); if (keys.length) clips.push(copied(form, implied, keys)); return form; }
    case 9: return clips.length ? pasted(form, implied, clips.at(-1), behind(form, implied, key()))[0] : form;
    case 10: { const [one] = fields(); return one ? changePart(form, implied, one, (part) => valueSet(part, part.type === "text" ? ["options", "min_length"] : ["help"], pick(2) ? (part.type === "text" ? 1 + pick(9) : "提示") : undefined)) : form; }
    case 11: { const one = fields().find((each) => parsed(each).around); return one ? changePart(form, implied, one, (part) => valueSet(valueSet(part, ["width"], pick(2) ? 60 + pick(400) : undefined), ["total"], ["count", undefined][pick(2)])) : form; }
    default: { const [one] = fields().filter((each) => !parsed(each).around); return one ? spanned(form, implied, one, 1 + pick(3)) : form; }
  }
}

const zoneFor = (place, pick) => (place.zone.startsWith("sub:") && pick(2) ? place : place.zone.startsWith("sub:") ? { zone: "rest", index: 0 } : place);


// `node random_edits.mjs SEED`: the document after each 20 of 200 operations, one a line.
if (process.argv[1]?.endsWith("random_edits.mjs")) {
  const pick = random(Number(process.argv[2]));
  const clips = [];
  let form = FORM;
  for (let number = 1; number <= 200; number += 1) {
    form = anything(form, pick, clips);
    if (form.fields.length > 60) form = removed(form, impliedBy(form), readingOrder(form, impliedBy(form)).slice(-40));
    if (number % 20 === 0) console.log(JSON.stringify({ muniment: 1, app: { id: "x" }, forms: [form] }));
  }
}
