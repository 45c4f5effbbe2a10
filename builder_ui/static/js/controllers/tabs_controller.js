// Tabs of a layout: one panel at a time, arrows between them; the first with something wrong comes to the front.
import { Controller } from "../lib/controller.js";

export default class Tabs extends Controller {
  connect() {
    this.shown = () => this.settle();
    this.element.addEventListener("shown", this.shown);
    const wrong = this.targets("tab").find((tab) => !tab.hidden && tab.querySelector(".wrong-dot"));
    if (wrong) this.open(wrong);
    else this.settle();
  }

  disconnect() {
    this.element.removeEventListener("shown", this.shown);
  }

  choose(event) {
    this.open(event.actor);
  }

  key(event) {
    if (!event.target.matches("[role=tab]")) return;
    const tabs = this.visible();
    const at = tabs.indexOf(event.target);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.open(tabs.at(next % tabs.length)).focus();
  }

  chosen() {
    return this.targets("tab").find((tab) => tab.getAttribute("aria-selected") === "true");
  }

  visible() {
    return this.targets("tab").filter((tab) => !tab.hidden);
  }

  /** Conditions may have taken the open tab away. */
  settle() {
    const open = this.chosen();
    this.open(open && !open.hidden ? open : this.visible()[0]);
  }

  open(wanted) {
    for (const tab of this.targets("tab")) {
      const chosen = tab === wanted;
      tab.setAttribute("aria-selected", chosen);
      tab.tabIndex = chosen ? 0 : -1;
      const panel = this.targets("panel").find((each) => each.id === tab.getAttribute("aria-controls"));
      if (panel) panel.hidden = !chosen;
    }
    return wanted;
  }
}
