// One short message at the bottom, at most one at a time; with an action (or several) it stays longer. Answers its
// box, whose first child is the text.
let timer;

export function toast(text, action, wait = action ? 8000 : 4000) {
  const place = document.getElementById("toasts");
  const box = document.createElement("div");
  box.className = "toast fade";
  box.append(text);
  for (const one of action ? [action].flat() : []) box.append(button(one, place));
  place.replaceChildren(box);
  clearTimeout(timer);
  box.style.setProperty("--wait", `${wait}ms`);
  timer = setTimeout(() => place.replaceChildren(), wait);
  return box;
}

function button(action, place) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = action.text;
  if (action.key) made.append(" ", Object.assign(document.createElement("kbd"), { className: "kbd only-desk", textContent: action.key }));
  made.addEventListener("click", () => { place.replaceChildren(); action.run(); });
  return made;
}
