// The rule editor: rows for conditions and recipients, kept as JSON in hidden fields.
(() => {
  const form = document.querySelector("[data-rule-editor]");
  if (!form) return;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const vocabulary = read("vocabulary");
  const state = read("state");
  const words = document.getElementById("words").dataset;
  const what = form.elements.what;

  // ---- small makers ----
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === false || value === null || value === undefined) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  };
  const select = (label, options, value, attributes = {}) => {
    const box = make("select", { "aria-label": label, ...attributes });
    for (const [own, text] of options) box.append(make("option", { value: own }, text));
    if (value !== undefined && value !== null) box.value = value;
    if (box.selectedIndex < 0) box.selectedIndex = 0;
    return box;
  };
  const button = (text, icon, onclick, attributes = {}) =>
    make("button", { type: "button", class: "ek-btn ek-btn--small", onclick, ...attributes },
      make("span", { class: "material-symbols-outlined", "aria-hidden": "true" }, icon), text);
  const remover = (row) =>
    make("button", {
      type: "button", class: "ek-btn ek-btn--small cf-quiet-btn cf-remove", "aria-label": words.remove, title: words.remove,
      onclick: () => {
        const near = row.nextElementSibling || row.previousElementSibling;
        row.remove();
        (near?.querySelector("select, input, button") || form.querySelector("[data-add]"))?.focus();
        keep();
      },
    }, make("span", { class: "material-symbols-outlined", "aria-hidden": "true" }, "close"));
  const mark = (row, text) => {
    if (!text) return row;
    row.append(make("div", { class: "cf-errors", role: "alert" }, text));
    row.querySelectorAll("select, input").forEach((part) => part.setAttribute("aria-invalid", "true"));
    return row;
  };

  // ---- conditions ----
  const process = () => vocabulary.what[what.value] || { fields: [], usages: [] };
  const typeOf = (path) => {
    for (const [, members] of process().fields)
      for (const [own, , type, hasBefore] of members) if (own === path) return [type, hasBefore];
    return ["text", false];
  };
  const fieldSelect = (value) => {
    const box = make("select", { "aria-label": words.field, class: "cf-wide", "data-part": "field" });
    box.append(make("option", { value: "" }, words.chooseField));
    let isKnown = !value;
    for (const [group, members] of process().fields) {
      const part = make("optgroup", { label: group });
      for (const [path, label] of members) {
        part.append(make("option", { value: path }, label));
        isKnown = isKnown || path === value;
      }
      box.append(part);
    }
    if (!isKnown) box.append(make("option", { value }, value));
    box.value = value || "";
    return box;
  };
  const valueInput = (type, value, choices, isList) => {
    if (choices) {
      const known = choices.some(([own]) => own === value) || !value;
      return select(words.value, known ? choices : [...choices, [value, value]], value, { "data-part": "value" });
    }
    if (isList) {
      const list = Array.isArray(value) ? value.join(", ") : value || "";
      const box = make("input", { type: "text", "aria-label": words.value, "data-part": "value", placeholder: words.list, autocomplete: "off" });
      box.value = list;
      return box;
    }
    if (type === "boolean")
      return select(words.value, [["true", words.yes], ["false", words.no]], value, { "data-part": "value" });
    const kind = type === "date" || type === "datetime" ? "date" : "text";
    const attributes = { type: kind, "aria-label": words.value, "data-part": "value", placeholder: words.value };
    if (vocabulary.numbers.includes(type)) attributes.inputmode = "decimal";
    const box = make("input", { ...attributes, autocomplete: "off" });
    box.value = kind === "date" ? String(value || "").slice(0, 10) : value ?? "";
    return box;
  };
  const currencySelect = (value) => {
    const known = !value || vocabulary.currencies.some(([own]) => own === value);
    const options = known ? vocabulary.currencies : [...vocabulary.currencies, [value, value]];
    return select(words.currency, options, value || vocabulary.own, { "data-part": "currency", class: "cf-slim" });
  };
  const WITHOUT = vocabulary.without;
  const leafRow = (leaf = {}, error = "") => {
    const row = make("div", { class: "cf-row", "data-leaf": true });
    const draw = (now) => {
      const [type, hasBefore] = typeOf(now.field);
      const isEdge = (name) => vocabulary.edges.includes(name);
      const names = vocabulary.operatorsOf[type].filter((name) => hasBefore || !isEdge(name));
      if (now.op && !names.includes(now.op)) now.op = names[0];
      const field = fieldSelect(now.field);
      const operator = select(words.comparison, names.map((name) => [name, vocabulary.operators[name]]), now.op || names[0], { "data-part": "op" });
      const parts = [field];
      if (hasBefore && !isEdge(operator.value))
        parts.push(select(words.moment, [["after", words.after], ["before", words.before]], now.when || "after", { "data-part": "when", class: "cf-slim" }));
      parts.push(operator);
      const isList = operator.value === "in" || operator.value === "not_in";
      const choices = isList ? null : (process().choices || {})[now.field];
      if (!WITHOUT.includes(operator.value) && type === "money") parts.push(currencySelect(now.currency));
      if (!WITHOUT.includes(operator.value)) parts.push(valueInput(type, now.value, choices, isList));
      row.replaceChildren(...parts, remover(row));
      // the choice of a field or comparison decides what stands beside it
      [field, operator].forEach((part) => part.addEventListener("change", () => {
        const which = part.dataset.part;
        const next = leafOf(row);
        if (which === "field") Object.assign(next, { value: "", op: "" });
        draw(next);
        row.querySelector(`[data-part=${which}]`).focus();
        keep();
      }));
    };
    draw({ ...leaf });
    return mark(row, error);
  };
  const leafOf = (row) => {
    const leaf = {};
    row.querySelectorAll("[data-part]").forEach((part) => { leaf[part.dataset.part] = part.value; });
    if (leaf.when === "after") delete leaf.when;
    return leaf;
  };
  const jointSelect = (joint) => make("div", { class: "cf-joint" },
    select(words.all, [["all", words.all], ["any", words.any]], joint, { "data-joint": true }));
  const group = (node, place, isTop) => {
    const joint = "any" in node ? "any" : "all";
    const rows = make("div", { class: "cf-rows" });
    const at = (number) => (isTop ? `${number}` : `${place}.${number}`);
    (node[joint] || []).forEach((member, number) => {
      const isGroup = "all" in member || "any" in member;
      const error = (state.errors.condition || {})[at(number)];
      rows.append(isGroup ? group(member, at(number), false) : leafRow(member, error));
    });
    const box = make("div", { class: isTop ? "cf-rows" : "cf-group", "data-group": true });
    const add = make("div", { class: "ek-actions" },
      button(words.addCondition, "add", () => { rows.append(leafRow()); rows.lastChild.querySelector("select").focus(); keep(); }, { "data-add": isTop }),
      isTop ? button(words.addGroup, "account_tree", () => {
        rows.append(group({ any: [{}] }, "", false));
        rows.lastChild.querySelector("[data-leaf] select").focus();
        keep();
      }, { class: "ek-btn ek-btn--small cf-quiet-btn" }) : null);
    box.append(jointSelect(joint), rows, add);
    if (!isTop) box.firstChild.append(remover(box));
    return box;
  };
  const groupOf = (box) => {
    const joint = box.querySelector(":scope > .cf-joint [data-joint]").value;
    const members = [...box.querySelector(":scope > .cf-rows").children].map((row) =>
      "leaf" in row.dataset ? leafOf(row) : groupOf(row));
    return members.length ? { [joint]: members } : {};
  };
  const conditions = form.querySelector("[data-condition]");
  const drawConditions = (tree) => {
    const box = group(tree && Object.keys(tree).length ? tree : { all: [] }, "", true);
    box.querySelector(":scope > .cf-joint").after(make("p", { class: "ek-quiet", "data-always": true }, words.always));
    conditions.replaceChildren(box);
  };

  // ---- recipients ----
  const recipientRow = (wanted = {}, { isFallback = false, error = "" } = {}) => {
    const row = make("div", { class: "cf-row", "data-recipient": true });
    const draw = (now) => {
      const kinds = [["party", words.party], ["role", words.role], ["address", words.address]];
      const inside = process().addresses || [];
      if (inside.length || now.kind === "field") kinds.splice(2, 0, ["field", words.inside]);
      if (isFallback) kinds.unshift(["", words.nobody]);
      const kind = select(words.kind, kinds, now.kind ?? kinds[0][0], { "data-part": "kind", class: "cf-wide" });
      const parts = [kind];
      if (kind.value === "party")
        parts.push(select(words.usage, process().usages, now.usage || "", { "data-part": "usage" }));
      if (kind.value === "role")
        parts.push(select(words.role, [["", words.chooseRole], ...vocabulary.roles], now.role || "", { "data-part": "role" }));
      if (kind.value === "field") {
        const known = inside.some(([own]) => own === now.path) || !now.path;
        parts.push(select(words.inside, [["", words.chooseField], ...inside, ...(known ? [] : [[now.path, now.path]])], now.path || "", { "data-part": "path" }));
      }
      if (kind.value === "address") {
        for (const [part, type, label] of [["value", "text", words.email], ["name", "text", words.name]]) {
          const box = make("input", { type, "aria-label": label, placeholder: label, "data-part": part, autocomplete: "off" });
          box.value = now[part] || "";
          parts.push(box);
        }
        parts.push(select(words.language, vocabulary.languages, now.language || "es", { "data-part": "language", class: "cf-slim" }));
      }
      if (!isFallback) {
        const box = make("input", { type: "checkbox", "data-copy-too": true });
        box.checked = now.copy === true;
        parts.push(make("label", { class: "cf-check" }, box, words.copy));
      }
      row.replaceChildren(...parts, ...(isFallback ? [] : [remover(row)]));
      kind.addEventListener("change", () => {
        draw({ kind: kind.value });
        row.querySelector("[data-part=kind]").focus();
        keep();
      });
    };
    draw({ ...wanted });
    return mark(row, error);
  };
  const recipientOf = (row) => {
    const wanted = {};
    row.querySelectorAll("[data-part]").forEach((part) => { wanted[part.dataset.part] = part.value; });
    if (row.querySelector("[data-copy-too]")?.checked) wanted.copy = true;
    return wanted;
  };
  const recipients = form.querySelector("[data-recipients]");
  const fallback = form.querySelector("[data-fallback]");
  const drawRecipients = (list, last) => {
    const errors = state.errors.recipients || {};
    const rows = make("div", { class: "cf-rows" },
      ...list.map((wanted, place) => recipientRow(wanted, { error: errors[place] })));
    const add = button(words.addRecipient, "person_add", () => {
      rows.append(recipientRow({ kind: "address" }));
      rows.lastChild.querySelector("select").focus();
      keep();
    });
    recipients.replaceChildren(make("div", { class: "cf-rows" }, rows, make("div", {}, add)));
    fallback.replaceChildren(recipientRow(last, { isFallback: true, error: (state.errors.fallback || {})[0] }));
  };
  const listOf = () => [...recipients.querySelectorAll("[data-recipient]")].map(recipientOf);

  // ---- by which way, at which hour: only what the choice asks for is shown ----
  const remindFrom = form.elements.remind_from;
  const drawDates = (value) => {
    const dates = process().dates || [];
    const known = !value || dates.some(([own]) => own === value);
    remindFrom.replaceChildren(...[["", words.whenItHappened], ...dates, ...(known ? [] : [[value, value]])]
      .map(([own, text]) => make("option", { value: own }, text)));
    remindFrom.value = value || "";
  };
  // ---- only the texts that speak of these documents; what the rule had stays to be seen ----
  const TEXTS = [...form.elements].map((one) => one.name).filter((name) => /_template$/.test(name));
  const texts = Object.fromEntries(TEXTS.map((name) => [name, [...form.elements[name].options].map((one) => [one.value, one.text])]));
  const had = Object.fromEntries(TEXTS.map((name) => [name, form.elements[name].value]));
  const drawTexts = () => {
    const fitting = process().templates;
    for (const name of TEXTS) {
      const box = form.elements[name];
      const chosen = box.value;
      const fits = ([own]) => !own || !fitting || fitting.includes(Number(own));
      const kept = ([own]) => own === chosen && own === had[name];
      box.replaceChildren(...texts[name].filter((one) => fits(one) || kept(one)).map(([own, text]) =>
        make("option", { value: own }, fits([own]) ? text : `${text} ${words.otherKind}`)));
      box.value = [...box.options].some((one) => one.value === chosen) ? chosen : "";
      const isEmpty = name === "email_template" && box.options.length < 2;
      box.parentElement.querySelector("[data-no-text]")?.remove();
      if (isEmpty) box.after(make("small", { "data-no-text": true }, words.noText));
    }
  };
  const showParts = () => {
    const delivery = form.elements.delivery.value;
    const shown = {
      email: delivery !== "phone",
      phone: delivery !== "email",
      hour: form.elements.digest.value === "day",
      from: form.elements.reminders.value.trim() !== "",
    };
    for (const part of form.querySelectorAll("[data-shows]")) part.hidden = !shown[part.dataset.shows];
  };

  // ---- the hidden fields always say what is seen ----
  const keep = () => {
    const box = conditions.firstElementChild;
    const tree = groupOf(box);
    const isEmpty = !Object.keys(tree).length;
    box.querySelector(":scope > .cf-joint").hidden = isEmpty;
    box.querySelector("[data-always]").hidden = !isEmpty;
    form.querySelector("[data-amounts]").hidden = !box.querySelector("[data-part=currency]");
    form.elements.condition.value = JSON.stringify(tree);
    form.elements.recipients.value = JSON.stringify(listOf());
    const last = recipientOf(fallback.firstElementChild);
    form.elements.fallback.value = JSON.stringify(last.kind ? last : {});
  };
  const sentence = document.querySelector("[data-sentence]");
  const say = () => { showParts(); if (sentence) sentence.dispatchEvent(new Event("say")); };
  const values = state.values;
  drawConditions(values.condition || {});
  drawRecipients(Array.isArray(values.recipients) ? values.recipients : [], values.fallback || {});
  drawDates(state.remindFrom);
  drawTexts();
  keep();
  showParts();
  form.addEventListener("input", keep);
  form.addEventListener("change", () => { keep(); say(); });

  // ---- “Try it”: what is wrong is marked on its line, what came of it is scrolled to ----
  const trial = document.getElementById("trial");
  const rowAt = (list, place) => {
    if (list === "fallback") return fallback.firstElementChild;
    if (list === "recipients") return recipients.querySelectorAll("[data-recipient]")[place];
    return String(place).split(".").reduce(
      (box, number) => box?.querySelector(":scope > .cf-rows")?.children[number], conditions.firstElementChild);
  };
  const unmark = () => {
    state.errors = {};
    form.querySelectorAll(".cf-errors").forEach((said) => said.remove());
    form.querySelectorAll("[aria-invalid]").forEach((part) => part.removeAttribute("aria-invalid"));
  };
  const markAll = ({ fields, rows }) => {
    for (const [list, places] of Object.entries(rows))
      for (const [place, text] of Object.entries(places)) {
        const row = rowAt(list, place);
        if (row) mark(row, text);
      }
    for (const [name, texts] of Object.entries(fields)) {
      if (rows[name]) continue;
      const found = form.elements[name];
      const part = found instanceof RadioNodeList ? found[0] : found;
      const box = part?.closest(".cf-field, .cf-body");
      if (!box) continue;
      box.append(make("ul", { class: "cf-errors", role: "alert" }, ...texts.map((text) => make("li", {}, text))));
      part.setAttribute("aria-invalid", "true");
    }
  };
  const showFirst = () => {
    const first = form.querySelector(".cf-errors");
    if (!first) return;
    for (let box = first.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    first.scrollIntoView({ block: "center" });
    const near = first.closest(".cf-row, .cf-field, .cf-body");
    near?.querySelector("[aria-invalid], select, input:not([type=hidden])")?.focus({ preventScroll: true });
  };
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target !== trial || !trial.childElementCount) return;
    const wrong = document.getElementById("trial-errors");
    unmark();
    trial.scrollIntoView({ block: wrong ? "nearest" : "start" });
    if (!wrong) trial.focus({ preventScroll: true });
    else {
      markAll(JSON.parse(wrong.textContent));
      showFirst();
    }
  });
  showFirst();

  what.addEventListener("change", () => {
    state.errors = {};
    drawConditions(JSON.parse(form.elements.condition.value));
    drawRecipients(listOf(), recipientOf(fallback.firstElementChild));
    drawDates(remindFrom.value);
    for (const name of TEXTS) had[name] = "";
    drawTexts();
    keep();
  });
})();
