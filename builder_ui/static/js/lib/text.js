// Text as people type it with a Chinese input method.

/** Full-width letters, digits and signs -> ASCII; the ideographic space -> a space. */
export function fold(text) {
  return text.replace(/[\uff01-\uff5e]/g, (each) => String.fromCharCode(each.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, " ");
}

/** What was typed as a number: folded, 。 for the point, signs that only group left alone. */
export function foldNumber(text) {
  return fold(text).replace(/。/g, ".").replace(/，|、/g, ",").replace(/[\s]/g, "");
}

/** 甲、乙 or a, b, in the language of the page. */
export function joined(items) {
  return items.join(document.documentElement.lang.startsWith("zh") ? "、" : ", ");
}

/** "{at} of {n}" with its places filled. */
export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
