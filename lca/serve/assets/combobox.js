"use strict";
// A text box that completes, after the combobox pattern of the WAI-ARIA Authoring Practices.
const combobox = (input, list, find, pick) => {
  let found = [], at = -1;
  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (place) => {
    at = place;
    [...list.children].forEach((item, number) => {
      item.setAttribute("aria-selected", String(number === place));
      if (number === place) {
        input.setAttribute("aria-activedescendant", item.id);
        item.scrollIntoView({ block: "nearest" });
      }
    });
  };
  const choose = (place) => {
    const one = found[place];
    close();
    if (one) pick(one);
  };
  const row = (one, number) => {
    const item = document.createElement("li"), about = document.createElement("small");
    item.id = `${list.id}-${number}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    about.textContent = [one.about, one.id].filter(Boolean).join(" · ");
    item.append(one.name, about);
    item.addEventListener("pointerdown", (event) => event.preventDefault());
    item.addEventListener("click", () => choose(number));
    return item;
  };
  const open = () => {
    found = find(input.value.trim());
    list.replaceChildren(...found.map(row));
    if (!found.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = "nothing is called that";
      list.append(none);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    at = -1;
    input.removeAttribute("aria-activedescendant");
  };
  input.addEventListener("input", open);
  input.addEventListener("click", () => list.hidden && open());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (list.hidden) open();
      if (found.length) mark((at + step + found.length + (at < 0 && step < 0 ? 1 : 0)) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (list.hidden) return;
      if (found.length) choose(Math.max(at, 0));
      else input.dispatchEvent(new Event("change"));
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    }
  });
};

// Entries in which every word of what was typed occurs; those whose name or id begins with it come first.
const matches = (entries, text, most = 40) => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (one) => {
    const id = one.id.toLowerCase(), name = one.name.toLowerCase();
    if (words.length && (id === text.toLowerCase() || name === text.toLowerCase())) return 0;
    if (words.length && (id.startsWith(words[0]) || name.startsWith(words[0]))) return 1;
    return `${id} ${name}`.includes(words[0] ?? "") ? 2 : 3;
  };
  return entries
    .filter((one) => {
      const all = `${one.id} ${one.name} ${one.about} ${one.search ?? ""}`.toLowerCase();
      return words.every((word) => all.includes(word));
    })
    .map((one, place) => [rank(one), place, one])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .slice(0, most)
    .map((entry) => entry[2]);
};
