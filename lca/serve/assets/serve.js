"use strict";
(() => {
  const start = JSON.parse(document.getElementById("start").textContent);
  const tab = Array.from(crypto.getRandomValues(new Uint32Array(4)), (x) => x.toString(36)).join("");
  const byId = (name) => document.getElementById(name);
  const make = (name, text, style) => {
    const found = document.createElement(name);
    if (text !== undefined) found.textContent = text;
    if (style) found.className = style;
    return found;
  };
  const form = byId("form"), results = byId("results"), sections = byId("sections");
  let catalog = { devices: [], hosts: [], regions: [] };
  let options = start.options.map((one) => ({ ...one }));

  // Fields: each says its answer; a slider that nobody moved says null, and what holds then stays.
  const fields = [...document.querySelectorAll("[data-field]")].map((box) => ({
    box, name: box.dataset.field, kind: box.dataset.kind, input: box.querySelector("input,select"),
    output: box.querySelector("output"), unset: box.querySelector(".unset"), error: box.querySelector(".error"),
    hint: box.querySelector(".hint"), about: box.querySelector(".hint")?.textContent,
  }));
  const valueOf = ({ box, kind, input }) => {
    if (kind === "range")
      return box.dataset.unset !== undefined && !box.dataset.set ? null : Number(input.value);
    if (kind === "number")
      return input.validity.badInput ? "not a number" : input.value === "" ? null : Number(input.value);
    return input.value.trim();
  };
  const told = ({ box, kind, input, output, unset, hint, about }) => {
    if (kind === "region" && hint) {
      const place = catalog.regions.find((one) => one.id === input.value.trim());
      hint.textContent = place ? `${place.name}, ${place.about}` : about;
    }
    if (kind !== "range") return;
    const needed = box.dataset.needs && fields.find((one) => one.name === box.dataset.needs);
    input.disabled = Boolean(needed) && valueOf(needed) === null;
    const free = box.dataset.unset !== undefined && !box.dataset.set;
    const unit = box.dataset.unit, glue = unit === "%" ? "" : " ";
    output.textContent = input.disabled ? "–" : free ? box.dataset.unset : `${input.value}${unit && glue}${unit}`;
    input.setAttribute("aria-valuetext", output.textContent);
    if (unset) unset.hidden = free;
  };
  const tellAll = () => fields.forEach(told);
  const put = (field, value) => {
    if (value === null || value === undefined) {
      delete field.box.dataset.set;
      field.input.value = field.input.defaultValue ?? "";
    } else {
      if (field.kind === "range") field.box.dataset.set = "yes";
      field.input.value = value;
    }
  };
  const usual = Object.fromEntries(fields.map((field) => [field.name, valueOf(field)]));

  // The address holds what was chosen, and nothing else; it is never sent to the server.
  const usualOptions = JSON.stringify(start.options.map((one) => [one.device, "", ""]));
  const spell = (one) => [one.device, one.host || "", one.count ?? ""];
  const keep = () => {
    const found = new URLSearchParams();
    if (start.picks && JSON.stringify(options.map(spell)) !== usualOptions)
      for (const one of options) found.append("option", spell(one).join("~").replace(/~+$/, ""));
    for (const field of fields) {
      const value = valueOf(field);
      if (value !== usual[field.name] && value !== null) found.set(field.name, value);
    }
    const text = found.toString();
    history.replaceState(null, "", text ? `#${text}` : location.pathname);
  };
  const recall = () => {
    const found = new URLSearchParams(location.hash.slice(1));
    const named = found.getAll("option").slice(0, start.most);
    options = (named.length ? named : start.options.map((one) => one.device)).map((text) => {
      const [device, host, count] = text.split("~");
      return { device, host: host || "", count: count ? Number(count) : null };
    });
    for (const field of fields) {
      const value = found.get(field.name) ?? usual[field.name];
      put(field, value);
    }
    tellAll();
    showOptions();
  };

  // Options that are compared.
  const deviceOf = (id) => catalog.devices.find((one) => one.id === id);
  const nameOfHost = (id) => catalog.hosts.find((one) => one.id === id)?.name ?? id;
  const pickHost = (one, place) => {
    const label = make("label", "Host"), select = make("select", undefined, "box");
    const own = deviceOf(one.device)?.host;
    const add = (value, text) => select.append(new Option(text, value, false, value === (one.host || "")));
    add("", own ? `its own: ${nameOfHost(own)}` : "its own: none is known");
    add("none", "no host");
    for (const host of catalog.hosts) if (host.id !== own) add(host.id, `${host.name} (${host.about})`);
    if (one.host && ![...select.options].some((o) => o.value === one.host)) add(one.host, one.host);
    select.addEventListener("change", () => {
      options[place].host = select.value;
      changed();
    });
    label.append(select);
    return label;
  };
  const pickCount = (one, place) => {
    const label = make("label", "Devices"), input = make("input", undefined, "box");
    Object.assign(input, { type: "number", min: 1, max: 1000000, placeholder: "as all options", value: one.count ?? "" });
    input.addEventListener("input", () => {
      options[place].count = input.value === "" ? null : Number(input.value);
      changed();
    });
    label.append(input);
    return label;
  };
  const tune = (one, place) => {
    const box = make("details", undefined, "tuning"), summary = make("summary");
    const tell = () => {
      const host = { "": "own host", none: "no host" }[one.host || ""] ?? nameOfHost(one.host);
      summary.textContent = one.count ? `${host} · ${one.count} devices` : host;
    };
    tell();
    box.addEventListener("input", () => setTimeout(tell));
    box.append(summary, pickHost(one, place), pickCount(one, place));
    return box;
  };
  const showOptions = () => {
    if (!start.picks) return;
    byId("picked").replaceChildren(...options.map((one, place) => {
      const item = make("li"), head = make("div", undefined, "head"), about = make("div");
      const device = deviceOf(one.device), remove = make("button", "×", "remove");
      about.append(make("b", device?.name ?? one.device), make("p", device?.about ?? "", "hint"));
      remove.type = "button";
      remove.setAttribute("aria-label", `Take ${device?.name ?? one.device} out`);
      remove.addEventListener("click", () => {
        options.splice(place, 1);
        showOptions();
        changed();
        byId("search").focus();
      });
      head.append(about, remove);
      const error = make("p", "", "error");
      error.hidden = true;
      item.append(head, tune(one, place), error);
      return item;
    }));
    byId("search").disabled = options.length >= start.most;
  };

  // Mistakes stand beside the field at fault; the last good result stays, grayed.
  const clear = () => {
    for (const error of document.querySelectorAll(".error")) error.hidden = true;
    for (const one of document.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
    byId("problems").hidden = true;
  };
  const placeOf = (name) => {
    const field = fields.find((one) => one.name === name);
    if (field) return [field.error, field.input];
    const item = /^options\.(\d+)$/.exec(name);
    if (item && byId("picked")) return [byId("picked").children[item[1]]?.querySelector(".error")];
    return name === "options" ? [byId("error-options"), byId("search")] : [];
  };
  const complain = (problems) => {
    clear();
    const others = [];
    for (const { field, message } of problems) {
      const [error, input] = placeOf(field);
      if (!error) {
        others.push(field ? `${field}: ${message}` : message);
        continue;
      }
      error.textContent = error.hidden ? message : `${error.textContent}; ${message}`;
      error.hidden = false;
      error.closest("details")?.setAttribute("open", "");
      if (input) input.setAttribute("aria-invalid", "true");
    }
    if (others.length === 0 && problems.length)
      others.push(`Not computed: ${problems.length === 1 ? "an input is" : `${problems.length} inputs are`} refused, beside the field it says why.`);
    byId("problems").replaceChildren(...others.map((text) => make("li", text)));
    byId("problems").hidden = others.length === 0;
    results.dataset.state = "refused";
    sections.classList.add("stale");
    say(others[0] ?? "");
  };
  const say = (text) => { byId("status").textContent = text; };

  // Results come in two parts: the verdict at once, then everything behind it.
  const part = (one) => {
    const body = make("div", undefined, "inside");
    body.innerHTML = one.html;  // blocks of the report, escaped where they are made
    const title = make("h2", one.title);
    title.id = `${one.id}-title`;
    if (one.open) {
      const found = make("section");
      found.append(title, body);
      found.setAttribute("aria-labelledby", title.id);
      found.id = one.id;
      return found;
    }
    const found = make("details", undefined, "part"), summary = make("summary");
    summary.append(title);
    found.append(summary, body);
    found.id = one.id;
    found.open = Boolean(byId(one.id)?.open);
    return found;
  };
  const show = (answer, whole) => {
    const old = [...sections.children].filter((one) => one.id);
    const fresh = answer.sections.map(part), ids = fresh.map((one) => one.id);
    const kept = whole ? [] : old.filter((one) => !ids.includes(one.id));
    for (const one of kept) one.classList.add("stale");
    sections.classList.remove("stale");
    const all = [...fresh, ...kept], isPart = (one) => one.className.startsWith("part");
    sections.replaceChildren(...all.filter((one) => !isPart(one)), ...all.filter(isPart));
    say(answer.verdict);
    const peek = document.querySelector(".peek");
    peek.textContent = answer.verdict;
    peek.hidden = false;
    results.dataset.state = whole ? "whole" : "first";
    results.dataset.options = JSON.stringify(answer.options);
  };

  const question = () => {
    const inputs = Object.fromEntries(fields.map((field) => [field.name, valueOf(field)]));
    const picked = options.map((one) => ({
      device: one.device, ...(one.host && { host: one.host }), ...(one.count !== null && one.count !== undefined && { count: one.count }),
    }));
    return { inputs, ...(start.picks && { options: picked }) };
  };
  const post = (path, body, signal) => fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal,
  });
  const refusal = async (reply) => {
    const text = await reply.text();
    try {
      return JSON.parse(text).problems;
    } catch {
      return [{ field: "", message: text || `the server answered ${reply.status}` }];
    }
  };
  let waiting, running, number = 0;
  const asks = async (mine, whole) => {
    const reply = await post("/api/answer", { ...question(), page: tab, whole }, running.signal);
    if (mine !== number) return false;
    if (!reply.ok) {
      complain(await refusal(reply));
      return false;
    }
    const answer = await reply.json();
    if (mine !== number) return false;
    clear();
    show(answer, whole);
    if (whole) document.dispatchEvent(new CustomEvent("trails", { detail: answer.trails }));
    return true;
  };
  const ask = async () => {
    const mine = ++number;
    running?.abort();
    running = new AbortController();
    results.setAttribute("aria-busy", "true");
    try {
      if (await asks(mine, false)) await asks(mine, true);
    } catch (error) {
      if (error.name !== "AbortError" && mine === number)
        complain([{ field: "", message: "lca serve does not answer; is it still running?" }]);
    }
    if (mine === number) results.setAttribute("aria-busy", "false");
  };
  const changed = () => {
    results.dataset.state = "waiting";
    tellAll();
    keep();
    results.setAttribute("aria-busy", "true");
    number += 1;  // an answer that is still under way is of other inputs
    clearTimeout(waiting);
    waiting = setTimeout(ask, 180);
  };

  const download = async (button) => {
    const error = byId("error-download"), suffix = button.dataset.suffix;
    error.hidden = true;
    button.setAttribute("aria-busy", "true");
    try {
      const reply = await post(`/api/download/${suffix.slice(1)}`, question());
      if (!reply.ok) {
        error.textContent = (await refusal(reply)).map((one) => one.message).join("; ");
        error.hidden = false;
        return;
      }
      const address = URL.createObjectURL(await reply.blob()), link = make("a");
      link.download = /filename="([^"]+)"/.exec(reply.headers.get("Content-Disposition"))[1];
      link.href = address;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 10000);
      say(`${link.download} is ready`);
    } catch {
      error.textContent = "lca serve does not answer; is it still running?";
      error.hidden = false;
    } finally {
      button.removeAttribute("aria-busy");
    }
  };

  for (const field of fields) {
    // a region is asked for once its name is whole
    field.input.addEventListener(field.kind === "region" ? "change" : "input", () => {
      if (field.kind === "range") field.box.dataset.set = "yes";
      changed();
    });
    field.unset?.addEventListener("click", () => {
      put(field, null);
      field.input.focus();
      changed();
    });
    if (field.kind === "region")
      combobox(field.input, field.box.querySelector("[role=listbox]"),
        (text) => matches(catalog.regions, text), (one) => {
          field.input.value = one.id;
          changed();
        });
  }
  if (start.picks)
    combobox(byId("search"), byId("list-search"), (text) => matches(catalog.devices, text), (one) => {
      byId("search").value = "";
      if (options.length < start.most) options.push({ device: one.id, host: "", count: null });
      showOptions();
      changed();
    });
  form.addEventListener("submit", (event) => event.preventDefault());
  byId("restart").addEventListener("click", () => {
    history.replaceState(null, "", location.pathname);
    recall();
    changed();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".download"), link = event.target.closest(".skip,.peek");
    if (button) download(button);
    if (!link) return;
    event.preventDefault();  // the address holds the choices, so it cannot hold a place as well
    results.tabIndex = -1;
    results.focus();
    results.scrollIntoView();
  });
  window.addEventListener("hashchange", () => {
    recall();
    changed();
  });
  new IntersectionObserver(([seen]) => {
    document.querySelector(".peek").classList.toggle("away", seen.isIntersecting);
  }, { rootMargin: "0px 0px -40% 0px" }).observe(results);
  recall();
  ask();
  fetch("/api/catalog").then((reply) => reply.json()).then((found) => {
    if (found.problems) complain(found.problems);
    else catalog = found;
    tellAll();
    showOptions();
  });
})();
