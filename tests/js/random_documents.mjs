// What people may do to a whole app in its designers, by chance: forms, choices, views, menus, permissions, labels,
// parts taken out and put back. `node random_documents.mjs SEED [sound]` reads a document, does 200 things to it, each as
// the patch a designer sends, and writes what it was after every 40; then everything is undone and must be, byte for
// byte, what it was. `sound`: nothing is taken away that something else may name.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { added as choiceAdded, moved as choiceMoved, relabelled } from "../../builder_ui/static/js/lib/choice_lines.js";
import { difference } from "../../builder_ui/static/js/model/difference.js";
import { History } from "../../builder_ui/static/js/model/history.js";
import { given, givenBack, reached, without } from "../../builder_ui/static/js/model/life.js";
import { addGroup, addItem, groupsOf, moveGroup, moveItem, removeAt, setAt } from "../../builder_ui/static/js/model/menu.js";
import { freeName } from "../../builder_ui/static/js/model/names.js";
import { apply } from "../../builder_ui/static/js/model/patch.js";
import { addRole, applyPreset, removeRole, setAction, setDuty, setField, setReport, setRole, setRows, setViews } from "../../builder_ui/static/js/model/roles.js";
import { anything, random } from "./random_edits.mjs";

const canonical = (value) => JSON.stringify(value, (_, each) => (each && typeof each === "object" && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each));
const some = (list, pick) => list[pick(list.length)];
const withForm = (app, form) => ({ ...app, forms: app.forms.map((one) => (one.id === form.id ? form : one)) });

/** The document after one thing somebody did. */
export function anythingOf(app, pick, kept, sound = false) {
  const form = some(app.forms, pick);
  const role = some(app.roles ?? [], pick)?.id;
  switch (pick(10)) {
    case 0: case 1: case 2: case 3: return formed(app, form, pick, kept, sound);
    case 4: return menued(app, pick, form);
    case 5: case 6: return role ? permitted(app, pick, role, form, sound) : app;
    case 7: return viewed(app, pick, form, sound);
    case 8: return chosen(app, pick, form, sound);
    default: return lived(app, pick, form, kept, sound);
  }
}

/** The form's own designer; one that lost more than it may is left as it was. */
function formed(app, form, pick, kept, sound) {
  kept.clips[form.id] ??= [];
  const made = anything({ ...form, fields: form.fields ?? [] }, pick, kept.clips[form.id]);
  const ids = new Set(made.fields.flatMap((field) => [field.id, ...(field.fields ?? []).map((each) => `${field.id}.${each.id}`)]));
  const before = (form.fields ?? []).flatMap((field) => [field.id, ...(field.fields ?? []).map((each) => `${field.id}.${each.id}`)]);
  const blocks = (one) => JSON.stringify(one.layout ?? []).length;
  if (sound && (before.some((id) => !ids.has(id)) || blocks(made) < blocks(form))) return app;
  return made.fields.length > (form.fields ?? []).length + 12 ? app : withForm(app, made);
}

function menued(app, pick, form) {
  const groups = groupsOf(app);
  const group = pick(groups.length || 1);
  const items = groups[group]?.items ?? [];
  switch (pick(6)) {
    case 0: return addGroup(app, "分组", pick(groups.length + 1));
    case 1: return addItem(app, { label: "入口", form: form.id }, [group, pick(items.length + 1)], "菜单");
    case 2: return items.length > 0 ? moveItem(app, [group, pick(items.length)], [pick(groups.length), 0]) : app;
    case 3: return groups.length > 1 ? moveGroup(app, pick(groups.length), pick(groups.length + 1)) : app;
    case 4: return items.length > 0 ? removeAt(app, `${group}.${pick(items.length)}`) : app;
    default: return items.length > 0 ? setAt(app, `${group}.${pick(items.length)}`, "label", "改名") : app;
  }
}

