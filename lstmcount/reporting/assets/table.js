/* The layers as rows that can be sorted, filtered and paged. */
class LayersTable {
  constructor(open) {
    this.open = open;
    this.head = document.querySelector("#layers-table thead tr");
    this.body = document.querySelector("#layers-table tbody");
    const again = () => this.filter();
    byId("find").addEventListener("input", again);
    byId("class").addEventListener("change", again);
    byId("with-params").addEventListener("change", again);
    this.pages = new Pages(byId("layers-pager"), 50, inWords, (shown) => this.draw(shown));
  }

  use(model) {
    this.model = model;
    this.sorted = { key: "index", up: true };
    byId("find").value = "";
    byId("with-params").checked = false;
    const classes = [...new Set(model.layers.map((layer) => layer.class_name))].sort();
    byId("class").replaceChildren(
      el("option", { value: "" }, "All"),
      ...classes.map((name) => el("option", { value: name }, name)),
    );
    this.columns = COLUMNS.filter((column) => column.key !== "connected_to" || model.is_graph);
    this.head.replaceChildren(...this.columns.map((column) => this.header(column)));
    this.filter();
  }

  header(column) {
    const mark = el("span", { class: "mark", "aria-hidden": "true" });
    const button = el("button", { onclick: () => this.sort(column) }, column.title, mark);
    return el("th", { scope: "col", "data-key": column.key, class: column.numeric ? "numeric" : null }, button);
  }

  sort(column, up) {
    const again = this.sorted.key === column.key;
    this.sorted = { key: column.key, up: up ?? (again ? !this.sorted.up : !column.numeric) };
    this.filter();
  }

  filter() {
    const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = byId("class").value;
    const some = byId("with-params").checked;
    this.found = this.model.layers.filter(
      (layer) =>
        (!wanted || layer.class_name === wanted) &&
        (!some || layer.params !== 0) &&
        words.every((word) => layer.text.includes(word)),
    );
    const column = COLUMNS.find((one) => one.key === this.sorted.key);
    const way = this.sorted.up ? 1 : -1;
    this.found.sort((a, b) => column.compare(a, b, way) || a.index - b.index);
    for (const th of this.head.children) {
      const is = th.dataset.key === this.sorted.key;
      if (is) th.setAttribute("aria-sort", this.sorted.up ? "ascending" : "descending");
      else th.removeAttribute("aria-sort");
    }
    this.pages.use(this.found, this.model.layers);
  }

  draw(shown) {
    const inOrder = this.sorted.key === "index" && this.found.length === this.model.layers.length;
    this.body.replaceChildren(...shown.map((layer) => this.row(layer, inOrder)));
  }

  row(layer, inOrder) {
    const cells = this.columns.map((column) =>
      el(column.key === "name" ? "th" : "td", { scope: column.key === "name" ? "row" : null, class: column.numeric ? "numeric" : null }, column.cell(layer, this)),
    );
    const row = el("tr", { class: layer.is_model ? "model" : null }, cells);
    if (inOrder) row.style.setProperty("--depth", layer.depth);
    return row;
  }
}

const text = (key) => (a, b, way) => way * a[key].localeCompare(b[key], "en", { numeric: true });

/* What is unknown comes last, either way. */
function quantity(key) {
  return (a, b, way) => {
    if (a[key] === null || b[key] === null) return (a[key] === null) - (b[key] === null);
    return way * (a[key] - b[key]);
  };
}

function parameters(layer) {
  if (layer.params === null || layer.state === "unbuilt") return amount(null, null, layer.reason);
  return number(layer.params);
}

const COLUMNS = [
  { key: "index", title: "#", numeric: false, compare: (a, b, way) => way * (a.index - b.index), cell: (layer) => String(layer.index + 1) },
  {
    key: "name", title: "Layer", compare: text("name"),
    cell: (layer, table) => el("button", { class: "layer", "aria-haspopup": "dialog", onclick: () => table.open(layer) }, layer.name),
  },
  {
    key: "class_name", title: "Class", compare: text("class_name"),
    cell: (layer) => [el("span", { class: `swatch ${layer.colour}`, "aria-hidden": "true" }), layer.class_name],
  },
  { key: "output_shape", title: "Output shape", compare: text("output_shape"), cell: (layer) => el("span", { class: "shape" }, layer.output_shape) },
  { key: "params", title: "Params", numeric: true, compare: quantity("params"), cell: parameters },
  {
    key: "share", title: "Share", numeric: true, compare: quantity("params"),
    cell: (layer, table) => (layer.params && table.model.totals.params ? percent(layer.params, table.model.totals.params) : ""),
  },
  { key: "trainable", title: "Trainable", numeric: true, compare: quantity("trainable"), cell: (layer) => amount(layer.trainable, null, layer.reason) },
  { key: "macs", title: "MACs", numeric: true, compare: quantity("macs"), cell: (layer) => amount(layer.macs, layer.macs_per_step, layer.reason) },
  { key: "connected_to", title: "Reads from", compare: text("reads"), cell: (layer) => el("span", { class: "reads" }, layer.reads) },
];
