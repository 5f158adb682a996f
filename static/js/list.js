/* Keys of a list: J and K move, X chooses, Enter opens what has the focus. Without it rows are links and boxes. */
(() => {
  "use strict";
  const rows = () => [...document.querySelectorAll("[data-rows] .rowlink")];
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.body.dataset.keys === "off") return;
    if (event.target.closest?.("input:not([type=checkbox]),select,textarea,[contenteditable]")) return;
    const key = event.key.toLowerCase();
    if (!["j", "k", "x"].includes(key)) return;
    const all = rows();
    const at = all.findIndex(row => row.closest("li").contains(document.activeElement));
    event.preventDefault();
    if (key === "x") return all[at]?.closest("li").querySelector("[data-choose]")?.click();
    const next = at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + (key === "j" ? 1 : -1)));
    all[next]?.focus();
  });
  // A file may be asked for again and again: the form is ready at once, for the page stays.
  document.addEventListener("submit", event => {
    const form = event.target;
    if (!form.hasAttribute("data-repeats")) return;
    setTimeout(() => {
      delete form.dataset.sent;
      form.querySelectorAll("[data-held]").forEach(button => { button.removeAttribute("aria-disabled"); delete button.dataset.held; });
    }, 1500);
  });
})();
