// A text that has to have a length says how much is missing while it is written.
for (const said of document.querySelectorAll("[data-count-of]")) {
  const field = document.getElementById(said.dataset.countOf), least = Number(said.dataset.least);
  const count = () => {
    const missing = least - field.value.trim().replace(/\s+/g, " ").length;
    said.hidden = !field.value;
    said.textContent = missing > 0 ? `${said.dataset.more} ${missing}` : said.dataset.enough;
  };
  field.addEventListener("input", count);
  count();
}
