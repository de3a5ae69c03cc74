/* What one layer is and where its numbers come from, in a sheet over the page. */
class Details {
  constructor() {
    this.dialog = byId("details");
    this.dialog.addEventListener("close", () => history.replaceState(null, "", location.pathname + location.search));
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close(); // beside the sheet
    });
  }

  use(model) {
    this.model = model;
    if (this.dialog.open) this.dialog.close();
  }

  open(layer, model = this.model) {
    const { layers, derivations } = model;
    const go = (by, label) =>
      el("button", { disabled: !layers[layer.index + by], onclick: () => this.open(layers[layer.index + by], model) }, label);
    const bar = el("div", { class: "bar" }, go(-1, "Previous"), go(1, "Next"),
      el("button", { class: "close", onclick: () => this.dialog.close() }, "Close"));
    const derivation = layer.derivation === null ? null : derivations[layer.derivation];
    this.dialog.replaceChildren(el("div", { class: "sheet" },
      bar,
      el("h2", { id: "details-title" }, layer.name, " ", el("span", { class: "quiet" }, layer.class_name)),
      facts(layer, model),
      layer.reason ? el("p", { class: "note" }, `Unknown here: ${layer.reason}.`) : null,
      derivation ? derived(derivation, layer) : null,
      pictures(layer, model),
    ));
    history.replaceState(null, "", `#${encodeURIComponent(layer.path)}`);
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    bar.querySelector(".close").focus();
  }
}

/* The pictures of a recurrent layer, which the page holds apart. */
const DRAWN = new Map([...document.querySelectorAll("#pictures > svg")].map((svg) => [svg.id, svg]));

function pictures(layer, model) {
  return [["cell", "The cell"], ["unrolled", "Over time"]].map(([kind, title]) => {
    const svg = DRAWN.get(`${kind}-${data.models.indexOf(model)}-${layer.index}`);
    return svg ? [el("h3", null, title), el("div", { class: "scroll picture", tabindex: "0", role: "region", "aria-label": title }, svg)] : null;
  });
}

function facts(layer, model) {
  const total = model.totals.params;
  const rows = [
    ["Input", el("span", { class: "shape" }, layer.input_shape)],
    ["Output", el("span", { class: "shape" }, layer.output_shape)],
    ["Parameters", [parameters(layer), layer.params && total ? ` (${percent(layer.params, total)} of the model)` : ""]],
    ["Trainable", amount(layer.trainable, null, layer.reason)],
    ["MACs", amount(layer.macs, layer.macs_per_step, layer.reason)],
    ["Weights", layer.bytes === null ? amount(null) : [size(layer.bytes), " (", number(layer.bytes), " bytes)"]],
  ];
  if (layer.reads) rows.push(["Reads from", layer.reads]);
  return el("dl", { class: "facts" }, rows.map(([term, value]) => el("div", null, el("dt", null, term), el("dd", null, value))));
}

function derived(derivation, layer) {
  const { parts, total, frozen, why, notes } = derivation;
  return [
    parts.length ? parts.map(part) : el("p", null, "It has no weights."),
    total ? [el("h3", null, "Together"), el("p", { class: "formula" }, prose(total))] : null,
    frozen ? el("p", null, number(layer.params - frozen), " of ", number(layer.params), " train, ", number(frozen), " do not.") : null,
    why ? [el("h3", null, "Why the output is ", el("span", { class: "shape" }, layer.output_shape)), el("p", null, prose(why))] : null,
    notes.length ? [el("h3", null, "Notes"), el("ul", null, notes.map((note) => el("li", null, prose(note))))] : null,
  ];
}

function part(one) {
  const each = one.names.length > 1 ? ", each" : "";
  return [
    one.names.length ? el("h3", { class: "part" }, `${one.names.join(" and ")} (${one.class_name})${each}`) : null,
    one.equations.length
      ? [el("h3", null, one.over_time ? "At each time step t" : "It computes"), el("div", { class: "formula" }, one.equations.map((line) => el("div", null, line)))]
      : null,
    el("h3", null, "Matrices"),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Matrices" },
      el("table", { class: "matrices" },
        el("thead", null, el("tr", null, ["Matrix", "Axes", "Shape", "Parameters"].map((title) => el("th", { scope: "col" }, title)))),
        el("tbody", null, one.matrices.map(([names, axes, shape, count]) =>
          el("tr", null, el("th", { scope: "row" }, names), el("td", null, axes), el("td", null, shape), el("td", { class: "numeric" }, prose(count))))))),
    el("h3", null, "As Keras stores them"),
    el("ul", { class: "stored" }, one.stored.map((line) => el("li", null, prose(line)))),
    el("h3", null, "Count"),
    el("div", { class: "formula" },
      el("div", null, one.formula),
      one.substituted !== one.formula ? el("div", null, "= ", prose(one.substituted)) : null,
      el("div", null, "= ", el("strong", null, amount(one.count)))),
    one.sum ? el("div", { class: "formula" }, one.sum, " = ", amount(one.count)) : null,
  ];
}
