// The dialog over a page whose session ended: the password, then perhaps a code; a sign-in in another window
// of this browser counts too.
import { Controller } from "../lib/controller.js";
import { adopt, signedIn } from "../lib/session.js";

export default class SignInAgain extends Controller {
  connect() {
    this.csrf = "";
    this.returned = () => this.look();
    addEventListener("focus", this.returned);
    this.look(); // somebody else may sit here already
  }

  disconnect() {
    removeEventListener("focus", this.returned);
  }

  async look() {
    try {
      this.done(await signedIn());
    } catch {
      // it is asked again when the form is sent
    }
  }

  async send(event) {
    event.preventDefault();
    const form = event.target.closest("form");
    const given = Object.fromEntries(new FormData(form));
    const question = this.target("code").hidden ? { person: given.person, password: given.password } : { code: given.code };
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": this.csrf };
    this.say("");
    try {
      const options = { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(question) };
      const response = await fetch("/sign-in/again", options);
      const answer = await response.json();
      if (response.ok) this.step(answer);
      else this.refused(answer.detail ?? answer.title, form);
    } catch {
      this.say(this.target("problem").dataset.offline);
    }
  }

  step(answer) {
    this.csrf = answer.csrf;
    if (answer.step === "in") return this.done(answer);
    if (answer.step === "enrol") return this.say(this.target("problem").dataset.unfinished);
    this.target("password").hidden = true;
    this.target("code").hidden = false;
    this.target("code").querySelector("input").focus();
  }

  done(who) {
    if (!who || !this.element.open) return;
    if (who.person !== this.value("person")) return this.say(this.target("problem").dataset.other);
    adopt(who.csrf);
    this.element.close("in");
  }

  refused(text, form) {
    this.say(text);
    const field = [...form.querySelectorAll("input:not([readonly])")].find((each) => !each.closest("[hidden]"));
    field.value = "";
    field.focus();
  }

  say(text) {
    this.target("problem").textContent = text;
    this.target("problem").hidden = !text;
  }

  cancel() {
    this.element.close("");
  }
}
