/* A number that has the focus is typed anew: the scanner puts the focus there, the storekeeper types how many. */
(() => {
  "use strict";
  if (window.portalStore) return; // the page may bring this twice
  window.portalStore = true;
  const select = element => { if (element?.matches?.("input[data-select]")) element.select(); };
  document.addEventListener("focusin", event => select(event.target));
  select(document.activeElement); // it may have landed there before this was read
})();
