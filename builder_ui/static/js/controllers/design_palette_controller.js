// The palette: found by Chinese, pinyin and initials; a click or Enter adds, dragging belongs to the canvas.
import { Controller } from "../lib/controller.js";
import { fold } from "../lib/text.js";

export default class DesignPalette extends Controller {
  connect() {
    this.keys = (event) => this.key(event);
    this.clicks = (event) => this.clicked(event);
    this.element.addEventListener("keydown", this.keys);
    this.element.addEventListener("click", this.clicks);
  }

  disconnect() {
    this.element.removeEventListener("keydown", this.keys);
    this.element.removeEventListener("click", this.clicks);
  }

  find() {
    const wanted = this.wanted;
    for (const tile of this.targets("tile")) tile.hidden = !tile.dataset.find.includes(wanted);
    for (const group of this.targets("group")) {
      const hits = [...group.querySelectorAll(".tile")].filter((tile) => !tile.hidden);
      group.hidden = hits.length === 0;
      if (wanted) group.open = true;
    }
    this.target("nothing").hidden = this.shown.length > 0;
    for (const tile of this.targets("tile")) tile.classList.toggle("best", Boolean(wanted) && tile === this.best);
  }

  get wanted() {
    return fold(this.target("search").value).toLowerCase().replace(/\s/g, "");
  }

  /** What Enter adds: called just so, else beginning so, else the first that is found. */
  get best() {
    const words = (tile) => tile.dataset.find.split(" ");
    return this.shown.find((tile) => words(tile).includes(this.wanted)) ?? this.shown.find((tile) => words(tile).some((word) => word.startsWith(this.wanted))) ?? this.shown[0];
  }

  get shown() {
    return this.targets("tile").filter((tile) => !tile.hidden && tile.closest("details").open);
  }

  key(event) {
    const tile = event.target.closest(".tile");
    const searching = event.target === this.target("search");
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (searching && event.key === "Enter") {
      event.preventDefault();
      event.stopPropagation();
      if (this.best) this.add(this.best);
    } else if (searching && event.key === "Escape" && event.target.value) {
      event.stopPropagation();
      event.target.value = "";
      this.find();
    } else if (step && (tile || (searching && event.key === "ArrowDown"))) {
      event.preventDefault();
      const tiles = this.shown;
      tiles[Math.min(tiles.length - 1, Math.max(0, tiles.indexOf(tile) + step))]?.focus();
    }
  }

  clicked(event) {
    const tile = event.target.closest(".tile");
    if (tile) this.add(tile);
  }

  add(tile) {
    this.element.dispatchEvent(new CustomEvent("design:add", { bubbles: true, detail: { tile } }));
    const search = this.target("search");
    if (search.value) {
      search.value = "";
      this.find();
    }
  }
}
