/* A long list a page at a time: its status, in words of `what`, and buttons to go through it. */
class Pages {
  constructor(pager, size, what, draw) {
    this.pager = pager;
    this.size = size;
    this.what = what;
    this.draw = draw;
    this.status = el("p", { role: "status" });
    const button = (label, to) => el("button", { onclick: () => this.go(to()) }, label);
    this.back = [button("First", () => 0), button("Previous", () => this.page - 1)];
    this.forth = [button("Next", () => this.page + 1), button("Last", () => this.count - 1)];
    this.buttons = el("div", { class: "pages" }, this.back, this.forth);
    pager.replaceChildren(this.status, this.buttons);
    addEventListener("beforeprint", () => this.show(0, PRINTED));
    addEventListener("afterprint", () => this.go(this.page));
  }

  use(found, all) {
    this.found = found;
    this.all = all;
    this.go(0);
  }

  get count() {
    return Math.max(1, Math.ceil(this.found.length / this.size));
  }

  go(page) {
    this.page = Math.min(Math.max(page, 0), this.count - 1);
    this.show(this.page * this.size, this.size);
  }

  show(from, count) {
    const shown = this.found.slice(from, from + count);
    const found = this.found.length;
    const which = this.what(this.found, this.all);
    this.status.textContent = shown.length < found ? `${which}, ${from + 1} to ${from + shown.length} shown` : which;
    this.buttons.hidden = this.count === 1;
    for (const button of this.back) button.disabled = this.page === 0;
    for (const button of this.forth) button.disabled = this.page === this.count - 1;
    this.draw(shown);
  }
}

/* 4 layers, 2 of 3 inputs: inputs and inner models are rows too, and no layers of their own. */
function inWords(found, all) {
  const kind = (layer) => (layer.class_name === "InputLayer" ? "input" : layer.is_model ? "model" : "layer");
  const count = (layers, noun) => layers.filter((layer) => kind(layer) === noun).length;
  const words = ["layer", "input", "model"].filter((noun) => count(all, noun)).map((noun) => {
    const [some, whole] = [count(found, noun), count(all, noun)];
    return `${some === whole ? "" : `${grouped(some)} of `}${counted(whole, noun)}`;
  });
  return words.join(", ") || "no layers";
}
const PRINTED = 1000; // rows of a print; more are not read on paper
