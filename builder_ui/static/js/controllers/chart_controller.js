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
    this.sizes = new ResizeObserver(() => this.resized());
    try {
      this.library = await charts(JSON.parse(this.value("files", "[]")));
    } catch (error) {
      return this.element.dispatchEvent(new CustomEvent("chart:missing", { bubbles: true }));
    }
    if (!this.gone) this.begin();
  }

  disconnect() {
    this.gone = true;
    this.scheme.removeEventListener("change", this.recolour);
    this.sizes.disconnect();
    cancelAnimationFrame(this.frame);
    this.chart?.dispose();
  }

  begin() {
    this.chart = this.library.init(this.element, null, { renderer: "svg" });
    this.chart.on("click", (point) => this.drill(keyOf(point), point.event?.event));
    this.chart.getZr().on("click", (event) => { if (!event.target) this.drill(this.columnKey(event), event.event); });
    this.chart.on("finished", () => { this.element.dataset.drawn = "true"; });
    this.draw();
    this.sizes.observe(this.element);
  }

  draw() {
    if (!this.chart || this.element.hidden || !this.element.clientWidth) return;
    const look = lookOf(this.element);
    this.size = `${look.width} ${look.height}`;
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
      const { width, height } = this.element.getBoundingClientRect();
      if (!width || `${width} ${height}` === this.size) return;
      this.chart.resize({ animation: { duration: 0 } });
      this.draw();
    });
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
