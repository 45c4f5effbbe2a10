// What a page tells the server when it is printed.
import assert from "node:assert/strict";
import { test } from "node:test";

test("a page that is printed says which it is", async () => {
  const heard = {}, asked = [];
  globalThis.window = { addEventListener: (name, act) => { heard[name] = act; } };
  globalThis.document = { querySelector: () => ({ content: "t0ken" }) };
  globalThis.location = { pathname: "/apps/desk/forms/customer/records/7" };
  globalThis.fetch = async (url, options) => { asked.push([url, options]); return { status: 204 }; };
  const { noticePrinting } = await import("../../builder_ui/static/js/lib/printing.js");
  noticePrinting();
  assert.equal(asked.length, 0);
  heard.beforeprint();
  await new Promise((then) => { setTimeout(then); });
  const [[url, options]] = asked;
  assert.equal(url, "/printed");
  assert.equal(options.method, "POST");
  assert.equal(options.keepalive, true);
  assert.equal(options.body.get("page"), "/apps/desk/forms/customer/records/7");
  assert.equal(options.headers.get("X-CSRF-Token"), "t0ken");
});
