// The chart library, fetched when the first chart asks for it; and the house's colours as they are now.

let asked = null;

/** Both files once, one after the other; their addresses come from the server, hashed like all others. */
export function charts(addresses) {
  asked ??= addresses.reduce((before, address) => before.then(() => script(address)), Promise.resolve()).then(() => globalThis.echarts);
  return asked;
}

function script(address) {
  return new Promise((resolve, reject) => {
    const made = Object.assign(document.createElement("script"), { src: address });
    made.addEventListener("load", resolve);
    made.addEventListener("error", () => { asked = null; reject(new Error(`no answer: ${address}`)); });
    document.head.append(made);
  });
}

export function lookOf(element) {
  const style = getComputedStyle(element);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const { width, height } = element.getBoundingClientRect();
  return {
    palette: [1, 2, 3, 4, 5, 6, 7, 8].map((number) => colour(`chart-${number}`)), rest: colour("chart-rest"), heat: [colour("heat-low"), colour("heat-high")],
    ink: colour("ink"), soft: colour("ink-3"), line: colour("line"), surface: colour("surface"), onColour: colour("chart-ink"), font: style.fontFamily,
    width, height, motion: !matchMedia("(prefers-reduced-motion: reduce)").matches, language: document.documentElement.lang.startsWith("zh") ? "zh" : "en",
  };
}
