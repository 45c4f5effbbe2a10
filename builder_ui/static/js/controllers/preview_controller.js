// The preview's frame: as whom, with what in it, how wide. The form is in a window of its own and loads anew when the
// draft was saved.
import { Controller } from "../lib/controller.js";

export default class Preview extends Controller {
  connect() {
    this.saved = () => this.reload();
    document.body.addEventListener("draft:saved", this.saved);
    this.window = this.target("window");
    this.loaded = () => this.why();
    this.window.addEventListener("load", this.loaded);
    const width = sessionStorage.getItem("preview:width") ?? (innerWidth < 700 ? "phone" : "desk");
    this.become(width);
  }

  disconnect() {
    document.body.removeEventListener("draft:saved", this.saved);
    this.window.removeEventListener("load", this.loaded);
  }

  reload() {
    const address = new URL(this.value("source"), location.href);
    const chosen = { as: this.target("role").value, fill: this.target("fill").value };
    for (const [name, value] of Object.entries(chosen)) if (value) address.searchParams.set(name, value);
    const here = new URL(location.href);
    here.search = address.search;
    history.replaceState(history.state, "", here);
    this.window.src = address.href;
  }

  width(event) {
    this.become(event.actor.dataset.width);
  }

  become(width) {
    this.target("stage").dataset.width = width;
    sessionStorage.setItem("preview:width", width);
    for (const button of this.element.querySelectorAll("button[data-width]")) button.setAttribute("aria-pressed", String(button.dataset.width === width));
  }

  why() {
    this.window.contentDocument?.body?.classList.toggle("without-reasons", !this.target("why").checked);
  }
}
