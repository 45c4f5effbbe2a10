// Reads a code from a picture, where the browser knows how; elsewhere the text is typed.
import { Controller } from "../lib/controller.js";
import { toast } from "../lib/toast.js";

export default class Scan extends Controller {
  connect() {
    const button = this.target("button");
    if (button) button.hidden = !("BarcodeDetector" in window);
  }

  async read(event) {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    const found = await new BarcodeDetector().detect(await createImageBitmap(file));
    if (!found.length) return toast(this.value("unknown"));
    const input = this.element.querySelector("input[name]");
    input.value = found[0].rawValue;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