function permitted(app, pick, role, form, sound) {
  const field = some(form.fields ?? [], pick)?.id ?? "*";
  const views = (form.views ?? []).map((one) => one.id);
  const held = app.roles.find((one) => one.id === role).forms?.[form.id];
  switch (pick(sound ? 5 : 11)) {
    case 0: return setAction(app, role, form.id, "read", true);
    case 1: return held ? setField(app, role, form.id, field, some(["read", ""], pick)) : app;
    case 2: return setRole(app, role, "label", "角色");
    case 3: return addRole(app, { id: freeName("role", app.roles.map((one) => one.id)), label: "新角色" });
    case 4: return held && views.length > 0 ? setViews(app, role, form.id, views.slice(0, 1 + pick(views.length)), views) : app;
    case 5: return setAction(app, role, form.id, some(["create", "update", "delete", "export"], pick), pick(2) === 1);
    case 6: return setField(app, role, form.id, "*", some(["read", "mask", ""], pick));
    case 7: return setRows(app, role, form.id, "rows", some(["", "true", "owner == me"], pick));
    case 8: return setDuty(app, role, some(["design", "people", "audit"], pick), pick(2) === 1);
    case 9: return app.reports?.length ? setReport(app, role, some(app.reports, pick).id, some(["rows", "totals", ""], pick)) : app;
    default: return pick(2) ? removeRole(app, role) : applyPreset(app, role, form.id, pick(2) ? null : { actions: ["read"], rows: "" });
  }
}

function viewed(app, pick, form, sound) {
  const views = form.views ?? [];
  const columns = (form.fields ?? []).filter(() => pick(3) === 0).slice(0, 4).map((field) => field.id);
  const set = (next) => withForm(app, { ...form, views: next });
  const place = pick(views.length || 1);
  if (views.length === 0 || pick(4) === 0) return set([...views, { id: freeName("view", views.map((one) => one.id)), label: "视图", columns }]);
  if (pick(3) === 0) return set(views.toSpliced(place, 1).toSpliced(pick(views.length), 0, views[place]));
  if (sound) return set(views.with(place, { ...views[place], label: "另一个名字" }));
  return pick(2) ? set(views.toSpliced(place, 1)) : set(views.with(place, { ...views[place], columns }));
}

function chosen(app, pick, form, sound) {
  const field = (form.fields ?? []).find((one) => one.options?.choices?.length > 1 && pick(2));
  if (!field) return app;
  const choices = field.options.choices;
  const place = pick(choices.length);
  const other = choices.find((one, number) => number !== place && !one.into);
  const taken = choices.some((one) => one.into === choices[place].value);
  const next = [
    () => choiceAdded(choices, `选项${pick(999)}`, ["teal"]),
    () => choiceMoved(choices, place, pick(choices.length)),
    () => choices.with(place, relabelled(choices[place], `叫法${pick(99)}`, "zh")),
    () => choices.with(place, { ...choices[place], hidden: true }),
    () => (other && !taken ? choices.with(place, { ...choices[place], into: other.value }) : choices),
    () => choices.toSpliced(place, 1),
  ][pick(sound ? 4 : 6)]();
  const made = { ...field, options: { ...field.options, choices: next } };
  return withForm(app, { ...form, fields: form.fields.map((one) => (one.id === field.id ? made : one)) });
}

function lived(app, pick, form, kept, sound) {
  const role = some(app.roles ?? [], pick)?.id ?? "+member";
  switch (pick(sound ? 2 : 5)) {
    case 0: return given(app, "/app/label", `应用${pick(99)}`, "zh");
    case 1: return reached(app, { form: form.id, role, permission: { actions: ["read"] }, group: "new", labels: { group: "更多" } });
    case 2: return app.tests?.length ? without(app, "tests", some(app.tests, pick).id) : app;
    case 3: if (app.forms.length < 2) return app; kept.forms.push(form); return { ...app, forms: app.forms.filter((one) => one !== form) };
    default: {
      const back = kept.forms.pop();
      return back && !app.forms.some((one) => one.id === back.id) ? givenBack(app, { kind: "form", form: back.id, path: "", definition: back }) : app;
    }
  }
}

if (process.argv[1]?.endsWith("random_documents.mjs")) {
  const pick = random(Number(process.argv[2]));
  const sound = process.argv[3] === "sound";
  const history = new History(JSON.parse(readFileSync(0, "utf8")));
  const start = canonical(history.document);
  const kept = { clips: {}, forms: [] };
  for (let number = 1; number <= 200; number += 1) {
    const next = anythingOf(history.document, pick, kept, sound);
    const patch = difference(history.document, next);
    assert.equal(canonical(apply(history.document, patch)), canonical(next), `step ${number}`);
    history.do(`step ${number}`, patch);
    if (number % 40 === 0) console.log(JSON.stringify(history.document));
  }
  const end = canonical(history.document);
  while (history.undo());
  assert.equal(canonical(history.document), start, "undone");
  while (history.redo());
  assert.equal(canonical(history.document), end, "done again");
}
