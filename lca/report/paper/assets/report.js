"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const make = (name, text, style) => {
    const found = document.createElement(name);
    if (text !== undefined) found.textContent = text;
    if (style) found.className = style;
    return found;
  };
  const figures = (value, count = 3) => {
    if (!Number.isFinite(value)) return "n/a";
    if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9))
      return value.toExponential(count - 1).replace("-", "−");
    return value.toLocaleString("en-US", { maximumSignificantDigits: count }).replace("-", "−");
  };

  // Tables sort by a click on a heading: numbers by value, all else by the alphabet.
  const keyOf = (cell) => {
    const text = (cell.querySelector(".trail") || cell).firstChild?.textContent ?? "";
    const number = parseFloat(text.replace(/[,<>≈]/g, "").replace("−", "-"));
    return Number.isNaN(number) ? cell.textContent.trim() : number;
  };
  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b
      : typeof a === typeof b ? String(a).localeCompare(String(b)) : typeof a === "number" ? -1 : 1;
  const sort = (button) => {
    const heading = button.closest("th"), body = button.closest("table").tBodies[0];
    const up = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", up ? "ascending" : "descending");
    const isWhole = (row) => row.className === "total";
    const rows = [...body.rows].sort((a, b) => isWhole(a) - isWhole(b) ||
      (up ? 1 : -1) * compare(keyOf(a.cells[heading.cellIndex]), keyOf(b.cells[heading.cellIndex])));
    body.append(...rows);
  };

  // A number opens its trail: its largest lines, and below each the tree of its formula.
  const interval = (low, high) => (low === high ? "" : ` (${figures(low)} to ${figures(high)})`);
  const branch = (place) => {
    const node = data.trails.nodes[place], item = make("li"), parts = node.i || [];
    const head = parts.length ? make("summary") : item;
    head.append(make("b", node.n), ` = ${figures(node.v, 4)}${node.r ? interval(...node.r) : ""} ${node.u}`);
    const said = [node.f, node.d || (parts.length ? "" : "exact"), node.q, node.o].filter(Boolean);
    if (node.s) {
      const source = data.trails.sources[node.s];
      said.push(source ? `source: ${source.citation}` : `source: ${node.s}`);
    }
    head.append(make("span", said.join(" · "), "say"));
    if (!parts.length) return item;
    const details = make("details"), list = make("ul", undefined, "tree");
    details.append(head, list);
    details.addEventListener("toggle", () => {
      if (!list.children.length) list.append(...parts.map(branch));
    });
    item.append(details);
    return item;
  };
  const lineOf = (trail, [place, activity, amount]) => {
    const [what, by, node, several] = data.trails.lines[place];
    const item = make("li"), inner = make("ul", undefined, "tree");
    item.append(make("b", `${what}: ${figures(amount)} ${trail.unit}`),
      make("span", `${figures(activity, 4)} ${by} × ${several ? "an intensity that changes by year; the first is" : ""}`, "say"));
    inner.append(branch(node));
    item.append(inner);
    return item;
  };
  const partOf = (key) => {
    const part = data.trails.numbers[key], item = make("li");
    if (!part) return item;
    const button = make("button", part.title, "trail");
    button.type = "button";
    button.dataset.trail = key;
    item.append(button, ` = ${figures(part.median)} ${part.unit}`, interval(part.p5, part.p95));
    return item;
  };
  let shown = "";
  const open = (key) => {
    const trail = data.trails.numbers[key], dialog = document.getElementById("trail");
    const body = dialog.querySelector(".body"), list = make("ul", undefined, "tree");
    document.getElementById("trail-title").textContent = trail.title;
    body.replaceChildren();
    if (trail.unit !== undefined) {
      const whole = make("p");
      whole.append(make("b", `${figures(trail.median)} ${trail.unit}`), interval(trail.p5, trail.p95),
        `; ${figures(trail.central)} with every input central.`);
      body.append(whole);
    }
    list.append(...(trail.lines || []).map((line) => lineOf(trail, line)), ...(trail.parts || []).map(partOf));
    if (trail.more)
      list.append(make("li", `${trail.more[0]} smaller lines: ${figures(trail.more[1])} ${trail.unit}`));
    body.append(make("p", trail.say || "Largest lines, at central values:", "note"), list);
    if (dialog.open && shown) {
      const back = make("p", "Back to ");
      back.append(partOf(shown).firstChild);
      body.append(back);
    }
    shown = key;
    if (dialog.open) dialog.querySelector(".close").focus();
    else dialog.showModal();
    dialog.scrollTop = 0;
  };

  // Sliders: the central estimate of every option, as lca itself would compute it.
  const form = document.querySelector("form.sliders");
  const valuesOf = () => Object.fromEntries(data.sliders.inputs.map((one) => {
    const control = form.elements[one.name];
    // a control that was not moved stands for the scenario's own value, without rounding
    return [one.name, control.value === control.defaultValue ? one.value : Number(control.value)];
  }));
  const show = () => {
    const values = valuesOf(), sliders = data.sliders, scales = sliders.scales;
    for (const one of sliders.inputs) {
      const value = one.stops ? one.stops[values[one.name]] : values[one.name] * one.scale;
      form.elements[one.name].parentNode.querySelector("output").textContent =
        `${one.stops ? Number(value.toFixed(2)) : value.toFixed(one.digits)} ${one.unit}`.replace(" %", "%");
    }
    const found = sliders.options.map((_, place) => resultAt(sliders, place, values));
    const base = sliders.options.map((_, place) => resultAt(sliders, place, {}));
    const judged = (pair) => (scales.per && pair[1] !== null ? pair[1] : pair[0]);
    const most = Math.max(...found.map(judged), ...base.map(judged));
    const best = Math.min(...found.map(judged));
    document.querySelectorAll(".what-if tbody tr").forEach((row, place) => {
      const [total, per] = found[place], cell = (name) => row.querySelector(name);
      cell(".per").textContent = scales.per && per !== null
        ? figures(per / scales.per[0]) : "–";
      cell(".whole").textContent = figures(total / scales.total[0]);
      cell(".per").dataset.value = per;
      cell(".whole").dataset.value = total;
      const change = judged(found[place]) / judged(base[place]) - 1;
      cell(".change").textContent = Math.abs(change) < 5e-4 ? "same"
        : `${change > 0 ? "+" : "−"}${Math.abs(100 * change).toFixed(1)}%`;
      cell(".bar").style.width = `${Math.max(0, 100 * judged(found[place]) / most)}%`;
      row.classList.toggle("best", judged(found[place]) === best);
    });
  };
  if (form) {
    form.addEventListener("input", show);
    form.addEventListener("reset", () => setTimeout(show));
    form.addEventListener("submit", (event) => event.preventDefault());
    show();
  }
  // a page whose result changes says so, with the trails of the new one
  document.addEventListener("trails", (event) => { data.trails = event.detail; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.classList.contains("sort")) sort(button);
    else if (button?.dataset.trail) open(button.dataset.trail);
    else if (event.target.id === "trail") event.target.close();
  });
})();
