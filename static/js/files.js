/* A photo is made small enough before it is sent, and sent as soon as it is chosen. Without this file the button does it. */
(() => {
  "use strict";
  if (window.portalFiles) return; // the page may bring this twice
  window.portalFiles = true;
  const LONGEST_SIDE = 2048, LARGEST = 300 * 1024, QUALITIES = [0.85, 0.7, 0.55, 0.4];

  /** The photo as a JPEG of at most LARGEST bytes, upright; the file itself where that cannot be done. */
  const smaller = async file => {
    if (file.type !== "image/jpeg" || file.size <= LARGEST) return file;
    try {
      const image = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      for (const quality of QUALITIES) {
        const made = await new Promise(done => canvas.toBlob(done, "image/jpeg", quality));
        if (made && (made.size <= LARGEST || quality === QUALITIES[QUALITIES.length - 1]))
          return made.size < file.size ? new File([made], file.name, { type: "image/jpeg" }) : file;
      }
    } catch { /* the server makes it smaller, or says what is wrong with it */ }
    return file;
  };

  document.addEventListener("change", async event => {
    const input = event.target.closest?.("input[data-files]");
    if (!input?.files.length) return;
    event.stopPropagation(); // not a reason for the draft to save itself: the button below does
    const box = new DataTransfer();
    for (const file of await Promise.all([...input.files].map(smaller))) box.items.add(file);
    input.files = box.files;
    input.closest(".files")?.querySelector("[data-file-add]")?.click();
  }, true);
})();
