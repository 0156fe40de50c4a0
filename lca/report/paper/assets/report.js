"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const make = (name, text, style) => {
  const found = document.createElement(name);
  if (text !== undefined) found.textContent = text;
  if (style) found.className = style;
  return found;
};
