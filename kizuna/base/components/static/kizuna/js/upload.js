// Images by paste, any file by drop or button: a placeholder line stands at the caret until the file is there; a refusal
// says why, any other failure offers another try. The text is never changed while a conversion runs.
import { post } from "kizuna/request";

const isImage = (file) => file.type.startsWith("image/") || /\.hei[cf]$/i.test(file.name);

export function acceptFiles(editor) {
  const { area } = editor;
  const words = editor.dataset;
  const chooser = editor.querySelector("input[type=file]");
  let composing = false;

  area.addEventListener("compositionstart", () => (composing = true));
  area.addEventListener("compositionend", () => (composing = false));
  area.addEventListener("paste", (event) => take(event, [...event.clipboardData.files].filter(isImage)));
  area.addEventListener("drop", (event) => take(event, [...event.dataTransfer.files]));
  chooser?.addEventListener("change", () => {
    send([...chooser.files]);
    chooser.value = "";
  });
  editor.querySelector("[data-choose]")?.addEventListener("click", () => chooser?.click());

  function take(event, files) {
    if (!files.length) return;
    event.preventDefault();
    send(files);
  }

  const send = (files) => files.forEach((file) => {
    const placeholder = `![${words.uploading.replace("{name}", file.name)}]()`;
    editor.say("");
    editor.insert(`${placeholder}\n`);
    upload(file, placeholder);
  });

  async function upload(file, placeholder) {
    try {
      const { markdown } = await (await post(words.uploadUrl, { file })).json();
      await replace(placeholder, markdown);
    } catch (failure) {
      await replace(`${placeholder}\n`, "");
      const reason = await failure.answer?.json().then(({ error }) => error, () => "");
      const failed = `${words.uploadFailed.replace("{name}", file.name)} ${reason ?? ""}`;
      editor.say(failed, { stays: true, ...(!reason && { action: words.retry, act: () => send([file]) }) });
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
