const TILES = 250; // more cannot be told apart; the smallest share one tile

/* Layers as areas: a squarified treemap (Bruls, Huizing, van Wijk 2000). */
class Treemap {
  constructor(measure, unit, open, showAll) {
    this.measure = measure;
    this.unit = unit;
    this.open = open;
    this.showAll = showAll;
    this.box = byId(`${measure}-treemap`);
    roving(this.box, "button");
    new ResizeObserver(() => this.draw()).observe(this.box);
  }

  use(model) {
    this.model = model;
    const inner = model.layers.filter((layer) => !layer.is_model);
    const unknown = inner.filter((layer) => layer[this.measure] === null);
    this.perStep = this.measure === "macs" && unknown.some((layer) => layer.macs_per_step !== null);
    const of = (layer) => (this.perStep ? layer.macs_per_step : layer[this.measure]); // never both in one picture
    const layers = inner.filter((layer) => of(layer) > 0).sort((a, b) => of(b) - of(a) || a.index - b.index);
    this.total = layers.reduce((sum, layer) => sum + of(layer), 0);
    const single = layers.length > TILES ? TILES - 1 : layers.length;
    this.tiles = layers.slice(0, single).map((layer) => ({ layer, value: of(layer), label: layer.name }));
    const rest = layers.slice(single);
    if (rest.length) {
      const value = rest.reduce((sum, layer) => sum + of(layer), 0);
      this.tiles.push({ value, label: counted(rest.length, "smaller layer"), layer: null });
    }
    const undrawn = [
      ["as unknown", unknown.filter((layer) => of(layer) === null)],
      ["as they run once for a sample", this.perStep ? inner.filter((layer) => layer.macs > 0) : []],
    ];
    byId(`${this.measure}-about`).textContent = this.about(layers.length, undrawn);
    this.buttons = this.tiles.map((tile, i) => this.tile(tile, i));
    this.box.replaceChildren(...this.buttons);
    this.box.hidden = !layers.length;
    this.width = 0;
    this.draw();
  }

  about(count, undrawn) {
    const each = this.perStep ? `${this.unit} per time step` : this.unit;
    const sentences = [count ? `${counted(count, "layer")} by ${count === 1 ? "its" : "their"} ${each}.` : `No layer has ${this.unit}.`];
    for (const [why, layers] of undrawn) {
      const more = layers.length > 5 ? ` and ${layers.length - 5} more` : "";
      if (layers.length) sentences.push(`Not drawn, ${why}: ${layers.slice(0, 5).map((layer) => layer.name).join(", ")}${more}.`);
    }
    return sentences.join(" ");
  }

  tile({ layer, value, label }, i) {
    const share = percent(value, this.total);
    const words = `${label}${layer ? `, ${layer.class_name}` : ""}: ${grouped(value)} ${this.unit}${this.perStep ? " per time step" : ""}, ${share}`;
    return el("button", {
      class: `tile ${layer ? layer.colour : "rest"}`, tabindex: i ? "-1" : "0", title: words, "aria-label": words,
      onclick: () => (layer ? this.open(layer) : this.showAll(this.measure)),
    }, el("span", { class: "label" }, label), el("span", { class: "value" }, number(value)), el("span", { class: "value" }, share));
  }

  draw() {
    const width = this.box.clientWidth;
    const height = this.box.clientHeight;
    if (!this.tiles?.length || !width || (width === this.width && height === this.height)) return;
    [this.width, this.height] = [width, height];
    squarify(this.tiles.map((tile) => tile.value), width, height).forEach((r, i) => {
      const { style, classList } = this.buttons[i];
      [style.left, style.width] = [r.x, r.width].map((length) => `${(100 * length) / width}%`);
      [style.top, style.height] = [r.y, r.height].map((length) => `${(100 * length) / height}%`); // on paper all is smaller
      classList.toggle("narrow", r.width < 56 || r.height < 18);
      classList.toggle("low", r.height < 62);
    });
  }
}

/* Rectangles with areas in proportion to the values, which best come largest first. */
function squarify(values, width, height) {
  const scale = (width * height) / values.reduce((sum, value) => sum + value, 0);
  const found = [];
  let [x, y, w, h] = [0, 0, width, height];
  for (let start = 0; start < values.length;) {
    const side = Math.min(w, h);
    let end = start + 1;
    let sum = values[start] * scale;
    const worst = (total, least) => Math.max((side ** 2 * values[start] * scale) / total ** 2, total ** 2 / (side ** 2 * least * scale));
    while (end < values.length && worst(sum + values[end] * scale, values[end]) <= worst(sum, values[end - 1])) sum += values[end++] * scale;
    const thick = sum / side;
    let along = 0;
    for (let i = start; i < end; i++) {
      const long = (values[i] * scale) / thick;
      found.push(w >= h ? { x, y: y + along, width: thick, height: long } : { x: x + along, y, width: long, height: thick });
      along += long;
    }
    if (w >= h) [x, w] = [x + thick, w - thick];
    else [y, h] = [y + thick, h - thick];
    start = end;
  }
  return found;
}
