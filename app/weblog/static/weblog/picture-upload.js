// Makes a chosen picture small before it is sent: at most 1600 pixels wide, without the place and camera that phones
// write into it. The server has no imaging library, so this is where it is cheapest. Without it the form still works.
"use strict";

const MAX_SIDE = 1600;
const QUALITY = 0.82;

async function smaller(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  // Browsers that cannot write WebP answer with a PNG, which can be larger than what was chosen.
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/webp", QUALITY));
  const isWebp = blob !== null && blob.type === "image/webp";
  const result = isWebp ? blob : await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  const name = file.name.replace(/\.[^.]*$/, "") + (isWebp ? ".webp" : ".jpg");
  return new File([result], name, { type: result.type });
}

document.addEventListener("DOMContentLoaded", () => {
  const input = document.querySelector("input[type=file][name=picture]");
  if (input === null) {
    return;
  }
  input.accept = "image/avif,image/jpeg,image/png,image/webp";
  const note = document.createElement("p");
  note.className = "help";
  note.setAttribute("role", "status");
  input.closest(".form-row").append(note);
  input.addEventListener("change", async () => {
    const [file] = input.files;
    note.textContent = "";
    if (file === undefined) {
      return;
    }
    try {
      const result = await smaller(file);
      const chosen = new DataTransfer();
      chosen.items.add(result);
      input.files = chosen.files;
      note.textContent = `Will be sent as ${result.name}, ${Math.ceil(result.size / 1024)} KB.`;
    } catch {
      note.textContent = "This browser cannot make the picture smaller; it will be sent as it is.";
    }
  });
});
