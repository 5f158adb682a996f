/* What HTML cannot do by itself. Every page works without this file. */
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const region = id => document.getElementById(id);
  const text = key => document.body.dataset[key] || "";

  // ---- announcements: one polite region, one assertive -------------------------------------------------
  const TOAST_MS = matchMedia("(max-width:48rem)").matches ? 4000 : 10000; // a phone has no room beside the work
  const say = (id, sentence) => {
    const place = region(id);
    if (!place || !sentence) return;
    const line = document.createElement("p");
    line.textContent = sentence;
    place.replaceChildren(line);
  };
  const closer = toast => {
    const button = document.createElement("button");
    button.className = "btn";
    button.type = "button";
    button.textContent = text("sayClose");
    button.addEventListener("click", () => toast.remove());
    return button;
  };
  const fade = place => [...place.children].forEach(toast => {
    if (toast.dataset.timed) return;
    place.querySelectorAll("[data-timed]").forEach(older => older.remove()); // one at a time
    toast.dataset.timed = "1";
    toast.append(closer(toast));
    const go = () => toast.matches(":hover,:focus-within") ? setTimeout(go, 2000) : toast.remove();
    setTimeout(go, TOAST_MS);
  });
  const toasts = region("toasts");
  if (toasts) {
    const told = [...toasts.children]; // a region speaks when it changes, not when it arrives full
    toasts.replaceChildren();
    setTimeout(() => toasts.append(...told), 150);
    new MutationObserver(() => fade(toasts)).observe(toasts, { childList: true });
  }

  // ---- focus after a swap: never on <body> -------------------------------------------------------------
  const byItself = event => event.detail.ctx?.sourceEvent?.type === "tick"; // nobody pressed anything
  let next = null; // HX-Trigger: {"focus": "#id"} is heard after the swap, sometimes by an element that has gone
  const focus = element => {
    if (!element) return;
    if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
    element.focus({ preventScroll: false });
  };
  document.addEventListener("htmx:before:swap", event => {
    const header = event.detail.ctx?.hx?.trigger || "";
    if (header[0] === "{") next = JSON.parse(header).focus || null;
  });
  document.addEventListener("htmx:finally:request", event => {
    if (byItself(event)) return;
    clearTimeout(waiting);
    delete document.documentElement.dataset.busy;
    const { sourceEvent, request } = event.detail.ctx;
    if (sourceEvent?.type === "submit") release(request?.form);
    const wanted = next && $(next);
    next = null;
    if (wanted) return focus(wanted);
    if (document.activeElement === document.body && sourceEvent?.isTrusted)
      focus($("[data-landing]") || $("main h1") || $("main"));
  });

  // ---- waiting and failing ------------------------------------------------------------------------------
  let waiting;
  document.addEventListener("htmx:before:request", event => {
    if (byItself(event)) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => { document.documentElement.dataset.busy = ""; }, 300);
  });
  document.addEventListener("htmx:response:error", event => {
    const { response } = event.detail.ctx;
    if (response.status === 401) clearInterval(ticking);
    else if (byItself(event) || response.status === 409 || response.status === 422) return;
    say("alerts", text({ 401: "saySignedOut", 403: "sayRefused", 404: "sayGone" }[response.status] || "sayFailed"));
  });
  document.addEventListener("htmx:error", event => {
    if (!byItself(event)) say("alerts", text("sayOffline"));
  });
  addEventListener("offline", () => say("alerts", text("sayOffline")));
  addEventListener("online", () => region("alerts")?.replaceChildren());

  // ---- live lists: `tick` only while somebody can see the page, and until they are signed out ---------------
  const TICK_MS = 15000;
  const ticking = setInterval(() => {
    if (document.visibilityState === "visible") document.body.dispatchEvent(new CustomEvent("tick"));
  }, TICK_MS);

  // A double click takes a row's work and does not end it: its second click may meet the button that came into the place.
  document.addEventListener("click", event => {
    if (event.detail > 1 && event.target.closest("[data-row] form[method=post]")) event.preventDefault();
  }, true);

  // ---- one press, one post --------------------------------------------------------------------------------
  const release = form => {
    if (!form) return;
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled=true][data-held]").forEach(button => {
      button.removeAttribute("aria-disabled");
      delete button.dataset.held;
    });
  };
  document.addEventListener("submit", event => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sent = "1";
    region(form.dataset.instead)?.setAttribute("data-sent", "1"); // what was begun no longer saves itself
    const button = event.submitter;
    if (button && !button.hasAttribute("aria-disabled")) {
      button.setAttribute("aria-disabled", "true");
      button.dataset.held = "1";
    }
  }, true);
  addEventListener("pageshow", event => {
    if (!event.persisted) return;
    if (document.querySelector("form[data-autosave][data-sent]")) return location.reload(); // never a copy of what was sent
    document.querySelectorAll("form[data-sent]").forEach(release);
  });

  // ---- drafts save themselves: <form data-autosave hx-post=... hx-trigger="autosave"> ----------------------
  const AUTOSAVE_MS = 1200;
  const timers = new WeakMap();
  const changed = event => {
    const form = event.target.closest?.("form[data-autosave]");
    if (!form) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => {
      if (form.isConnected && !form.dataset.sent) form.dispatchEvent(new CustomEvent("autosave"));
    }, AUTOSAVE_MS));
  };
  document.addEventListener("input", changed);
  document.addEventListener("change", changed);

  // A page that became a draft has its address from then on: reload and Back lead to it, never to a second one.
  document.addEventListener("htmx:finally:request", () => {
    const address = region("saved")?.dataset.url;
    if (address && address !== location.pathname) history.replaceState(null, "", address);
  });

  // ---- questions that depend on another answer: <div data-if="field" data-is="code code"> --------------------
  const chosenOf = (form, name) => [...form.elements].filter(field => field.name === name)
    .filter(field => !["radio", "checkbox"].includes(field.type) || field.checked).map(field => field.value);
  const askOnly = form => form.querySelectorAll("[data-if]").forEach(part => {
    const chosen = chosenOf(form, part.dataset.if);
    part.hidden = !part.dataset.is.split(" ").some(code => chosen.includes(code)) && !part.querySelector(".field-bad");
  });
  const askOnlyIn = target => { const form = target.closest?.("form"); if (form) askOnly(form); };
  document.addEventListener("change", event => askOnlyIn(event.target));
  document.addEventListener("htmx:finally:request", () => document.querySelectorAll("form.ask-form").forEach(askOnly));
  document.querySelectorAll("form.ask-form").forEach(askOnly);

  // ---- an answer that makes it an emergency: what to do now is said at once; the bar at the bottom leads to the rest ----
  let ringing = Boolean(region("ask-ring")?.checkVisibility());
  const ring = () => {
    const box = region("ask-ring"), shown = Boolean(box?.checkVisibility());
    if (shown && !ringing) say("alerts", $("h2", box).textContent);
    ringing = shown;
  };
  document.addEventListener("change", event => { if (event.target.closest?.("form.ask-form")) ring(); });
  document.addEventListener("htmx:finally:request", ring);

  // ---- quantity steppers: <div class="stepper"> with buttons [data-step] ------------------------------------
  document.addEventListener("click", event => {
    const button = event.target.closest?.("[data-step]");
    const input = button?.closest(".stepper")?.querySelector("input");
    if (!input) return;
    event.preventDefault();
    const low = input.min === "" ? 0 : Number(input.min);
    const high = input.max === "" ? Infinity : Number(input.max);
    const from = Number.parseInt(input.value, 10);
    const to = Math.min(high, Math.max(low, (Number.isNaN(from) ? low : from) + Number(button.dataset.step)));
    if (String(to) === input.value) return;
    input.value = String(to);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // ---- rows: J and K go from [data-row-link] to the next; [data-row-key] is pressed in the [data-row] that one is on --------
  const inRows = key => {
    const links = [...document.querySelectorAll("[data-row-link]")];
    const row = document.activeElement.closest?.("[data-row]") || $("[data-row]:has(:target)");
    if (key === "j" || key === "k") {
      const at = links.findIndex(link => row?.contains(link));
      focus(links[Math.min(links.length - 1, Math.max(0, at + (key === "j" ? 1 : -1)))]);
      return links.length > 0;
    }
    const target = row && [...row.querySelectorAll("[data-row-key]")].find(one => one.dataset.rowKey === key);
    target?.click();
    return Boolean(target);
  };

  // ---- single keys, never in a field: [data-key] names the key of a link or a field -------------------------
  document.addEventListener("keydown", event => {
    if (event.ctrlKey && event.key === "Enter") {
      const form = event.target === document.body ? document : event.target.closest?.("form"); // a page of one question
      const send = form?.querySelector("[data-send]");
      if (send) { event.preventDefault(); send.click(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest?.("input,select,textarea,[contenteditable]") || document.body.dataset.keys === "off") return;
    const key = event.key.toLowerCase();
    if (inRows(key)) return event.preventDefault();
    const named = [...document.querySelectorAll("[data-key]")]
      .filter(element => element.dataset.key === key && (element.checkVisibility() || element.matches(".topnew"))); // hidden in a narrow window, its key works
    const target = named.find(element => element.closest("main")) || named[0]; // what the page is about comes first
    if (!target) return;
    event.preventDefault();
    if (target.matches("input,select,textarea")) target.focus(); else target.click();
  });
})();
