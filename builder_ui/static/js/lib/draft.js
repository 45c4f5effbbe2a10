// The draft this page is about, once: fetched, kept for this window, sent back. Whoever edits asks for it here.
//   const draft = await openDraft(); draft.edit("改名", patch, { focus: location.pathname })
import { Failure, readJson, send } from "./api.js";
import { restore } from "../model/draft.js";
import { Refused } from "../model/saving.js";

let opened = null;

/** Resolves to the Draft of the app this page designs. */
export function openDraft() {
  const app = document.body.dataset.designFrameAppValue;
  opened ??= restore({ load: () => load(app), send: (edit) => save(app, edit), store: storeOf(app), newer: (since) => newer(app, since), later: (work, wait) => setTimeout(work, wait) });
  return opened;
}

const address = (app) => `/api/v1/design/${encodeURIComponent(app)}/draft`;

async function load(app) {
  return readJson(await send(address(app), { headers: { Accept: "application/json" } }));
}

/** Quietly: nobody need be there, and it does not count as use. */
async function newer(app, since) {
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  return readJson(await send(`${address(app)}/newer?since=${since}`, { quiet: true, headers }));
}

async function save(app, edit) {
  const body = JSON.stringify(edit);
  const headers = { "Content-Type": "application/json", Accept: "application/json", "Accept-Language": document.documentElement.lang };
  try {
    return await readJson(await send(address(app), { method: "PATCH", headers, body, keepalive: body.length < 60_000 }));
  } catch (error) {
    if (error instanceof Failure && error.status < 500) throw new Refused(error.problems.length ? error.problems : [{ text: error.message }]);
    throw error;
  }
}

/** For this window and as long as it lives; the oldest steps are let go where there is no room. */
function storeOf(app) {
  const key = `draft:${app}`;
  return {
    read() {
      try {
        return JSON.parse(sessionStorage.getItem(key));
      } catch {
        return null;
      }
    },
    write(value) {
      for (let most = value.steps.length; ; most = Math.floor(most / 2)) {
        try {
          sessionStorage.setItem(key, JSON.stringify({ ...value, steps: most ? value.steps.slice(-most) : [] }));
          return;
        } catch {
          if (most === 0) return;
        }
      }
    },
  };
}
