// The sign-in page: show the password, and take one of the sample people.
import { Controller } from "../lib/controller.js";

export default class SignIn extends Controller {
  reveal(event) {
    const field = this.target("password");
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    event.actor.setAttribute("aria-pressed", !shown);
  }

  choose(event) {
    this.target("person").value = this.param(event, "person");
    this.target("password").focus();
  }
}
