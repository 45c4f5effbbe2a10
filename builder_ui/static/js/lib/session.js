// A session that ends while somebody works: sign-in happens in place, over the page, and then what was
// asked is asked again. What was typed stays where it is.
import { toast } from "./toast.js";

const meta = (name) => document.querySelector(`meta[name="${name}"]`);
export const csrf = () => meta("csrf-token")?.content ?? "";
export const person = () => meta("person")?.content ?? "";

/** From now on this token stands in the page and in every form of it. */
export function adopt(token) {
  meta("csrf-token")?.setAttribute("content", token);
  for (const field of document.querySelectorAll('input[name="_csrf"]')) field.value = token;
}

/** Who is signed in in this browser now; null: nobody. Throws when the server does not answer. */
export async function signedIn() {
  const response = await fetch("/session", { credentials: "same-origin", headers: { Accept: "application/json" } });
  return response.ok ? response.json() : null;
}

let asking = null;

/** Ask whoever sits here to sign in again, once for all who wait; whether he did, as the person of this page. */
export function signedInAgain() {
  asking ??= ask().finally(() => { asking = null; });
  return asking;
}

async function ask() {
  const address = `/sign-in/again?${new URLSearchParams({ person: person(), language: document.documentElement.lang })}`;
  const response = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const dialog = document.adoptNode(page.querySelector("dialog"));
  document.body.append(dialog);
  const before = document.activeElement;
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    dialog.remove();
    before?.focus?.({ preventScroll: true });
    resolve(dialog.returnValue === "in");
  }));
}

const passed = new WeakSet();
const asked = new WeakSet(); // a second click while we ask is not a second wish

/** Forms the browser sends by itself leave only while their session lives; else they say `stayed`. */
export function guardForms() {
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || form.method !== "post" || form.dataset.anytime !== undefined || !person()) return;
    if (passed.delete(form)) return;
    event.preventDefault();
    if (asked.has(form)) return;
    asked.add(form);
    const may = await mayLeave();
    asked.delete(form);
    if (may) {
      passed.add(form);
      form.requestSubmit(submitter);
    } else form.dispatchEvent(new Event("stayed"));
  });
}

async function mayLeave() {
  try {
    const who = await signedIn();
    if (who?.person !== person()) return await signedInAgain();
    adopt(who.csrf);
    return true;
  } catch {
    toast(document.documentElement.lang.startsWith("zh") ? "没有连上服务器，内容还在这里" : "The server did not answer; what you typed is still here");
    return false;
  }
}
