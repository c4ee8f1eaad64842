// Search everywhere: Ctrl+K or the button opens a field over the page. Without it the button is a link.
(() => {
  const PAUSE = 200; // ms after the last letter
  let finder = null;
  let field = null;
  let found = null;
  let asked = 0;
  let timer = 0;

  const link = () => document.querySelector("a[data-search]");

  const ask = async () => {
    const words = field.value.trim();
    const mine = ++asked;
    if (!words) {
      found.replaceChildren();
      return;
    }
    let answer = null;
    try {
      const address = `${link().href}?part=1&q=${encodeURIComponent(words)}`;
      answer = await fetch(address, { credentials: "same-origin" });
    } catch {
      answer = null;
    }
    if (mine !== asked) return; // somebody typed on
    if (answer && answer.redirected) {
      window.location.reload(); // signed out meanwhile: the page asks to sign in
      return;
    }
    if (!answer || !answer.ok) {
      const sentence = document.createElement("p");
      sentence.className = "ek-found__none";
      sentence.textContent = link().dataset.failed;
      found.replaceChildren(sentence);
      return;
    }
    const html = await answer.text();
    if (mine === asked) found.innerHTML = html;
  };

  const hits = () => [...found.querySelectorAll("a")];

  const keys = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const all = [field, ...hits()];
      const at = all.indexOf(document.activeElement);
      all[(Math.max(at, 0) + step + all.length) % all.length].focus();
      event.preventDefault();
    } else if (event.key === "Enter" && event.target === field && !event.isComposing) {
      event.preventDefault();
      window.location.assign(`${link().href}?q=${encodeURIComponent(field.value)}`);
    }
  };

  const build = () => {
    finder = document.createElement("dialog");
    finder.className = "ek-finder";
    finder.setAttribute("aria-label", link().title);
    const head = document.createElement("div");
    head.className = "ek-finder__head";
    head.setAttribute("role", "search");
    field = document.createElement("input");
    field.type = "text"; // in a field of type search Escape would empty it first
    field.setAttribute("role", "searchbox");
    field.setAttribute("enterkeyhint", "search");
    field.maxLength = 200;
    field.placeholder = link().dataset.label;
    field.setAttribute("aria-label", link().dataset.label);
    field.autocomplete = "off";
    const close = document.createElement("button");
    close.type = "button";
    close.className = "ek-finder__close";
    close.textContent = "×";
    close.setAttribute("aria-label", link().dataset.close);
    close.addEventListener("click", () => finder.close());
    found = document.createElement("div");
    found.className = "ek-finder__found";
    found.setAttribute("aria-live", "polite");
    head.append(field, close);
    finder.append(head, found);
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE);
    });
    finder.addEventListener("keydown", keys);
    finder.addEventListener("click", (event) => event.target === finder && finder.close()); // beside it
    document.body.append(finder);
  };

  const open = () => {
    if (!finder) build();
    if (!finder.open) finder.showModal();
    field.focus();
    field.select();
  };

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (event.key.toLowerCase() !== "k" || !link()) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("a[data-search]");
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open();
  });
})();
