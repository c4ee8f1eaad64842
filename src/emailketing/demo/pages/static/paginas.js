// The pages work without this; it only saves the operator some typing.
"use strict";

document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

document.querySelectorAll("[data-send]").forEach((field) => {
  field.addEventListener("change", () => field.form.submit());
});

document.querySelectorAll("[data-ask]").forEach((button) => {
  button.addEventListener("click", (event) => {
    if (!window.confirm(button.dataset.ask)) event.preventDefault();
  });
});

document.querySelectorAll("[data-fill]").forEach((field) => {
  field.title = "Doble clic: todo el saldo";
  field.addEventListener("dblclick", () => { field.value = field.dataset.fill; });
});

function value(text) {
  let plain = text.replace(/\s/g, "");
  if (plain.includes(",")) plain = plain.replaceAll(".", "").replace(",", ".");
  else if (/^\d{1,3}(\.\d{3})+$/.test(plain)) plain = plain.replaceAll(".", "");
  return Number(plain) || 0;
}

document.querySelectorAll("[data-lines]").forEach((table) => {
  const prices = new Map();
  document.querySelectorAll("#productos option").forEach((option) => {
    prices.set(option.value, option.dataset.price);
  });
  const show = new Intl.NumberFormat("es-PY", { useGrouping: true, maximumFractionDigits: 2 });
  table.addEventListener("input", (event) => {
    const row = event.target.closest("tr");
    const [product, quantity, price] = row.querySelectorAll("input");
    if (event.target === product && prices.has(product.value)) price.value = show.format(prices.get(product.value));
    const total = value(quantity.value) * value(price.value);
    row.querySelector("[data-total]").textContent = total ? show.format(total) : "";
  });
  const add = document.querySelector("[data-add]");
  if (!add) return;
  add.hidden = false;
  add.addEventListener("click", () => {
    const body = table.tBodies[0];
    const row = body.rows[body.rows.length - 1].cloneNode(true);
    row.querySelectorAll("input").forEach((field) => { field.value = ""; });
    row.querySelector("[data-total]").textContent = "";
    body.append(row);
    row.querySelector("input").focus();
  });
});
