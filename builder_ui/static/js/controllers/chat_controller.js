// Reading a conversation: from hit to hit with the buttons or n and p, and straight to the message asked for.
import { Controller } from "../lib/controller.js";
import { fill } from "../lib/text.js";

export default class Chat extends Controller {
  connect() {
    this.place = -1;
    this.key = (event) => this.pressed(event);
    document.addEventListener("keydown", this.key);
    if (isReturning()) return this.tell(); // the browser knows where one was
    const asked = document.getElementById(`m${this.value("at")}`);
    if (asked) this.show(asked, this.targets("hit").indexOf(asked));
    else if (this.targets("hit").length && !location.hash) this.go(0);
    else this.tell();
  }

  disconnect() {
    document.removeEventListener("keydown", this.key);
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    if (event.key === "n") this.next();
    if (event.key === "p") this.previous();
  }

  next() {
    this.go(this.place + 1);
  }

  previous() {
    this.go(this.place - 1);
  }

  go(place) {
    const hits = this.targets("hit");
    if (!hits.length) return;
    const wanted = (place + hits.length) % hits.length;
    this.show(hits[wanted], wanted);
  }

  show(bubble, place) {
    this.place = place;
    this.element.querySelector(".now")?.classList.remove("now");
    bubble.classList.add("now");
    bubble.scrollIntoView({ block: "center" });
    this.tell();
  }

  tell() {
    const hits = this.target("hits");
    const { text, none } = hits.dataset;
    const n = this.targets("hit").length;
    this.target("place").textContent = n ? fill(text, { at: this.place + 1, n }) : none;
  }
}

const isReturning = () => performance.getEntriesByType("navigation")[0]?.type === "back_forward";
