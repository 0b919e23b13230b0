// Photographs are made smaller before they are sent: a phone's ten megabytes take a minute in a basement, and
// what the picture says of its place and owner (EXIF) stays on the phone. What cannot be drawn goes as it is.

const LONGEST = 1920; // pixels of the longer side
const LARGE = 1_000_000; // bytes; smaller files are left alone

async function smaller(file) {
  if (file.size < LARGE || !/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: blob.type });
  } catch {
    return file;
  }
}

document.addEventListener("change", async ({ target }) => {
  if (!target.matches("input[type=file][data-shrink]")) return;
  target.dataset.shrink = "";
  const chosen = [...target.files];
  const sent = new DataTransfer();
  for (const file of chosen) sent.items.add(await smaller(file));
  if (chosen.every((file, n) => target.files[n] === file)) target.files = sent.files; // not chosen anew meanwhile
  target.dataset.shrink = "done";
});
