// Runs before the first paint: a visitor's page comes from a shared cache, so the saved theme is applied here.
(() => {
  const saved = document.cookie.match(/(?:^|; )theme=(light|dark)/);
  const root = document.documentElement;
  if (saved && !root.dataset.theme) root.dataset.theme = saved[1];
})();
