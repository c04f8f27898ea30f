// Requests of our own scripts: same origin, with the token that the body carries for a member.
export function token() {
  const given = document.body.getAttribute("hx-headers:inherited");
  return given ? JSON.parse(given)["X-CSRFToken"] : "";
}

export async function post(url, fields, options = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const headers = { "X-CSRFToken": token(), "X-Requested-With": "fetch" };
  const answer = await fetch(url, { method: "POST", body, headers, credentials: "same-origin", ...options });
  if (!answer.ok || answer.redirected) throw Object.assign(new Error(`refused: ${answer.status}`), { answer });
  return answer;
}

export function announce(text) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}
