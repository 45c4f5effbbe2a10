// Where an expression stands, as its element says it: what the server is told with every question about it.

export function placeOf(element) {
  const said = (name) => element.getAttribute(`data-expression-editor-${name}-value`) ?? "";
  const expects = said("expects") || "any";
  return { revision: 0, form: withRows(said("form"), element), about: said("about"), expects, in_database: said("database") === "true" };
}

/** The app that is being designed. */
export const appOf = (element) => element.getAttribute("data-expression-editor-app-value") || document.body.dataset.designFrameAppValue;

/** In the panel of a sub-form's column the names are those of its row. */
function withRows(form, element) {
  const keys = (element.closest("[data-keys]")?.dataset.keys ?? "").split(" ").filter(Boolean);
  const rows = keys.length === 1 ? /^field:(\w+)\.\w+$/.exec(keys[0])?.[1] : "";
  const own = element.querySelector("[data-path]")?.dataset.path.split("/").length === 2; // not of an option
  return rows && own && form && !form.includes("/") ? `${form}/${rows}` : form;
}
