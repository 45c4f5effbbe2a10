// Finds data-controller and data-action in the page and keeps controllers connected to it.
// A controller's file is fetched when the first element asks for it.
const EVENTS = ["click", "change", "input", "submit", "keydown", "focus", "blur", "dragover", "dragleave", "drop", "paste", "cancel", "toggle"];
const ACTION = /^([a-z]+)->([a-z-]+)#([A-Za-z]+)$/;

export class Application {
  constructor(loaders, root = document) {
    this.loaders = loaders;
    this.root = root;
    this.connected = new Map(); // element -> Map(name -> controller)
    this.inserted = []; // called with every element that appears
  }

  start() {
    this.root.addEventListener("submit", (event) => this.hold(event), true);
    for (const type of EVENTS) this.root.addEventListener(type, (event) => this.dispatch(event), true);
    new MutationObserver((changes) => this.changed(changes)).observe(this.root, { childList: true, subtree: true });
    this.scan(this.root.documentElement ?? this.root);
  }

  changed(changes) {
    for (const change of changes) for (const node of change.removedNodes) if (node.nodeType === 1) this.sweep(node);
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1 && node.isConnected) this.scan(node);
  }

  scan(node) {
    for (const element of within(node, "[data-controller]")) {
      for (const name of element.dataset.controller.split(/\s+/)) this.connect(element, name);
    }
    for (const listener of this.inserted) listener(node);
  }

  sweep(node) {
    for (const element of within(node, "[data-controller]")) {
      if (element.isConnected) continue; // it only moved
      for (const controller of this.connected.get(element)?.values() ?? []) guard(controller, "disconnect");
      this.connected.delete(element);
    }
  }

  async connect(element, name) {
    const known = this.connected.get(element) ?? new Map();
    if (known.has(name) || !this.loaders[name]) return;
    const loading = this.loaders[name]();
    this.connected.set(element, known.set(name, new Waiting(loading)));
    const Found = (await loading).default;
    if (!element.isConnected || this.connected.get(element) !== known) return;
    const controller = new Found(element, name);
    const waiting = known.get(name);
    known.set(name, controller);
    guard(controller, "connect");
    for (const [method, event] of waiting.calls) guard(controller, method, event);
  }

  /** A form is sent when everything in it is connected: what was typed into a picker belongs to it. */
  hold(event) {
    const waiting = [...this.connected].filter(([element]) => event.target.contains(element))
      .flatMap(([, known]) => [...known.values()]).filter((each) => each instanceof Waiting);
    if (!waiting.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    Promise.all(waiting.map((each) => each.loading)).then(() => setTimeout(() => event.target.requestSubmit(event.submitter)));
  }

  /** One listener a type: every data-action on the way from the target outwards. */
  dispatch(event) {
    for (let element = event.target; element && element !== this.root; element = element.parentNode) {
      const described = element.getAttribute?.("data-action");
      if (described) this.act(element, described, event);
      if (event.cancelBubble) return;
    }
  }

  act(element, described, event) {
    for (const part of described.split(/\s+/)) {
      const [, type, name, method] = ACTION.exec(part) ?? [];
      if (type !== event.type || (type === "focus" || type === "blur") && element !== event.target) continue;
      const owner = element.closest(`[data-controller~="${name}"]`);
      const controller = this.connected.get(owner)?.get(name);
      if (!controller) continue;
      event.actor = element;
      guard(controller, method, event);
    }
  }
}

/** Stands in while a controller's file is on its way; keeps the calls. */
class Waiting {
  constructor(loading) {
    this.loading = loading;
    this.calls = [];
  }

  disconnect() {}
}

function guard(controller, method, event) {
  if (controller instanceof Waiting) {
    if (event) controller.calls.push([method, event]);
    if (event?.key === "Enter") event.preventDefault(); // its controller would decide, and is not here yet
    return;
  }
  try {
    if (typeof controller[method] !== "function") throw new Error(`Action "${controller.name}#${method}" names no method`);
    controller[method](event);
  } catch (error) {
    console.error(`${controller.name}#${method} failed`, controller.element, error);
  }
}

function within(node, selector) {
  const found = [...node.querySelectorAll(selector)];
  return node.matches?.(selector) ? [node, ...found] : found;
}
