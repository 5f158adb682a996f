/* The approver's shortcuts: the seconds to take a decision back, what several come to, and a swipe. All of it has a button too. */
(() => {
  "use strict";
  // ---- undo: counts down and goes, as the server will not take it back any more ---------------------------
  const tick = () => document.querySelectorAll("[data-undo]").forEach(place => {
    const left = Number(place.dataset.undo) - 1;
    if (left < 1 && !place.matches(":has([data-sent])")) return place.remove();
    place.dataset.undo = String(left);
    const shown = place.querySelector("[data-undo-left]");
    if (shown) shown.textContent = `${left} s`;
  });
  setInterval(tick, 1000);

  // ---- several: how many are ticked, and what they come to -------------------------------------------------
  const count = () => {
    const words = document.querySelector("[data-choose-words]");
    if (!words) return;
    const ticked = [...document.querySelectorAll("[data-choose-form] [name=ref]")].filter(box => box.checked);
    const chosen = ticked.filter(box => !("alone" in box.dataset)), alone = ticked.length - chosen.length;
    const sums = new Map();
    chosen.forEach(({ dataset }) => sums.set(dataset.currency, (sums.get(dataset.currency) || 0) + Math.round(Number(dataset.amount) * 100)));
    const money = [...sums].map(([currency, cents]) =>
      new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency }).format(cents / 100));
    const said = chosen.length
      ? words.dataset.chooseWords.replace("%n", chosen.length).replace("%amount", money.join(" + "))
      : words.dataset.chooseNone;
    words.textContent = chosen.length && alone ? `${said} · ${words.dataset.chooseAlone.replace("%n", alone)}` : said;
  };
  document.addEventListener("change", count);
  count();

  // ---- without a connection a decision is not kept for later: the button says so ------------------------------
  document.addEventListener("submit", event => {
    const inbox = document.getElementById("inbox");
    if (navigator.onLine || !inbox?.contains(event.target) || event.target.method !== "post") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const line = document.createElement("p");
    line.textContent = inbox.dataset.needsConnection;
    document.getElementById("alerts")?.replaceChildren(line);
  }, true);

  // ---- swipe: right presses yes, left opens the way to say no ----------------------------------------------------
  const FAR = 96; // px
  let from = null;
  document.addEventListener("pointerdown", event => {
    const row = event.pointerType === "touch" && event.isPrimary && event.target.closest?.("#inbox .ac[data-row]");
    from = row && !event.target.closest("input,button,a,summary") ? { row, x: event.clientX, y: event.clientY } : null;
  });
  const way = event => {
    const [x, y] = [event.clientX - from.x, event.clientY - from.y];
    return Math.abs(x) < FAR || Math.abs(y) > Math.abs(x) / 2 ? "" : x > 0 ? "right" : "left";
  };
  document.addEventListener("pointermove", event => {
    if (!from) return;
    const to = way(event);
    if (to) from.row.dataset.swiped = to; else delete from.row.dataset.swiped;
  });
  const end = event => {
    if (!from) return;
    const { row } = from, to = event.type === "pointerup" && way(event);
    from = null;
    delete row.dataset.swiped;
    if (to) row.querySelector(`[data-swipe-${to}]`)?.click();
  };
  document.addEventListener("pointerup", end);
  document.addEventListener("pointercancel", end);
})();
