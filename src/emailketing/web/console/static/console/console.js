// What Alpine and htmx do not give: nothing here talks to the network.
document.addEventListener("DOMContentLoaded", () => {
  const content = document.getElementById("content");
  if (content) content.setAttribute("tabindex", "-1");
});
