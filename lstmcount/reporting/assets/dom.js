const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

/* An element; children are elements or texts. Nothing that comes from a file is ever markup. */
function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/* A number in words: in groups of three, as everywhere in lstmcount. */
function grouped(value) {
  return (value < 0 ? "\u2212" : "") + String(Math.abs(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/* A number as a figure: the commas are style, so that it copies as digits alone. */
function number(value) {
  const [first, ...groups] = grouped(value).split(",");
  return el("span", { class: "number" }, first, groups.map((group) => el("span", null, group)));
}

/* 1 layer, 2,000 layers */
function counted(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/* A text of ours, in which numbers have commas. */
function prose(text) {
  return text.replaceAll(" -> ", " → ").split(/(\b\d{1,3}(?:,\d{3})+\b)/).map((part, i) => (i % 2 ? number(Number(part.replaceAll(",", ""))) : part));
}

/* A number that may not be known, or only for each time step. */
function amount(value, perStep, reason) {
  if (value !== null) return number(value);
  if (perStep !== null && perStep !== undefined) return el("span", null, number(perStep), "/step");
  return el("span", { class: "unknown", title: reason || "unknown" }, "?");
}

/* 1024-based, under the names that Keras gives them. */
function size(bytes) {
  let rest = bytes;
  for (const unit of ["B", "KB", "MB", "GB", "TB"]) {
    if (rest < 1024) return `${rest.toFixed(2)} ${unit}`;
    rest /= 1024;
  }
  return `${rest.toFixed(2)} PB`;
}

function percent(part, whole) {
  const share = (100 * part) / whole;
  return share && share < 0.05 ? "<0.1%" : `${share.toFixed(1)}%`;
}

/* One stop for the tab key among many buttons; arrows, Home and End go from one to another. */
function roving(container, selector) {
  container.addEventListener("keydown", (event) => {
    const all = [...container.querySelectorAll(selector)];
    const at = all.indexOf(event.target.closest(selector));
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const next = all[Math.min(Math.max(to, 0), all.length - 1)];
    for (const one of all) one.setAttribute("tabindex", one === next ? "0" : "-1");
    next.focus();
  });
}
