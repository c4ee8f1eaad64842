// Small helpers of the configuring pages; nothing here talks to the network.
(() => {
  // tabs: buttons with role=tab, panels with role=tabpanel, in the same order
  const openTab = (tab) => {
    const box = tab.closest("[data-tabs]");
    const tabs = [...box.querySelectorAll(":scope > .ek-tabs__bar > [role=tab]")];
    const panels = [...box.querySelectorAll(":scope > [role=tabpanel]")];
    tabs.forEach((other, place) => {
      const isOpen = other === tab;
      other.setAttribute("aria-selected", String(isOpen));
      other.tabIndex = isOpen ? 0 : -1;
      if (panels[place]) panels[place].hidden = !isOpen;
    });
  };
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-tabs] > .ek-tabs__bar > [role=tab]");
    if (tab) openTab(tab);
  });
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest?.("[data-tabs] > .ek-tabs__bar > [role=tab]");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!tab || !step) return;
    const tabs = [...tab.parentElement.querySelectorAll("[role=tab]")];
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    openTab(next);
    next.focus();
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("[data-submit-on-change]");
    if (form && event.target.name) form.requestSubmit();
  });

  // a chip writes its text where the cursor was last
  let field = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-takes-chips]")) field = event.target;
  });
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-insert]");
    if (!chip) return;
    const target = chip.dataset.block !== undefined
      ? document.querySelector("textarea[data-takes-chips]")
      : (field?.isConnected && field) || document.querySelector("textarea[data-takes-chips]");
    if (!target) return;
    const own = chip.dataset.block !== undefined ? `\n\n${chip.dataset.insert}\n\n` : chip.dataset.insert;
    target.focus();
    target.setRangeText(own, target.selectionStart, target.selectionEnd, "end");
    target.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // copy a text
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = document.querySelector(button.dataset.copy).textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const helper = document.createElement("textarea");
      helper.value = text;
      document.body.append(helper);
      helper.select();
      document.execCommand("copy");
      helper.remove();
    }
    const before = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = before; }, 2000);
  });

  // show what belongs to the chosen value: <… data-shown-for="smtp" data-shown-by="id_kind">
  const showFor = (select) => {
    document.querySelectorAll(`[data-shown-by="${select.id}"]`).forEach((part) => {
      part.hidden = !part.dataset.shownFor.split(" ").includes(select.value);
    });
  };
  document.addEventListener("change", (event) => event.target.id && showFor(event.target));
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-shown-by]").forEach((part) => {
      const select = document.getElementById(part.dataset.shownBy);
      if (select) showFor(select);
    });
  });
})();

// A preview that is fetched anew opens at the tab that was open.
(() => {
  const opened = {};
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-remember] > .ek-tabs__bar > [role=tab]");
    if (tab) opened[tab.closest("[data-remember]").dataset.remember] = [...tab.parentElement.children].indexOf(tab);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    event.target.querySelectorAll?.("[data-remember]").forEach((box) => {
      const place = opened[box.dataset.remember];
      if (place) box.querySelectorAll(":scope > .ek-tabs__bar > [role=tab]")[place]?.click();
    });
  });
})();

// Nothing is sent twice by a double click; what takes long says so.
(() => {
  const waiting = new Set();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    form.querySelectorAll("[data-busy-text]").forEach((text) => { text.hidden = false; });
    // later: a button that is disabled now would not say which one was pressed
    setTimeout(() => {
      [...form.elements].filter((one) => one.type === "submit").forEach((button) => {
        button.disabled = true;
        waiting.add(button);
      });
    }, 0);
  });
  addEventListener("pageshow", () => {
    waiting.forEach((button) => { button.disabled = false; });
    waiting.clear();
  });
})();

// A form that is drawn anew: what was open stays open, and the keyboard stays where it was.
(() => {
  let open = [];
  let name = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    const active = document.activeElement;
    open = [...event.target.querySelectorAll("details[id][open]")].map((one) => one.id);
    name = event.target.contains(active) && active.name !== "do" ? active.name : "";
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    open.forEach((id) => { const part = document.getElementById(id); if (part) part.open = true; });
    if (name && document.activeElement === document.body)
      event.target.querySelector(`[name="${CSS.escape(name)}"]`)?.focus();
  });
})();
