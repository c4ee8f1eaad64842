// What Alpine and htmx do not give; nothing here talks to the network.
(() => {
  const show = (tab) => {
    const box = tab.closest("[data-tabs]");
    for (const other of box.querySelectorAll("[role=tab]")) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", chosen ? "true" : "false");
      other.tabIndex = chosen ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
    }
  };
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-tabs] [role=tab]");
    if (tab) show(tab);
  });
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest("[data-tabs] [role=tab]");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!tab || !step) return;
    const tabs = [...tab.parentElement.querySelectorAll("[role=tab]")];
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    next.focus();
    show(next);
  });
  document.addEventListener("DOMContentLoaded", () => {
    for (const cell of document.querySelectorAll("#result_list [data-label]")) {
      const label = cell.dataset.label.trim(); // a card's labels begin like sentences
      cell.dataset.label = label.charAt(0).toUpperCase() + label.slice(1);
    }
    const content = document.getElementById("content");
    if (content) content.setAttribute("tabindex", "-1"); // the skip link's target
  });
})();

// A part of a page that was asked for and did not come is told, instead of nothing happening.
(() => {
  let leaves = false; // what is asked for while the page is left ends without an answer
  addEventListener("beforeunload", () => {
    leaves = true;
    setTimeout(() => { leaves = false; }, 3000); // it was a download: the page stays
  });
  const box = () => document.getElementById("unanswered");
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"])
    document.addEventListener(failure, () => { if (!leaves) box().hidden = false; });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#unanswered button")) box().hidden = true;
  });
})();
