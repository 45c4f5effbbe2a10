// What may be pasted into a text with looks: the same few tags the server keeps, without attributes but a link's.
const KEPT = new Set(["P", "BR", "STRONG", "B", "EM", "I", "U", "S", "H2", "H3", "H4", "UL", "OL", "LI", "BLOCKQUOTE", "A", "CODE", "PRE"]);
const AS = { H1: "H2", H5: "H4", H6: "H4", DIV: "P", TR: "P" };
const GONE = new Set(["SCRIPT", "STYLE", "HEAD", "META", "TITLE", "OBJECT", "IFRAME", "TEMPLATE"]);
const LINK = /^(https?:|mailto:|tel:)/i;

/** HTML of another program -> HTML of these tags; `parse` makes a document of it. */
export function cleaned(html, parse = (text) => new DOMParser().parseFromString(text, "text/html")) {
  return inner(parse(unstyled(html)).body);
}

/** Without looks of its own: the page's policy forbids them, and the browser would complain of each. */
export function unstyled(html) {
  const bare = (tag) => tag.replace(/\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, "");
  return html.replace(/<style[\s\S]*?(<\/style\s*>|$)/gi, "").replace(/<[^>]*>/g, bare);
}

function inner(node) {
  return [...node.childNodes].map(outer).join("");
}

function outer(node) {
  if (node.nodeType === 3) return escaped(node.nodeValue);
  if (node.nodeType !== 1 || GONE.has(node.nodeName)) return "";
  const name = AS[node.nodeName] ?? node.nodeName;
  if (!KEPT.has(name)) return inner(node);
  const tag = name.toLowerCase();
  if (name === "BR") return "<br>";
  const href = node.getAttribute("href") ?? "";
  if (name === "A" && !LINK.test(href)) return inner(node);
  return `<${tag}${name === "A" ? ` href="${escaped(href)}"` : ""}>${inner(node)}</${tag}>`;
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
