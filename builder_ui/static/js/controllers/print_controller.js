// A page made for paper: the button asks the browser to print it.
import { Controller } from "../lib/controller.js";

export default class Print extends Controller {
  print() {
    window.print();
  }
}
