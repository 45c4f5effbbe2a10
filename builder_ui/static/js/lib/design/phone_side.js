// The form as people see it on a phone, beside the canvas: the preview itself, asked for anew whenever the draft was
// saved, at the place it was scrolled to.
const KEY = "design:phone";

export class PhoneSide {
  constructor(designer) {
    this.designer = designer;
  }

  listen(on) {
    on(document.body, "draft:saved", () => this.again());
    if (sessionStorage.getItem(KEY) === "shown") this.show(true);
  }

  get shown() {
    return !this.designer.target("phone").hidden;
  }

  toggle() {
    this.show(!this.shown);
    sessionStorage.setItem(KEY, this.shown ? "shown" : "");
  }

  show(shown) {
    const { designer } = this;
    const side = designer.target("phone");
    side.hidden = !shown;
    designer.target("phones").setAttribute("aria-pressed", String(shown));
    this.waiting?.remove();
    this.waiting = null;
    side.replaceChildren();
    if (shown) this.again();
  }

  /** The new page takes the place of the old one when it is there: nothing blinks. */
  again() {
    if (!this.shown) return;
    this.waiting?.remove();
    const side = this.designer.target("phone");
    const before = side.querySelector("iframe");
    const frame = Object.assign(document.createElement("iframe"), { title: this.designer.words.phone, src: `${this.designer.value("base")}/preview/page?fill=sample` });
    frame.hidden = Boolean(before);
    this.waiting = before ? frame : null;
    frame.addEventListener("load", () => {
      if (!before || frame !== this.waiting) return;
      frame.hidden = false;
      frame.contentWindow.scrollTo(0, before.contentWindow.scrollY);
      before.remove();
      this.waiting = null;
    }, { once: true });
    side.append(frame);
  }
}
