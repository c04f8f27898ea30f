// <k-time> holds a <time>; times of the last seven days are told from now ("9 hours ago"), older ones of
// this year lose the year, all others stay as written.
const STEPS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const SHOWN_DAYS = 7;

class RelativeTime extends HTMLElement {
  connectedCallback() {
    this.time = this.querySelector("time");
    this.show();
    this.timer = setInterval(() => this.show(), 60000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  show() {
    const seconds = (Date.parse(this.time?.dateTime) - Date.now()) / 1000;
    if (!(Math.abs(seconds) < SHOWN_DAYS * 86400)) return this.dropYear();
    const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
    const [unit, length] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 60];
    const text = words.format(unit === "second" ? 0 : Math.trunc(seconds / length), unit);
    if (this.time.textContent !== text) this.time.textContent = text;
  }

  dropYear() {
    const year = new Date().getFullYear();
    if (this.time?.dateTime.startsWith(`${year}-`)) this.time.textContent = this.time.textContent.replace(new RegExp(` ?${year}年?`), "");
  }
}

customElements.define("k-time", RelativeTime);
