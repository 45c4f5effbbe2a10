// A switch nobody has touched is blank; once touched, off is a "no" that is sent.
import { Controller } from "../lib/controller.js";

export default class Switch extends Controller {
  set() {
    this.target("off").disabled = false;
  }
}
