// A sub-form: add, remove, Enter goes down, a block of cells pasted from a spreadsheet makes rows.
import { Controller } from "../lib/controller.js";
import { blockOf, renamed } from "../lib/rows.js";

export default class Rows extends Controller {
  connect() {
    this.key = (event) => this.pressed(event);
    this.pasted = (event) => this.paste(event);
    this.element.addEventListener("keydown", this.key);
    this.element.addEventListener("paste", this.pasted);
    this.number();
  }

  disconnect() {
    this.element.removeEventListener("keydown", this.key);
    this.element.removeEventListener("paste", this.pasted);
  }

  add() {
    const row = this.append();
    this.controls(row)[0]?.focus();
    this.tell();
  }

  append() {
    const row = this.target("template").content.firstElementChild.cloneNode(true);
    this.target("body").append(row);
    this.number();
    return row;
  }

  remove(event) {
    const row = event.target.closest("tr");
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.number();
    this.controls(neighbour)[0]?.focus();
    this.tell();
  }

  /** Names and ids say which row they are in; they follow when rows move. */
  number() {
    this.targets("row").forEach((row, index) => {
      row.querySelector(`[data-${this.name}-target~="number"]`).textContent = index + 1;
      for (const each of row.querySelectorAll("[name], [id], [data-picker-name-value]")) {
        for (const attribute of ["name", "id", "aria-describedby", "aria-controls", "data-picker-name-value"]) {
          const value = each.getAttribute(attribute);
          if (value) each.setAttribute(attribute, renamed(value, this.value("name"), index));
        }
      }
    });
  }

  pressed(event) {
    if (event.key !== "Enter" || event.defaultPrevented || !event.target.matches("input, select")) return;
    event.preventDefault();
    const rows = this.targets("row");
    const row = event.target.closest("tr");
    const column = this.controls(row).indexOf(event.target);
    const below = rows[rows.indexOf(row) + 1] ?? this.append();
    this.controls(below)[column]?.focus();
  }

  paste(event) {
    const block = blockOf(event.clipboardData.getData("text/plain"));
    if (block.length < 2 && (block[0]?.length ?? 0) < 2) return;
    event.preventDefault();
    const row = event.target.closest("tr");
    const column = this.controls(row).indexOf(event.target);
    let at = this.targets("row").indexOf(row);
    for (const cells of block) {
      const here = this.controls(this.targets("row")[at++] ?? this.append());
      cells.forEach((cell, index) => { if (here[column + index]) here[column + index].value = cell; });
    }
    this.tell();
  }

  controls(row) {
    return row ? [...row.querySelectorAll("td input:not([type=hidden]), td select, td textarea")] : [];
  }

  tell() {
    this.element.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
