// Where one is, asked of the device; no map service is.
import { Controller } from "../lib/controller.js";
import { toast } from "../lib/toast.js";

export default class Location extends Controller {
  connect() {
    const button = this.target("button");
    if (button) button.hidden = !("geolocation" in navigator);
  }

  find(event) {
    const button = event.actor;
    button.setAttribute("aria-busy", "true");
    const done = () => button.removeAttribute("aria-busy");
    navigator.geolocation.getCurrentPosition((found) => {
      done();
      this.put("lat", found.coords.latitude);
      this.put("lon", found.coords.longitude);
    }, () => {
      done();
      toast(this.value("failed"));
    }, { enableHighAccuracy: true, timeout: 15_000 });
  }

  put(part, degrees) {
    const input = this.element.querySelector(`[name$=".${part}"]`);
    input.value = degrees.toFixed(6);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
