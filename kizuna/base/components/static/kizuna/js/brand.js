// Show the colours of the brand on the page while they are chosen; they are kept by saving only.
document.querySelector("[data-brand]")?.addEventListener("input", ({ target }) => {
  const property = { hue: "--brand-h", chroma: "--brand-c" }[target.name];
  if (property) document.documentElement.style.setProperty(property, target.value);
});
