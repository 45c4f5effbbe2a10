// Everything starts here: which controllers there are (fetched when first asked for), and hypermedia.
import { Application } from "./lib/application.js";
import { watchComposition } from "./lib/composition.js";
import { startHypermedia } from "./lib/hypermedia.js";
import { watchPresses } from "./lib/pressing.js";
import { noticePrinting } from "./lib/printing.js";
import { guardForms } from "./lib/session.js";

const names = [
  "autosubmit", "board", "by-width", "calendar", "capture", "chart", "chat", "checklist", "choices", "choices-editor", "comments", "condition-builder", "copy", "decide", "deleting",
  "design-form", "design-frame", "design-life", "design-palette", "digits", "drawer", "export", "expression-editor", "filters", "gantt", "icon-picker", "kanban", "kinds", "location", "mapping",
  "mention", "menu", "menu-designer", "mirror", "moving", "opener", "people", "permissions", "picker", "pieces", "preview", "preview-form", "print", "query", "radio", "restoring", "retention-designer",
  "rich", "rows", "scan", "selection", "shortcuts", "side", "sign-in", "sign-in-again", "signature", "state", "switch", "tabs", "tasks",
  "try-record", "upload", "views-designer", "widget",
];
const file = (name) => `./controllers/${name.replaceAll("-", "_")}_controller.js`;
const loaders = Object.fromEntries(names.map((name) => [name, () => import(file(name))]));

watchComposition();
watchPresses();
const application = new Application(loaders);
startHypermedia(application);
guardForms(); // after everything else that may take a form into its own hands
application.start();
noticePrinting();
