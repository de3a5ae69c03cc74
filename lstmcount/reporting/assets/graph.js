const CLOSEST = 4; // how far one can zoom in
const STEP = 1.25;
const PAPER = { width: 680, height: 900, below: 600 }; // a sheet, and what is left below the figures
const EASY = 0.6; // above this scale a print is easy to read
const LEGIBLE = 0.4; // below this one it would show no words

/* A model's graph to move about in: a viewport onto an SVG, whose viewBox is what is seen. */
class Graph {
  constructor(models, open) {
    this.open = open;
    this.box = byId("graph-view");
    this.pointers = new Map();
    this.svgs = models.map((model, i) => {
      const svg = byId(`graph-${i}`);
      if (svg) this.prepare(svg, model);
      return svg;
    });
    byId("graph-closer").addEventListener("click", () => this.zoom(STEP));
    byId("graph-further").addEventListener("click", () => this.zoom(1 / STEP));
    byId("graph-whole").addEventListener("click", () => this.whole());
    byId("graph-start").addEventListener("click", () => this.start());
    this.box.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.box.addEventListener("pointerdown", (event) => this.press(event));
    this.box.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) this.box.addEventListener(end, (event) => this.pointers.delete(event.pointerId));
    this.box.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.resized()).observe(this.box);
    addEventListener("beforeprint", () => {
      this.printing = true;
      this.before = this.view;
      if (this.svg) this.look({ x: 0, y: 0, ...this.natural });
    });
    addEventListener("afterprint", () => {
      this.printing = false;
      if (this.svg) this.look(this.before);
    });
  }

  /* Boxes and clusters become buttons that open their layer. */
  prepare(svg, model) {
    const byPath = new Map(model.layers.map((layer) => [layer.path, layer]));
    const stops = [];
    for (const group of svg.querySelectorAll("g.layer, g.model")) {
      const layer = byPath.get(pathOf(group));
      if (!layer) continue;
      group.setAttribute("role", "button");
      group.setAttribute("aria-label", `${layer.class_name} ${layer.name}`);
      group.setAttribute("tabindex", stops.length ? "-1" : "0");
      const opens = (event) => {
        event.stopPropagation();
        if (!this.dragged) this.open(layer, model);
      };
      group.addEventListener("click", opens);
      group.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        this.dragged = false;
        opens(event);
      });
      group.addEventListener("focus", (event) => { if (event.target === group) this.reveal(group); });
      stops.push(group);
    }
    roving(svg, "[role=button]");
  }

  use(model) {
    this.svgs.forEach((svg, i) => { if (svg) svg.toggleAttribute("hidden", data.models[i] !== model); });
    this.svg = this.svgs[data.models.indexOf(model)];
    byId("graph-too-large").hidden = Boolean(this.svg);
    byId("graph-controls").hidden = this.box.hidden = !this.svg;
    if (!this.svg) return;
    this.natural = { width: Number(this.svg.getAttribute("width")), height: Number(this.svg.getAttribute("height")) };
    const scale = (height) => Math.min(PAPER.width / this.natural.width, height / this.natural.height);
    byId("graph").classList.toggle("unprinted", scale(PAPER.height) < LEGIBLE);
    this.box.style.setProperty("--printed-height", `${scale(PAPER.below) < EASY ? PAPER.height : PAPER.below}px`);
    this.box.style.setProperty("--natural-height", `${this.natural.height + 2}px`);
    this.start();
  }

  get size() {
    return { width: this.box.clientWidth, height: this.box.clientHeight };
  }

  /* From its beginning, as large as it is drawn where that fits the width. */
  start() {
    this.fit(Math.min(1, this.size.width / this.natural.width));
    if (this.view.height < this.natural.height) this.look({ ...this.view, y: 0 });
  }

  whole() {
    if (this.svg) this.fit(Math.min(1, this.size.width / this.natural.width, this.size.height / this.natural.height));
  }

  fit(scale) {
    const [width, height] = [this.size.width / scale, this.size.height / scale];
    this.look({ x: (this.natural.width - width) / 2, y: (this.natural.height - height) / 2, width, height });
  }

  look(view) {
    this.view = view;
    this.svg.setAttribute("viewBox", [view.x, view.y, view.width, view.height].map((n) => n.toFixed(2)).join(" "));
  }

  /* Keeps the scale at another width; a sheet's width is not the window's. */
  resized() {
    if (this.printing || !this.svg || !this.view || !this.size.width) return;
    const scale = this.shownWidth ? this.shownWidth / this.view.width : 1;
    if (this.shownWidth && this.shownWidth !== this.size.width) this.look({ ...this.view, width: this.size.width / scale, height: this.size.height / scale });
    if (!this.shownWidth) this.start();
    this.shownWidth = this.size.width;
  }

  /* Closer by that factor, about a point of the viewport (0 to 1 each way). */
  zoom(factor, at = { x: 0.5, y: 0.5 }) {
    const { x, y, width, height } = this.view;
    const least = Math.min(1, this.size.width / this.natural.width, this.size.height / this.natural.height) / 2;
    const scale = Math.min(CLOSEST, Math.max(least, (factor * this.size.width) / width));
    const [w, h] = [this.size.width / scale, this.size.height / scale];
    this.look({ x: x + (width - w) * at.x, y: y + (height - h) * at.y, width: w, height: h });
  }

  pan(dx, dy) {
    const { x, y, width, height } = this.view;
    const within = (value, low, high) => Math.min(Math.max(value, low), high);
    this.look({
      x: within(x + dx, -width / 2, this.natural.width - width / 2),
      y: within(y + dy, -height / 2, this.natural.height - height / 2), width, height,
    });
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
    event.preventDefault();
    const box = this.box.getBoundingClientRect();
    const at = { x: (event.clientX - box.x) / box.width, y: (event.clientY - box.y) / box.height };
    this.zoom(event.deltaY < 0 ? STEP : 1 / STEP, at);
  }

  press(event) {
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.dragged = false;
  }

  move(event) {
    const last = this.pointers.get(event.pointerId);
    if (!last) return;
    const apart = this.apart();
    const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
    if (!this.dragged && Math.hypot(dx, dy) < 4) return;
    this.dragged = true;
    this.box.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (apart) {
      this.zoom(this.apart() / apart);
      return;
    }
    const unit = this.view.width / this.size.width;
    this.pan(-dx * unit, -dy * unit);
  }

  /* How far two fingers are apart; nothing of one. */
  apart() {
    const [a, b] = this.pointers.values();
    return b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  }

  key(event) {
    const step = this.view.width / 8;
    const act = {
      "+": () => this.zoom(STEP), "=": () => this.zoom(STEP), "-": () => this.zoom(1 / STEP), 0: () => this.whole(),
      ...(event.shiftKey && { ArrowLeft: () => this.pan(-step, 0), ArrowRight: () => this.pan(step, 0), ArrowUp: () => this.pan(0, -step), ArrowDown: () => this.pan(0, step) }),
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  }

  /* Moves so that a box can be seen. */
  reveal(group) {
    const { x, y, width, height } = group.getBBox();
    const view = this.view;
    const outside = x < view.x || y < view.y || x + width > view.x + view.width || y + height > view.y + view.height;
    if (outside) this.look({ ...view, x: x + width / 2 - view.width / 2, y: y + height / 2 - view.height / 2 });
    this.box.scrollTo(0, 0); // the browser may have scrolled it to the focus
  }
}

/* The names of the models around a box and its own. */
function pathOf(group) {
  const names = [];
  for (let one = group; one; one = one.parentElement?.closest("g.model")) names.unshift(one.dataset.name);
  return names.join("/");
}
