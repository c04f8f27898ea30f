// The light/dark switch: remembers the choice in a cookie, which the server reads, and on the account when there is one.
import { post } from "kizuna/request";

const YEAR_S = 31536000;

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.hidden = false;
    button.addEventListener("click", () => this.change());
  }

  change() {
    const root = document.documentElement;
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const theme = (root.dataset.theme || system) === "dark" ? "light" : "dark";
    root.dataset.theme = theme;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${theme}; path=/; max-age=${YEAR_S}; samesite=lax${secure}`;
    const url = document.body.dataset.themeUrl;
    if (url) post(url, { theme }).catch(() => {}); // the cookie holds the choice; the account follows next time
  }
}

customElements.define("k-theme", ThemeSwitch);
