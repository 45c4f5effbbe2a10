// Draws one chart from the option the server made; a click on a bar, slice, cell or word asks for the records behind it.
//   <div data-controller="chart" data-chart-option-value="{…}" data-chart-files-value="[…]" data-chart-drill-value="/…&key="></div>
import { Controller } from "../lib/controller.js";
import { dressed } from "../lib/chart_look.js";
import { tip } from "../lib/chart_tip.js";
import { charts, lookOf } from "../lib/charts.js";
import { drillAddress, keyOf, keyOfPlace } from "../lib/drilling.js";

export default class Chart extends Controller {
  async connect() {
    this.gone = false;
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.recolour = () => this.draw();
    this.scheme.addEventListener("change", this.recolour);
    this.paper = () => this.onPaper();
    for (const moment of ["beforeprint", "afterprint"]) addEventListener(moment, this.paper);
    this.sizes = new ResizeObserver(() => this.resized());
    try {
      this.library = await charts(JSON.parse(this.value("files", "[]")));
    } catch (error) {
      return this.element.dispatchEvent(new CustomEvent("chart:missing", { bubbles: true }));
    }
    if (this.gone) return;
    this.sizes.observe(this.element);
    this.begin();
  }

  disconnect() {
    this.gone = true;
    this.scheme.removeEventListener("change", this.recolour);
    for (const moment of ["beforeprint", "afterprint"]) removeEventListener(moment, this.paper);
    this.sizes.disconnect();
    cancelAnimationFrame(this.frame);
    this.chart?.dispose();
  }

  /** As soon as there is room: behind its table a chart has none. */
  begin() {
    if (this.chart || !this.element.clientWidth) return;
    this.chart = this.library.init(this.element, null, { renderer: "svg" });
    this.chart.on("click", (point) => this.drill(keyOf(point), point.event?.event));
    this.chart.getZr().on("click", (event) => { if (!event.target) this.drill(this.columnKey(event), event.event); });
    this.chart.on("finished", () => { this.element.dataset.drawn = "true"; });
    this.draw();
  }

  draw(still = {}) {
    if (!this.chart || this.element.hidden || !this.element.clientWidth) return;
    const look = { ...lookOf(this.element), ...still };
    this.size = `${look.width} ${look.height}`;
    delete this.element.dataset.drawn;
    const option = dressed(JSON.parse(this.value("option")), look);
    const again = matchMedia("(hover: none)").matches ? this.value("again") : "";
    option.tooltip = { ...option.tooltip, formatter: (points) => tip(points, again) };
    this.chart.setOption(option, { notMerge: true });
    if (!look.motion) this.element.dataset.drawn = "true";
  }

  /** Drawn anew, not only stretched: labels, legend and marks depend on the room. */
  resized() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      if (!this.chart) return this.begin();
      const { width, height } = this.element.getBoundingClientRect();
      if (!width || `${width} ${height}` === this.size) return;
      this.chart.resize({ animation: { duration: 0 } });
      this.draw();
    });
  }

  /** A sheet is printed as soon as its listeners have run: nothing may wait for the next frame. */
  onPaper() {
    if (!this.chart) return;
    this.chart.resize({ animation: { duration: 0 } });
    this.draw({ motion: false });
    this.chart.getZr().refreshImmediately();
  }

  /** Beside a thin bar or a small dot one means it all the same. */
  columnKey({ offsetX, offsetY }) {
    const option = JSON.parse(this.value("option"));
    if (!option.xAxis || !this.chart.containPixel("grid", [offsetX, offsetY])) return undefined;
    const [x, y] = this.chart.convertFromPixel("grid", [offsetX, offsetY]);
    return keyOfPlace(option, option.yAxis.type === "category" ? y : x);
  }

  /** A finger has no hover: its first tap tells the numbers, the second one goes there. */
  drill(key, event) {
    const address = drillAddress(this.value("drill"), key);
    if (!address) return;
    if (matchMedia("(hover: none)").matches && this.told !== address) this.told = address;
    else if (event?.ctrlKey || event?.metaKey) window.open(address, "_blank", "noopener");
    else location.assign(address);
  }
}
