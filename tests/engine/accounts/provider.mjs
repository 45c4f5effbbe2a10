// A real OpenID Connect provider (the certified package oidc-provider) for the tests of single sign-on.
//   node provider.mjs PORT REDIRECT_URI
// Whoever signs in there as NAME is known by the subject NAME and the address NAME@example.com; addresses of
// names that begin with "un" are not verified.
import { Provider } from "oidc-provider";

const [port, redirect] = process.argv.slice(2);
const account = (id) => ({
  accountId: id,
  claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: !id.startsWith("un"), name: id }),
});
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "muniment", client_secret: "a secret, kept sealed: 100% +&/", redirect_uris: [redirect] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  pkce: { required: () => true },
  findAccount: (_, id) => account(id),
  cookies: { keys: ["only for tests"] },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
