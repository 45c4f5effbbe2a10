// The panel at the right edge: closes by its button, by Esc and by a click beside it; forgets what it showed.
import { Controller } from "../lib/controller.js";

export default class Drawer extends Controller {
  connect() {
    this.beside = (event) => { if (event.target === this.element) this.close(); };
    this.empty = () => this.element.replaceChildren();
    this.element.addEventListener("click", this.beside);
    this.element.addEventListener("close", this.empty);
  }

  disconnect() {
    this.element.removeEventListener("click", this.beside);
    this.element.removeEventListener("close", this.empty);
  }

  close() {
    this.element.close();
  }
}
