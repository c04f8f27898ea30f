// Drafts whose text was sent: forgotten only when the server led on to a page that is no gate.
const SENT = "sent-drafts";
const sentDrafts = () => JSON.parse(sessionStorage.getItem(SENT) ?? "[]");

export const keyOf = (context) => `draft:${context}`;

export const noteSent = (context) => sessionStorage.setItem(SENT, JSON.stringify([...sentDrafts(), context]));

export const forgetSent = () => sessionStorage.removeItem(SENT);

export function settleSentDrafts() {
  const sent = sentDrafts();
  forgetSent();
  const [arrival] = performance.getEntriesByType("navigation");
  if (!arrival?.redirectCount || "gate" in document.body.dataset) return;
  for (const context of sent) localStorage.removeItem(keyOf(context));
}
