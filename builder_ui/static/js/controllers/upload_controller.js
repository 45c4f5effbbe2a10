// Files go up as soon as they are chosen or dropped, each with its progress; the form then sends their ids.
import { Controller } from "../lib/controller.js";
import { csrf, signedInAgain } from "../lib/session.js";
import { toast } from "../lib/toast.js";

export default class Upload extends Controller {
  choose(event) {
    for (const file of event.target.files) this.take(file);
    event.target.value = "";
  }

  over(event) {
    event.preventDefault();
    this.target("drop").classList.add("over");
  }

  out() {
    this.target("drop").classList.remove("over");
  }

  drop(event) {
    event.preventDefault();
    this.out();
    for (const file of event.dataTransfer.files) this.take(file);
  }

  take(file) {
    const made = this.target("template").content.firstElementChild.cloneNode(true);
    made.querySelector(".name").textContent = file.name;
    this.target("list").append(made);
    this.put(made, file);
  }

  put(made, file) {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => { made.querySelector("progress").value = event.loaded / event.total; };
    request.onload = () => this.arrived(made, request, file);
    request.onerror = () => this.failed(made, file.name);
    request.open("POST", "/api/v1/files");
    request.setRequestHeader("X-CSRF-Token", csrf());
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  }

  async arrived(made, request, file) {
    if (request.status === 401 && await signedInAgain()) return this.put(made, file);
    const answer = JSON.parse(request.responseText || "{}");
    if (request.status >= 300) return this.failed(made, answer.detail ?? answer.title ?? "");
    made.querySelector("progress").remove();
    made.querySelector("input").value = answer.id;
    this.tell();
  }

  failed(made, text) {
    made.remove();
    toast(text);
  }

  remove(event) {
    event.target.closest(".file").remove();
    this.tell();
  }

  tell() {
    this.element.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
