// hx-get and hx-post: an element asks the server and says where the answer goes.
// Also hx-target, hx-select, hx-swap, hx-trigger, hx-push-url, hx-include; all as htmx reads them.
import { send } from "./api.js";
import { released } from "./pressing.js";
import { pick, swap } from "./swap.js";
import { toast } from "./toast.js";
import { defaultEvent, parseTriggers, withQuery } from "./triggers.js";

const ASKS = "[hx-get],[hx-post]";
const waiting = new WeakMap(); // element -> { timer, last, abort }
let underWay = 0;
const SOON = 300, GIVEN_UP = 120_000; // milliseconds after which waiting is shown, and for how long

export function startHypermedia(application) {
  for (const type of ["click", "submit", "change", "input"]) document.addEventListener(type, onEvent);
  application.inserted.push(onInserted);
  document.addEventListener("submit", onLeaving);
  addEventListener("popstate", (event) => { if (event.state?.hx) load(location.href, "#main"); });
  onInserted(document.documentElement);
}

function onInserted(node) {
  const found = [...(node.matches?.(ASKS) ? [node] : []), ...node.querySelectorAll(ASKS)];
  for (const element of found) {
    for (const trigger of triggersOf(element)) {
      if (trigger.event === "load") fire(element, trigger, null);
      if (trigger.every) poll(element, trigger.every);
    }
  }
}

/** Asks again and again while it is on the page and the page is looked at; quietly, nobody waits for it. */
function poll(element, every) {
  const timer = setInterval(() => {
    if (!element.isConnected) clearInterval(timer);
    else if (!document.hidden) quietly(element);
  }, every);
}

async function quietly(element) {
  try {
    const response = await send(element.getAttribute("hx-get"), { quiet: true, headers: { "HX-Request": "true", Accept: "text/html" } });
    const { nodes } = pick(await response.text());
    await released();
    if (response.ok && element.isConnected) swap(element, nodes, element.getAttribute("hx-swap") ?? undefined);
  } catch {
    // the next time will do
  }
}

/** Ask again for a part that asks by itself, now. */
export function refresh(id) {
  const element = document.getElementById(id);
  if (element) quietly(element);
}

function onEvent(event) {
  const element = event.target.closest?.(ASKS);
  const trigger = element && triggersOf(element).find((each) => each.event === event.type);
  if (!trigger || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.type === "submit" || event.type === "click") event.preventDefault();
  fire(element, trigger, event);
}

const triggersOf = (element) => parseTriggers(element.getAttribute("hx-trigger"), defaultEvent(element));

function fire(element, trigger, event) {
  const memory = waiting.get(element) ?? {};
  waiting.set(element, memory);
  if (trigger.changed && memory.last === element.value) return;
  memory.last = element.value;
  clearTimeout(memory.timer);
  const go = () => { if (element.isConnected) request(element, event, memory); };
  if (trigger.delay) memory.timer = setTimeout(go, trigger.delay);
  else go();
}

async function request(element, event, memory) {
  memory.abort?.abort();
  memory.abort = new AbortController();
  const posting = element.hasAttribute("hx-post");
  const fields = fieldsOf(element, event?.submitter);
  const url = element.getAttribute(posting ? "hx-post" : "hx-get");
  const options = posting ? { method: "POST", body: new URLSearchParams(fields) } : {};
  const address = posting ? url : withQuery(url, fields, location.href);
  element.setAttribute("aria-busy", "true");
  busy(1);
  try {
    const headers = { "HX-Request": "true", Accept: "text/html" };
    await answer(element, address, await send(address, { ...options, headers, signal: memory.abort.signal }));
  } catch (error) {
    if (error.name !== "AbortError") toast(document.documentElement.lang.startsWith("zh") ? "没有连上服务器" : "The server did not answer");
  } finally {
    element.removeAttribute("aria-busy");
    busy(-1);
  }
}

async function answer(element, address, response) {
  if (response.headers.get("HX-Redirect")) return location.assign(response.headers.get("HX-Redirect"));
  const { title, nodes } = pick(await response.text(), response.ok ? element.getAttribute("hx-select") : "h1");
  if (!response.ok) return toast(nodes[0]?.textContent ?? response.statusText);
  await released();
  const target = place(element, element.getAttribute("hx-target"));
  if (target) swap(target, nodes, element.getAttribute("hx-swap") ?? undefined);
  const push = response.headers.get("HX-Push-Url") ?? (element.getAttribute("hx-push-url") === "true" ? address : "");
  if (push) remember(push, title);
}

function remember(address, title) {
  if (!history.state?.hx) history.replaceState({ hx: true }, "");
  history.pushState({ hx: true }, "", address);
  if (title) document.title = title;
}

/** Fetch a page of ours and put its `selector` in place of the one shown. */
export async function load(address, selector) {
  const response = await send(address, { headers: { Accept: "text/html" } });
  const { title, nodes } = pick(await response.text(), selector);
  const target = document.querySelector(selector);
  if (!response.ok || !nodes.length || !target) return location.assign(address);
  swap(target, nodes, "outerHTML");
  document.title = title;
}

/** Visit inside the page: as a link with hx-push-url would. */
export async function visit(address) {
  remember(address, "");
  await load(address, "#main");
}

function place(element, where) {
  if (!where || where === "this") return element;
  return where.startsWith("closest ") ? element.closest(where.slice(8)) : document.querySelector(where);
}

/** Name-value pairs of the form (or of what hx-include names), else of the element alone. */
function fieldsOf(element, submitter) {
  const source = element.tagName === "FORM" ? element : place(element, element.getAttribute("hx-include") ?? "this");
  if (source?.tagName === "FORM") return [...new FormData(source, submitter ?? undefined)].filter(([, value]) => typeof value === "string");
  const named = source === element ? [element] : [...source.querySelectorAll("[name]")];
  return named.filter((each) => each.name && !each.disabled && !(/checkbox|radio/.test(each.type) && !each.checked)).map((each) => [each.name, each.value]);
}

/** A form that the browser sends by itself and that takes its time: something moves until the next page is there. */
function onLeaving(event) {
  setTimeout(() => {
    if (event.defaultPrevented || event.target.method !== "post" || event.target.target) return;
    busy(1);
    const done = () => { removeEventListener("pageshow", done); clearTimeout(late); busy(-1); };
    const late = setTimeout(done, GIVEN_UP);
    addEventListener("pageshow", done);
  }, SOON);
}

function busy(change) {
  underWay += change;
  const bar = document.querySelector(".bar-busy");
  if (!underWay) bar?.remove();
  else if (!bar) document.body.append(Object.assign(document.createElement("div"), { className: "bar-busy" }));
}
