// What the views designer does to a document: each a pure function from a document to the next one. A form and a view
// are named by their ids; a path is the keys to what is changed in a view, like "options/words/form".
import { freeName } from "./names.js";

export const viewsOf = (document, form) => (document.forms ?? []).find((one) => one.id === form)?.views ?? [];

export const viewOf = (document, form, id) => viewsOf(document, form).find((one) => one.id === id) ?? null;

/** With an id made of its kind. */
export function addView(document, form, view, at) {
  const views = viewsOf(document, form);
  return withViews(document, form, views.toSpliced(at, 0, { id: freeId(views, view.kind ?? "view"), ...view }));
}

export const freeId = (views, wanted) => freeName(wanted, views.map((one) => one.id));

/** Nobody's list opens with a copy. */
export function copyView(document, form, id, label) {
  const views = viewsOf(document, form);
  const at = views.findIndex((one) => one.id === id);
  const { default_for: _, ...rest } = views[at];
  return withViews(document, form, views.toSpliced(at + 1, 0, { ...rest, id: freeId(views, id), label }));
}

/** Before another place; `to` counts as if it were still where it is. */
export function moveView(document, form, from, to) {
  const views = viewsOf(document, form);
  return withViews(document, form, views.toSpliced(from, 1).toSpliced(to > from ? to - 1 : to, 0, views[from]));
}

export function removeView(document, form, id) {
  return withViews(document, form, viewsOf(document, form).filter((one) => one.id !== id));
}

/** What stands at `path` of a view; blank, empty and null go, and the objects that are left empty with them. */
export function setView(document, form, id, path, value) {
  return withView(document, form, id, (view) => put(view, path.split("/"), value));
}

export const valueAt = (view, path) => path.split("/").reduce((holder, key) => holder?.[key], view);

/** Of another kind, with what the server says of its options. */
export function becomeKind(document, form, id, { kind, options }) {
  return withView(document, form, id, ({ options: _, ...rest }) => ({ ...rest, kind, ...(options ? { options } : {}) }));
}

/** A role's list opens with this view and no other, or with this one no more. */
export function setOpens(document, form, id, role, on) {
  const views = viewsOf(document, form).map((view) => {
    const held = view.default_for ?? [];
    if (view.id === id && on) return held.includes(role) ? view : { ...view, default_for: [...held, role] };
    return held.includes(role) && (on || view.id === id) ? put(view, ["default_for"], held.filter((one) => one !== role)) : view;
  });
  return withViews(document, form, views);
}

function withView(document, form, id, make) {
  return withViews(document, form, viewsOf(document, form).map((view) => (view.id === id ? make(view) : view)));
}

function withViews(document, form, views) {
  return { ...document, forms: document.forms.map((one) => (one.id === form ? { ...one, views } : one)) };
}

function put(holder, [key, ...rest], value) {
  const { [key]: before, ...others } = holder ?? {};
  const next = rest.length ? put(before ?? {}, rest, value) : value;
  if (isNothing(next)) return others;
  return before === undefined ? { ...others, [key]: next } : { ...holder, [key]: next };
}

const isNothing = (value) => value === "" || value === null || value === undefined || (typeof value === "object" && Object.keys(value).length === 0);
