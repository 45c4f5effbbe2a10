// Text with looks: bold, lists, links, headings. The server cleans whatever is sent; pasting takes only what it would keep.
import { Controller } from "../lib/controller.js";
import { cleaned } from "../lib/rich.js";

const BLOCKS = new Set(["h2", "h3", "blockquote"]);

export default class Rich extends Controller {
  connect() {
    this.text = this.target("text");
    this.typed = () => this.tell("input");
    this.left = () => this.tell("change");
    this.chosen = () => this.show();
    this.text.addEventListener("input", this.typed);
    this.text.addEventListener("focusout", this.left);
    document.addEventListener("selectionchange", this.chosen);
    document.execCommand("defaultParagraphSeparator", false, "p");
    document.execCommand("styleWithCSS", false, false);
  }

  disconnect() {
    this.text.removeEventListener("input", this.typed);
    this.text.removeEventListener("focusout", this.left);
    document.removeEventListener("selectionchange", this.chosen);
  }

  run(event) {
    this.text.focus();
    this.command(event.actor.dataset.richCommand);
  }

  command(name) {
    if (BLOCKS.has(name)) document.execCommand("formatBlock", false, this.standsIn(name) ? "p" : name);
    else if (name === "link") this.link();
    else document.execCommand(name);
    if (name === "removeFormat") document.execCommand("unlink");
    this.show();
  }

  link() {
    const address = prompt(this.value("ask"), this.within("a")?.getAttribute("href") ?? "https://");
    if (address === null) return;
    if (!address.trim() || address === "https://") document.execCommand("unlink");
    else document.execCommand("createLink", false, /^[a-z]+:/i.test(address) ? address : `https://${address}`);
  }

  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    this.link();
  }

  paste(event) {
    event.preventDefault();
    const html = event.clipboardData.getData("text/html");
    if (html) document.execCommand("insertHTML", false, cleaned(html));
    else document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
  }

  /** The nearest element of this tag around the cursor, inside the editor. */
  within(tag) {
    const node = getSelection().anchorNode;
    const found = (node?.nodeType === 1 ? node : node?.parentElement)?.closest(tag);
    return found && this.text.contains(found) ? found : null;
  }

  standsIn(name) {
    return this.within(name) !== null;
  }

  show() {
    if (!this.text.contains(getSelection().anchorNode)) return;
    for (const button of this.target("tools").querySelectorAll("[data-rich-command]")) {
      const name = button.dataset.richCommand;
      const on = BLOCKS.has(name) ? this.standsIn(name) : name === "link" ? this.standsIn("a") : state(name);
      button.setAttribute("aria-pressed", on);
    }
  }

  /** The hidden value says what is written; the form hears of it as of any other control. */
  tell(type) {
    const value = this.target("value");
    const now = this.text.textContent.trim() ? this.text.innerHTML : "";
    if (type === "change" && value.value === now && value.dataset.told === now) return;
    value.value = now;
    if (type === "change") value.dataset.told = now;
    value.dispatchEvent(new Event(type, { bubbles: true }));
  }
}

function state(name) {
  try {
    return document.queryCommandState(name);
  } catch {
    return false;
  }
}
