// A name written by hand: drawn on a canvas, kept as a picture as soon as the pen rests.
import { Controller } from "../lib/controller.js";
import { csrf, signedInAgain } from "../lib/session.js";
import { toast } from "../lib/toast.js";

const REST = 700; // milliseconds

export default class Signature extends Controller {
  connect() {
    this.pad = this.target("pad");
    if (!this.pad) return;
    this.pen = this.pad.getContext("2d");
    this.down = (event) => this.begin(event);
    this.moved = (event) => this.draw(event);
    this.up = () => this.rest();
    this.pad.addEventListener("pointerdown", this.down);
    this.pad.addEventListener("pointermove", this.moved);
    this.pad.addEventListener("pointerup", this.up);
    this.pad.addEventListener("pointercancel", this.up);
  }

  disconnect() {
    clearTimeout(this.timer);
    this.pad?.removeEventListener("pointerdown", this.down);
    this.pad?.removeEventListener("pointermove", this.moved);
    this.pad?.removeEventListener("pointerup", this.up);
    this.pad?.removeEventListener("pointercancel", this.up);
  }

  begin(event) {
    event.preventDefault();
    clearTimeout(this.timer);
    this.pad.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.pen.lineWidth = 4;
    this.pen.lineCap = this.pen.lineJoin = "round";
    this.pen.strokeStyle = "#1b2430";
    this.pen.beginPath();
    this.pen.moveTo(...this.place(event));
    this.target("hint").hidden = true;
  }

  draw(event) {
    if (!this.drawing) return;
    this.pen.lineTo(...this.place(event));
    this.pen.stroke();
  }

  rest() {
    if (!this.drawing) return;
    this.drawing = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), REST);
  }

  place(event) {
    const box = this.pad.getBoundingClientRect();
    return [((event.clientX - box.left) * this.pad.width) / box.width, ((event.clientY - box.top) * this.pad.height) / box.height];
  }

  async keep() {
    const picture = await new Promise((done) => this.pad.toBlob(done, "image/png"));
    const form = new FormData();
    form.append("file", new File([picture], "signature.png", { type: "image/png" }));
    const answer = await fetch("/api/v1/files", { method: "POST", body: form, headers: { "X-CSRF-Token": csrf() } });
    if (answer.status === 401 && await signedInAgain()) return this.keep();
    if (!answer.ok) return toast(this.value("failed"));
    this.set((await answer.json()).id);
  }

  clear() {
    clearTimeout(this.timer);
    this.pen.clearRect(0, 0, this.pad.width, this.pad.height);
    this.target("picture")?.remove();
    this.pad.hidden = false;
    this.target("hint").hidden = false;
    this.set("");
    this.pad.focus();
  }

  set(id) {
    this.target("value").value = id;
    this.target("value").dispatchEvent(new Event("change", { bubbles: true }));
  }
}
