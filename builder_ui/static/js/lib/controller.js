// A controller gives behaviour to HTML the server made:
//   <div data-controller="copy"><span data-copy-target="text">…</span>
//     <button data-action="click->copy#copy">…</button></div>
// What connect() starts, disconnect() stops.
export class Controller {
  constructor(element, name) {
    this.element = element;
    this.name = name;
  }

  connect() {}

  disconnect() {}

  /** The first target of this name that belongs to this element. */
  target(name) {
    return this.targets(name)[0] ?? null;
  }

  targets(name) {
    const wanted = `[data-${this.name}-target~="${name}"]`;
    const found = [...this.element.querySelectorAll(wanted)].filter((each) => this.owns(each));
    return this.element.matches(wanted) ? [this.element, ...found] : found;
  }

  owns(element) {
    return element.closest(`[data-controller~="${this.name}"]`) === this.element;
  }

  /** `data-chat-at-value` is value("at"). */
  value(name, fallback = "") {
    return this.element.getAttribute(`data-${this.name}-${name}-value`) ?? fallback;
  }

  /** `data-chat-place-param` of the element whose action runs is param(event, "place"). */
  param(event, name) {
    return event.actor.getAttribute(`data-${this.name}-${name}-param`) ?? "";
  }
}
