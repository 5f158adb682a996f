/* The board says when it is no longer live: its own clock stands still when nothing new comes. */
(() => {
  "use strict";
  const STALE_MS = 60000, LOOK_MS = 5000;
  const board = () => document.getElementById("board");
  const stale = document.getElementById("board-stale");
  if (!board() || !stale) return;
  let at = board().dataset.at, clock = board().dataset.clock, since = Date.now();
  setInterval(() => {
    if (board().dataset.at !== at) {
      ({ at, clock } = board().dataset);
      since = Date.now();
    }
    const late = Date.now() - since > STALE_MS;
    if (late === !stale.hidden) return;
    stale.hidden = !late;
    stale.textContent = late ? `${stale.dataset.say} ${clock}` : "";
    document.documentElement.toggleAttribute("data-stale", late);
  }, LOOK_MS);
})();
