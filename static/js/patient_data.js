/* Warns beside a field while somebody types what looks like data of a patient. Judges as requests_app/patient_data.py does. */
(() => {
  "use strict";
  const year = (date, rules) => {
    const parts = date.match(/[0-9]+/g);
    const last = parts[0].length === 4 ? parts[0] : parts[parts.length - 1];
    if (last.length === 4) return Number(last);
    const century = rules.thisYear - rules.thisYear % 100;
    return Number(last) <= rules.thisYear % 100 ? century + Number(last) : century - 100 + Number(last);
  };
  const isNhsNumber = digits => {
    let total = 0;
    for (let at = 0; at < 9; at += 1) total += Number(digits[at]) * (10 - at);
    return new Set(digits).size > 1 && (11 - total % 11) % 11 === Number(digits[9]);
  };

  /** A judge: text -> kinds of patient data in it. */
  const judge = rules => {
    const re = Object.fromEntries(Object.entries(rules.patterns).map(([name, [source, flags]]) => [name, new RegExp(source, flags)]));
    const shapes = rules.shapes.map(source => new RegExp(source, "i"));
    const plain = text => {
      const signs = Array.from(text).slice(0, rules.longest).map(sign =>
        rules.spaces.includes(sign) ? " " : rules.hyphens.includes(sign) ? "-" : sign);
      return signs.join("").replace(/ {2,}/g, " ");
    };
    const old = (name, text) => [...text.matchAll(re[name])].some(match => year(match[1], rules) <= rules.latestYear);
    const isAPatients = (text, match) => {
      if (!isNhsNumber(match[1] + match[3] + match[4])) return false;
      const end = match.index + match[0].length;
      const before = text.slice(Math.max(0, match.index - 60), match.index), after = text.slice(end, end + 30);
      if (re.labelled.test(before)) return true;
      if (re.elsewise.test(before) || re.after.test(after) || re.digits.test(before)) return false;
      return match[2] !== "" || re.patient.test(before) || re.patient.test(after);
    };
    const hasNhsNumber = text => {
      const rest = text.replace(re.body, "");
      return [...rest.matchAll(re.nhs)].some(match => isAPatients(rest, match));
    };
    return typed => {
      const text = plain(typed);
      const kinds = {
        nhs_number: hasNhsNumber(text),
        record_number: re.record.test(text) || shapes.some(shape => shape.test(text)),
        birth_date: re.born.test(text) || old("named", text),
        postcode: re.postcode.test(text) && old("date", text),
      };
      return Object.keys(kinds).filter(kind => kinds[kind]);
    };
  };
  if (typeof module === "object" && module.exports) { module.exports = judge; return; }

  // ---- the page: <div data-patient-data="rules" data-say-<kind>="sentence"> inside a form -----------------
  const judges = new WeakMap();
  const JUDGED = "textarea, input[type=text], input:not([type])";
  const look = field => {
    const check = field.closest("form")?.querySelector("[data-patient-data]");
    if (!check || field.dataset.screen === "off") return;
    if (!judges.has(check)) judges.set(check, judge(JSON.parse(check.dataset.patientData)));
    const kinds = judges.get(check)(field.value);
    const known = field.parentElement.querySelector("[data-patient-note]");
    if (!kinds.length) { known?.remove(); return; }
    const text = check.dataset[`say${kinds[0].split("_").map(word => word[0].toUpperCase() + word.slice(1)).join("")}`];
    const note = known || document.createElement("p");
    note.className = "note note-risk";
    note.dataset.patientNote = "";
    note.setAttribute("role", "status");
    note.textContent = text;
    if (!known) field.after(note);
    check.hidden = false;
  };
  let waiting;
  document.addEventListener("input", event => {
    if (!event.target.matches?.(JUDGED)) return;
    clearTimeout(waiting);
    waiting = setTimeout(look, 300, event.target);
  });
  document.addEventListener("change", event => { if (event.target.matches?.(JUDGED)) look(event.target); });
})();
