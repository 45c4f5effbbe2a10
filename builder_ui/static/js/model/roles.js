// What the permission designer does to a document: each a pure function from a document to the next one.
const ACTIONS = ["read", "create", "update", "delete", "export"];

export const roleOf = (document, id) => (document.roles ?? []).find((role) => role.id === id) ?? null;

/** `make(role)` in place of the role; the same document where there is none. */
export function withRole(document, id, make) {
  return { ...document, roles: (document.roles ?? []).map((role) => (role.id === id ? make(role) : role)) };
}

export function addRole(document, role) {
  return { ...document, roles: [...(document.roles ?? []), role] };
}

export function removeRole(document, id) {
  return { ...document, roles: (document.roles ?? []).filter((role) => role.id !== id) };
}

/** A key of a role; blank, false and empty ones go. */
export function setRole(document, id, key, value) {
  return withRole(document, id, (role) => having(role, key, value));
}

/** What a role may do with a form; `make(permission)` gets {} where it may nothing, null takes it away. */
function setPermission(document, role, form, make) {
  return withRole(document, role, (found) => {
    const next = make(found.forms?.[form] ?? {});
    return having(found, "forms", having(found.forms ?? {}, form, next, false));
  });
}

/** Rows and actions of a preset; what is said of fields and views stays. null: nothing any more. */
export function applyPreset(document, role, form, preset) {
  return setPermission(document, role, form, (before) => {
    if (preset === null) return null;
    const { rows: _rows, actions: _actions, ...rest } = before;
    return { ...preset, ...rest };
  });
}

/** One action more or less, in the order of all. Without any it is no permission any more. */
export function setAction(document, role, form, action, on) {
  return setPermission(document, role, form, (before) => {
    const held = new Set(Object.keys(before).length === 0 ? [] : before.actions ?? ["read"]);
    if (on) held.add(action);
    else held.delete(action);
    if (held.size > 0 && on) held.add("read");
    const actions = ACTIONS.filter((each) => held.has(each));
    return actions.length > 0 ? { ...before, actions } : null;
  });
}

/** What may be done with a field, or "*" for the rest; "" leaves it to what is usual. */
export function setField(document, role, form, field, access) {
  return setPermission(document, role, form, (before) => having(before, "fields", having(before.fields ?? {}, field, access)));
}

/** The views a form offers to a role; all of them are not named. */
export function setViews(document, role, form, views, all) {
  return setPermission(document, role, form, (before) => {
    const { views: _views, ...rest } = before;
    return views.length === all.length ? rest : { ...rest, views };
  });
}

export function setRows(document, role, form, key, text) {
  const value = text.trim();
  return setPermission(document, role, form, (before) => having(before, key, key === "rows" && value === "true" ? "" : value));
}

export function setReport(document, role, report, access) {
  return withRole(document, role, (found) => having(found, "reports", having(found.reports ?? {}, report, access)));
}

export function setDuty(document, role, duty, on) {
  return withRole(document, role, (found) => {
    const duties = (found.manages ?? []).filter((each) => each !== duty);
    return having(found, "manages", on ? [...duties, duty] : duties);
  });
}

/** Asking to see masked fields in full: off, or with what it begins with. */
export function setUnmask(document, id, on) {
  return withRole(document, id, (role) => having(role, "unmask", on ? { minutes: 30 } : null));
}

/** Breaking the glass: off, or of these forms, with these people told. */
export function setEmergency(document, id, on, forms, alarm) {
  return withRole(document, id, (role) => having(role, "emergency", on ? { forms, hours: 4, alarm } : null));
}

/** A number of `unmask` (minutes) or `emergency` (hours). */
export function setMeasure(document, id, holder, key, value) {
  return withRole(document, id, (role) => ({ ...role, [holder]: { ...role[holder], [key]: value } }));
}

/** One entry of a list of `unmask` (confirm) or `emergency` (forms, alarm) more or less; a list that may be absent
 * goes when it is empty. */
export function setListed(document, id, holder, key, name, on) {
  return withRole(document, id, (role) => {
    const rest = (role[holder]?.[key] ?? []).filter((each) => each !== name);
    const next = on ? [...rest, name] : rest;
    const { [key]: _, ...others } = role[holder] ?? {};
    return { ...role, [holder]: next.length > 0 || key !== "confirm" ? { ...role[holder], [key]: next } : others };
  });
}

/** The holder with `key` set, or without it where there is nothing to say. `bare`: an empty object says nothing. */
function having(holder, key, value, bare = true) {
  const { [key]: _, ...rest } = holder;
  const nothing = value === null || value === undefined || value === "" || value === false
    || (bare && typeof value === "object" && Object.keys(value).length === 0);
  return nothing ? rest : { ...holder, [key]: value };
}
