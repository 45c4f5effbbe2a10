// Changes of an app as a whole, as pure functions of its document.

/** The document with a text at `path` (/app/label): of a label in several languages, that of this one. */
export function given(app, path, text, language) {
  const [, holder, key] = path.split("/");
  const before = app[holder] ?? {};
  const old = before[key];
  const value = old !== null && typeof old === "object" ? { ...old, [language]: text } : text;
  if (text === "" && key !== "label") {
    const { [key]: _, ...rest } = before;
    return { ...app, [holder]: rest };
  }
  return { ...app, [holder]: { ...before, [key]: value } };
}

/** A form opened to a role (`+` before the id: one that is made, named in `labels`; null: it is open), and listed in the menu group of
 * this number (`new`: one of its own; blank: nowhere). */
export function reached(app, { form, role, permission, group, labels = {} }) {
  return listed(role === null ? app : opened(app, form, role, permission, labels), form, group, labels);
}

function opened(app, form, role, permission, labels) {
  const id = role.replace(/^\+/, "");
  const roles = app.roles ?? [];
  const there = roles.some((one) => one.id === id) ? roles : [...roles, { id, label: labels.member ?? id }];
  return { ...app, roles: there.map((one) => (one.id === id ? { ...one, forms: { ...one.forms, [form]: permission } } : one)) };
}

function listed(app, form, group, labels) {
  const menus = app.menus ?? [];
  if (group === "" || group === null || menus.some((one) => one.items?.some((item) => item.form === form))) return app;
  const label = app.forms?.find((one) => one.id === form)?.label ?? form;
  const item = { label, form };
  if (group === "new") return { ...app, menus: [...menus, { label: labels.group ?? "", items: [item] }] };
  return { ...app, menus: menus.map((one, number) => (number === Number(group) ? { ...one, items: [...(one.items ?? []), item] } : one)) };
}

/** A test with other words at these places: [[pointer, text], …]; blank ones leave what stands there. */
export function saying(test, words) {
  return words.filter(([, text]) => text !== "").reduce((made, [at, text]) => put(made, at.split("/").slice(1), text), test);
}

function put(holder, [key, ...rest], text) {
  const next = rest.length > 0 ? put(holder[key], rest, text) : text;
  return Array.isArray(holder) ? holder.with(Number(key), next) : { ...holder, [key]: next };
}

/** Without the part of this id. */
export function without(app, kind, id) {
  return { ...app, [kind]: (app[kind] ?? []).filter((one) => one.id !== id) };
}

/** With what was parked: a form and what roles could do with it, a field, or a sub-form's column (`lines.price`). */
export function givenBack(app, { kind, form, path, definition, permissions = {} }) {
  if (kind === "form") {
    const roles = (app.roles ?? []).map((role) => (role.id in permissions ? { ...role, forms: { ...role.forms, [form]: permissions[role.id] } } : role));
    return { ...app, forms: [...(app.forms ?? []), definition], ...(app.roles ? { roles } : {}) };
  }
  const [outer, inner] = path.split(".");
  const into = (holder) => ({ ...holder, fields: [...(holder.fields ?? []), definition] });
  const within = (one) => (inner ? { ...one, fields: one.fields.map((field) => (field.id === outer ? into(field) : field)) } : into(one));
  return { ...app, forms: app.forms.map((one) => (one.id === form ? within(one) : one)) };
}
