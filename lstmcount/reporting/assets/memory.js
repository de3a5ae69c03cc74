const MOST = 14; // the slider goes to 2 to this power

/* Bytes of training and of inference for a batch size: fixed + batch × per sample. */
class MemoryByBatch {
  constructor() {
    this.box = byId("memory");
  }

  use(model, batch) {
    this.memory = model.memory;
    if (this.memory.reason) {
      this.box.replaceChildren(el("p", { class: "note" }, `Unknown: ${this.memory.reason}.`));
      return;
    }
    const fixed = this.memory.batch;
    const start = fixed ?? batch ?? 32;
    this.slider = el("input", { id: "batch-slider", type: "range", min: 0, max: MOST, step: 1, disabled: fixed !== null, oninput: () => this.show(2 ** this.slider.value) });
    this.field = el("input", { id: "batch", type: "number", min: 1, max: 2 ** 31, step: 1, disabled: fixed !== null, "aria-describedby": "batch-error", oninput: () => this.type() });
    this.error = el("span", { id: "batch-error", class: "error", role: "alert" });
    this.tables = el("div", { class: "memory" });
    this.box.replaceChildren(
      el("div", { class: "controls" }, el("label", null, "Batch size ", this.slider), el("label", null, el("span", { class: "unseen" }, "Batch size, exactly "), this.field), this.error,
        fixed !== null ? el("span", { class: "quiet" }, `The model fixes its batch size: ${fixed}.`) : null),
      this.tables,
      el("p", { class: "quiet" }, "An estimate by these rules: what a framework keeps beside them is not in it."),
    );
    this.show(start);
  }

  type() {
    const { validity, value } = this.field;
    const isRight = validity.valid && value !== "";
    this.error.textContent = isRight ? "" : `A batch size is a whole number from 1 to ${grouped(2 ** 31)}.`;
    this.field.setAttribute("aria-invalid", String(!isRight));
    if (isRight) this.show(Number(value));
  }

  show(batch) {
    if (document.activeElement !== this.field) {
      this.error.textContent = "";
      this.field.removeAttribute("aria-invalid");
    }
    if (document.activeElement !== this.field) this.field.value = batch;
    this.slider.value = Math.round(Math.log2(batch));
    this.slider.setAttribute("aria-valuetext", `batch size ${grouped(batch)}`);
    this.tables.replaceChildren(
      this.table("Training", `with ${this.memory.optimizer}`, this.memory.training, batch),
      this.table("Inference", "", this.memory.inference, batch),
    );
  }

  table(use, how, lines, batch) {
    const bytes = (line) => (line.fixed === null ? null : line.fixed + batch * line.per_sample);
    const parts = lines.filter((line) => line.name !== "Total");
    const total = bytes(lines[lines.length - 1]);
    const bar = el("div", { class: "stack", "aria-hidden": "true" }, total ? parts.map((line, i) => {
      const piece = el("span", { class: `piece-${i}` });
      piece.style.flexGrow = bytes(line);
      return piece;
    }) : []);
    const row = (line, i) => el("tr", { class: line.name === "Total" ? "total" : null },
      el("th", { scope: "row" }, line.name === "Total" ? null : el("span", { class: `swatch piece-${i}`, "aria-hidden": "true" }), line.name),
      el("td", { class: "numeric" }, bytes(line) === null ? amount(null, null, line.reason) : size(bytes(line))),
      el("td", { class: "numeric" }, bytes(line) === null ? "" : number(bytes(line))),
      el("td", { class: "rule" }, line.reason || line.rule, line.per_sample ? el("div", { class: "quiet" }, line.fixed ? [number(line.fixed), " + "] : null, "batch · ", number(line.per_sample)) : null));
    return el("div", null,
      el("h3", null, use, " ", el("span", { class: "quiet" }, how)), bar,
      el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Memory: ${use}` },
        el("table", null,
          el("thead", null, el("tr", null, el("th", { scope: "col" }, "What"), el("th", { scope: "col", class: "numeric" }, "Size"), el("th", { scope: "col", class: "numeric" }, "Bytes"), el("th", { scope: "col" }, "Rule"))),
          el("tbody", null, lines.map(row)))));
  }
}
