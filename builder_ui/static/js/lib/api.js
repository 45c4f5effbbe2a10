// Requests to our own server: CSRF token, JSON, and one way to say what went wrong.
import { csrf, signedInAgain } from "./session.js";

export class Failure extends Error {
  constructor(status, problems, text) {
    super(text);
    this.status = status;
    this.problems = problems;
  }
}

/** A fetch. Where the session ended, whoever sits here signs in again first, unless the question is `quiet`: then
    nobody may be there, and it does not count as use. */
export async function send(url, { quiet = false, ...options } = {}) {
  const response = await once(url, options, quiet);
  return response.status === 401 && !quiet && await signedInAgain() ? once(url, options) : response;
}

function once(url, options, quiet) {
  const headers = new Headers(options.headers);
  if (quiet) headers.set("X-Quiet", "1");
  if (options.method && options.method !== "GET") headers.set("X-CSRF-Token", csrf());
  return fetch(url, { credentials: "same-origin", ...options, headers });
}

/** POST a value as JSON, get one back; throws Failure with the Problems the server names. */
export async function postJson(url, value, options = {}) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  return readJson(await send(url, { ...options, method: "POST", headers, body: JSON.stringify(value) }));
}

export async function readJson(response) {
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const problems = answer.problems ?? [];
  throw new Failure(response.status, problems, problems[0]?.text ?? answer.detail ?? answer.title ?? response.statusText);
}
