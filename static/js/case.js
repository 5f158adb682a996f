// Calling somebody in what is said of a request: "@" and two letters offer who reads it. Without this, "@their.name" does.
(() => {
  const PAUSE_MS = 200;
  const begun = field => field.value.slice(0, field.selectionStart).match(/(^|[^\w.@])@([\w.]{2,})$/);
  let timer;

  const offer = async (field, form, list) => {
    const found = begun(field);
    if (!found) { list.hidden = true; return; }
    try {
      const answer = await fetch(`${form.dataset.whom}?q=${encodeURIComponent(found[2])}`, {headers: {"HX-Request": "true"}});
      list.innerHTML = answer.ok ? await answer.text() : "";
    } catch {
      list.innerHTML = "";
    }
    list.hidden = !list.children.length;
  };

  document.querySelectorAll("form[data-say]").forEach(form => {
    const field = form.querySelector("textarea");
    const list = form.querySelector("[data-whom-list]");
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => offer(field, form, list), PAUSE_MS);
    });
    list.addEventListener("click", event => {
      const chosen = event.target.closest("[data-name]");
      const found = begun(field);
      if (!chosen || !found) return;
      const start = field.selectionStart - found[2].length;
      field.setRangeText(`${chosen.dataset.name} `, start, field.selectionStart, "end");
      list.hidden = true;
      field.focus();
    });
    form.addEventListener("keydown", event => {
      if (event.key === "Escape" && !list.hidden) { list.hidden = true; field.focus(); }
    });
  });
})();
