"use strict";
// The arithmetic of lca/report/paper/sliders.py: sums of products of places between 0 and 1.
const sumOfProducts = (coefficients, places) => {
  let total = 0;
  coefficients.forEach((coefficient, number) => {
    let product = coefficient;
    for (let bit = 0; bit < places.length; bit++)
      if ((number >> bit) & 1) product *= places[places.length - 1 - bit];
    total += product;
  });
  return total;
};
const resultAt = (sliders, option, values) => {
  const at = {};
  for (const one of sliders.inputs) at[one.name] = one.name in values ? values[one.name] : one.value;
  const moved = sliders.inputs.filter((one) => one.name !== "count" && one.name !== "lifetime");
  const places = moved.map((one) => (at[one.name] - one.low) / (one.high - one.low));
  const rows = sliders.options[option].cells[at.lifetime || 0];
  const sums = [];
  for (let row = 0; row < rows.length; row += 2) {
    const many = rows[row + 1].length ? at.count * sumOfProducts(rows[row + 1], places) : 0;
    sums.push(sumOfProducts(rows[row], places) + many);
  }
  return [sums[0], sums.length > 1 && sums[1] ? sums[0] / sums[1] : null];
};
