// Help beside the work, and words explained where they stand. Without it “?” is a plain link.
(() => {
  const WHERE =
    ".ek-banner p, .ek-lead, .cf-help, .ek-calm, .cf-note p, .help, form label, " +
    ".ek-page p, .ek-page h3, .ek-page th, .ek-page dt, .ek-page legend";
  const NOT_IN =
    "a, button, summary, dfn, pre, code, svg, label:has(input, select, textarea), " +
    ".ek-manual, .ek-lines, .cf-plain, [data-plain]";

  // ---- the panel ----
  let panel = null;
  let opener = null;

  const build = () => {
    panel = document.createElement("dialog");
    panel.className = "ek-help-panel";
    panel.setAttribute("aria-labelledby", "ek-help-panel-title");
    const close = document.createElement("button");
    close.type = "button";
    close.className = "ek-help-panel__close";
    close.textContent = "×";
    close.addEventListener("click", () => panel.close());
    const inside = document.createElement("div");
    inside.className = "ek-help-panel__inside";
    panel.append(close, inside);
    panel.addEventListener("click", (event) => {
      if (event.target === panel) panel.close(); // beside it
    });
    panel.addEventListener("close", () => opener && opener.focus());
    document.body.append(panel);
  };

  const open = async (link) => {
    const [address, anchor] = link.href.split("#");
    let answer;
    try {
      answer = await fetch(`${address}?part=1`, { credentials: "same-origin" });
    } catch {
      answer = null;
    }
    if (!answer || !answer.ok || answer.redirected) {
      window.location.assign(link.href); // the page itself says what is wrong
      return;
    }
    if (!panel) build();
    const inside = panel.querySelector(".ek-help-panel__inside");
    inside.innerHTML = await answer.text();
    panel.querySelector(".ek-help-panel__close").setAttribute("aria-label", link.dataset.close || "Esc");
    if (!panel.open) {
      opener = link;
      panel.showModal();
    }
    const there = anchor && inside.querySelector(`#${CSS.escape(anchor)}`);
    (there || panel).scrollIntoView();
    if (!there) panel.scrollTop = 0;
    inside.querySelector("#ek-help-panel-title").focus();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-help]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (!link.closest(".ek-help-panel") && !link.classList.contains("ek-help")) return; // a page of help
    event.preventDefault();
    open(link);
  });

  // ---- the words ----
  const tip = document.createElement("div");
  tip.className = "ek-tip";
  tip.id = "ek-tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;

  const show = (word) => {
    tip.textContent = word.dataset.meaning;
    tip.hidden = false;
    const place = word.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    const left = Math.max(8, Math.min(place.left, room - tip.offsetWidth - 8));
    const below = place.bottom + tip.offsetHeight + 8 < window.innerHeight;
    tip.style.left = `${left}px`;
    tip.style.top = `${below ? place.bottom + 6 : place.top - tip.offsetHeight - 6}px`;
  };
  const hide = () => {
    tip.hidden = true;
  };

  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

  const mark = (words) => {
    const meanings = new Map();
    for (const word of words) for (const form of word.forms) meanings.set(form.toLowerCase(), word);
    const forms = [...meanings.keys()].sort((a, b) => b.length - a.length).map(escaped);
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}-])(${forms.join("|")})(?![\\p{L}\\p{N}-])`, "iu");
    const done = new Set();
    for (const box of document.querySelectorAll(WHERE)) {
      const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
      const texts = [];
      while (walker.nextNode()) texts.push(walker.currentNode);
      for (const text of texts) {
        if (text.parentElement.closest(NOT_IN)) continue;
        const found = pattern.exec(text.data);
        const word = found && meanings.get(found[0].toLowerCase());
        if (!word || done.has(word)) continue;
        done.add(word); // once on a page is enough
        if (/flex|grid/.test(getComputedStyle(text.parentElement).display)) {
          const whole = document.createElement("span"); // else each part stands in a box of its own
          text.replaceWith(whole);
          whole.append(text);
        }
        const rest = text.splitText(found.index);
        rest.splitText(found[0].length);
        const explained = document.createElement("dfn");
        explained.className = "ek-word";
        explained.tabIndex = 0;
        explained.dataset.meaning = word.meaning;
        explained.setAttribute("aria-describedby", "ek-tip");
        explained.textContent = found[0];
        rest.replaceWith(explained);
      }
    }
  };

  const over = (event) => event.target.closest && event.target.closest(".ek-word");
  for (const kind of ["mouseover", "focusin", "click"]) {
    document.addEventListener(kind, (event) => (over(event) ? show(over(event)) : kind === "click" && hide()));
  }
  for (const kind of ["mouseout", "focusout"]) {
    document.addEventListener(kind, (event) => over(event) && hide());
  }
  document.addEventListener("click", (event) => {
    if (over(event)) event.preventDefault(); // in a label: the field behind it is not what was meant
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("scroll", hide, { passive: true, capture: true });

  document.addEventListener("DOMContentLoaded", async () => {
    const link = document.querySelector("a.ek-help[data-words]");
    if (!link) return;
    document.body.append(tip);
    try {
      const answer = await fetch(link.dataset.words, { credentials: "same-origin" });
      if (answer.ok && !answer.redirected) mark((await answer.json()).words);
    } catch {
      // the page was left meanwhile: the words stand in the help pages as well
    }
  });
})();
