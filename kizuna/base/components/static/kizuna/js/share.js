// [data-copy="URL"] copies a link; [data-share="URL"] opens the phone's share sheet and copies where there is none.
import { toast } from "kizuna/toast";

async function copy(url) {
  await navigator.clipboard.writeText(new URL(url, location.href).href);
  toast(document.getElementById("toasts").dataset.copied);
}

document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-copy], [data-share]");
  if (!control) return;
  event.preventDefault();
  const url = control.dataset.share ?? control.dataset.copy;
  if ("share" in control.dataset && navigator.share) {
    navigator.share({ title: control.dataset.title || document.title, url: new URL(url, location.href).href }).catch(() => {});
  } else {
    copy(url);
  }
});
