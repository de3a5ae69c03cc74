const MARKS = { same: "=", added: "+", removed: "\u2212", changed: "~", renamed: ">" };

/* Models beside each other: their totals, and of two of them the layers. */
class Comparison {
  constructor(models, changes, open) {
    this.models = models;
    this.changes = changes;
    this.open = open;
    this.totals();
    byId("comparison-layers").hidden = !changes.length;
    if (!changes.length) return;
    this.pages = new Pages(byId("comparison-pager"), 50, rowsInWords, (shown) =>
      byId("comparison-body").replaceChildren(...shown.map((change) => this.row(change))));
    const only = byId("only-changes");
    only.addEventListener("change", () => this.filter(only.checked));
    only.checked = changes.some((one) => one.change !== "same");
    this.filter(only.checked);
  }

  totals() {
    const two = this.models.length === 2;
    const measures = [["Parameters", "params"], ["Trainable", "trainable"], ["Non-trainable", "non_trainable"], ["Weights, bytes", "bytes"], ["MACs", "macs"], ["Layers", "layers"]];
    const cell = (value) => (value !== null && typeof value === "object" ? amount(value.value, value.per_step) : amount(value));
    const of = (model, key) => (key === "macs" ? model.totals.macs.value : model.totals[key]);
    byId("comparison-totals").replaceChildren(
      el("thead", null, el("tr", null, el("td"), this.models.map((model) => el("th", { scope: "col", class: "numeric" }, model.source)),
        two ? [el("th", { scope: "col", class: "numeric" }, "Change"), el("th", { scope: "col", class: "numeric" }, "%")] : null)),
      el("tbody", null, measures.map(([title, key]) => el("tr", null, el("th", { scope: "row" }, title),
        this.models.map((model) => el("td", { class: "numeric" }, cell(model.totals[key]))),
        two ? difference(...this.models.map((model) => of(model, key))).map((one) => el("td", { class: "numeric" }, one)) : null))));
  }

  filter(only) {
    this.pages.use(only ? this.changes.filter((one) => one.change !== "same") : this.changes, this.changes);
  }

  row({ change, old, new: now, details }) {
    const [before, after] = [old, now].map((row, i) => (row === null ? null : this.models[i].layers[row]));
    const side = (layer, model) => [
      el("td", null, layer ? [el("button", { class: "layer", "aria-haspopup": "dialog", onclick: () => this.open(layer, model) }, layer.name), el("div", { class: "quiet" }, layer.class_name)] : ""),
      el("td", null, layer ? el("span", { class: "shape" }, layer.output_shape) : ""),
      el("td", { class: "numeric" }, layer ? parameters(layer) : ""),
    ];
    const [delta] = difference(before ? before.params : 0, after ? after.params : 0);
    return el("tr", { class: change },
      el("td", null, el("span", { class: "change" }, `${MARKS[change]} ${change}`)),
      side(before, this.models[0]), side(after, this.models[1]),
      el("td", { class: "numeric" }, delta), el("td", { class: "arguments" }, prose(details)));
  }
}

function rowsInWords(found, all) {
  return `${found.length === all.length ? "" : `${grouped(found.length)} of `}${counted(all.length, "layer")}`;
}

/* New less old, as a number and in percent. */
function difference(old, now) {
  if (old === null || now === null) return [amount(null), ""];
  const change = now - old;
  const share = old && change ? `${change > 0 ? "+" : "\u2212"}${Math.abs((100 * change) / old).toFixed(1)}%` : "";
  return [change > 0 ? el("span", null, "+", number(change)) : number(change), share];
}
