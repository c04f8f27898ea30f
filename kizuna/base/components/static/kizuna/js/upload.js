// Images by paste, drop or button: a placeholder line stands at the caret until the file is there; a failure offers
// another try. The text is never changed while a conversion runs.
import { post } from "kizuna/request";

export function acceptImages(editor) {
  const { area } = editor;
  const words = editor.dataset;
  const chooser = editor.querySelector("input[type=file]");
  let composing = false;

  area.addEventListener("compositionstart", () => (composing = true));
  area.addEventListener("compositionend", () => (composing = false));
  area.addEventListener("paste", (event) => take(event, event.clipboardData.files));
  area.addEventListener("drop", (event) => take(event, event.dataTransfer.files));
  chooser?.addEventListener("change", () => {
    send([...chooser.files]);
    chooser.value = "";
  });
  editor.querySelector("[data-choose]")?.addEventListener("click", () => chooser?.click());

  function take(event, files) {
    const images = [...files].filter((file) => file.type.startsWith("image/") || /\.hei[cf]$/i.test(file.name));
    if (!images.length) return;
    event.preventDefault();
    send(images);
  }

  const send = (files) => files.forEach((file) => {
    const placeholder = `![${words.uploading.replace("{name}", file.name)}]()`;
    editor.insert(`${placeholder}\n`);
    upload(file, placeholder);
  });

  async function upload(file, placeholder) {
    try {
      const { url } = await (await post(words.uploadUrl, { file })).json();
      await replace(placeholder, `![${file.name.replace(/[[\]]/g, "")}](${url})`);
    } catch {
      await replace(`${placeholder}\n`, "");
      editor.say(words.uploadFailed.replace("{name}", file.name), words.retry, () => {
        editor.say("");
        send([file]);
      });
    }
  }

  async function replace(old, text) {
    if (composing) await new Promise((done) => area.addEventListener("compositionend", done, { once: true }));
    const start = area.value.indexOf(old);
    if (start < 0) return;
    area.setRangeText(text, start, start + old.length, "preserve");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
