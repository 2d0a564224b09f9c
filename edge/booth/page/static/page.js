// Keeps the page up to date: asks for it again as soon as something is new, and changes only what differs, so that focus
// and a tap in progress survive. Adds keys, seconds and buttons that do not reload; everything else works without it.
import * as alarm from "./alarm.js";

const PAUSE_MS = 1000;
const FIGURES_MS = 5000;
const SILENT_S = 8;
const live = document.getElementById("live");
const said = document.getElementById("said");
const away = document.getElementById("away");
const words = document.body.dataset;
const isAlerts = document.body.classList.contains("alerts");
const isStill = document.body.classList.contains("settings") || document.body.classList.contains("help");
let heardAt = performance.now();

function hasText(element) {
  return [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
}

// Makes `old` equal to `fresh`; children with an id stay the same elements. What a reader has opened stays open.
function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName || old.id !== fresh.id) {
    old.replaceWith(fresh);
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (hasText(old) || hasText(fresh)) {
    old.replaceChildren(...fresh.childNodes);
    return;
  }
  const wanted = new Set([...fresh.children].map((child) => child.id));
  for (const child of [...old.children]) if (child.id && !wanted.has(child.id)) child.remove();
  let at = old.firstElementChild;
  for (const child of [...fresh.children]) {
    const match = child.id ? [...old.children].find((kept) => kept.id === child.id) : at && !at.id ? at : null;
    if (!match) {
      old.insertBefore(child, at);
      continue;
    }
    if (match === at) at = at.nextElementSibling;
    else old.insertBefore(match, at);
    morph(match, child);
  }
  while (at) {
    const rest = at.nextElementSibling;
    at.remove();
    at = rest;
  }
}

async function refresh(waits) {
  const headers = waits ? { "X-Seen": live.dataset.version } : {};
  const answer = await fetch(location.pathname, { cache: "no-store", headers });
  if (answer.redirected) location.reload();
  if (!answer.ok) throw new Error(await answer.text());
  heardAt = performance.now();
  if (answer.status === 204) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  morph(live, document.adoptNode(fresh.getElementById("live")));
  setDeadlines();
  mark();
  if (isAlerts) announce();
}

async function poll() {
  const began = performance.now();
  let pause = PAUSE_MS;
  try {
    await refresh(isAlerts);
    pause = isAlerts ? Math.max(0, 50 - (performance.now() - began)) : FIGURES_MS;
  } catch {
    // Shown once it lasts.
  }
  setTimeout(poll, pause);
}

function showSilence() {
  const silent = Math.round((performance.now() - heardAt) / 1000);
  away.hidden = silent < SILENT_S;
  away.textContent = away.hidden ? "" : words.noAnswer.replace("#", silent);
}

// The seconds that are left count down here; the booth is the judge of when they are over.
const deadlines = new WeakMap();

function setDeadlines() {
  for (const element of live.querySelectorAll("[data-left]")) {
    const left = Number(element.dataset.left);
    const end = performance.now() + 1000 * left;
    const known = deadlines.get(element);
    if (known === undefined || Math.abs(known - end) > 1500) deadlines.set(element, end);
  }
  tick();
}

function inWords(seconds) {
  return seconds < 100 ? `${seconds} s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function tick() {
  for (const element of live.querySelectorAll("[data-left]")) {
    const left = Math.max(0, Math.round((deadlines.get(element) - performance.now()) / 1000));
    const where = element.querySelector(".seconds") ?? (element.classList.contains("left") ? element : null);
    if (where && where.textContent !== inWords(left)) where.textContent = inWords(left);
    if (element.classList.contains("undo")) element.hidden = left === 0;
  }
}

// Each alert is said once on this device, also after the page was loaded again.
const SAID = "spotter-said";

function unsaid(key) {
  const known = JSON.parse(sessionStorage.getItem(SAID) ?? "[]");
  if (known.includes(key)) return false;
  sessionStorage.setItem(SAID, JSON.stringify([...known, key].slice(-200)));
  return true;
}

function announce(isFirst = false) {
  const section = document.getElementById("alerts");
  const found = [];
  for (const card of live.querySelectorAll("[data-state]")) {
    const kind = card.classList.contains("doubted") ? "withdrawn" : card.dataset.state;
    if (!["open", "withdrawn", "claimed"].includes(kind) || !unsaid(`${kind} ${card.id}`)) continue;
    const [who, where, rare] = [".who", ".where", ".rare b"].map((part) => card.querySelector(part)?.textContent ?? "");
    const laptop = card.dataset.by ?? "";
    if (kind === "claimed" && laptop === section.dataset.laptop) continue;
    const template = { open: "new", withdrawn: "withdrawn", claimed: "claimed" }[kind];
    const sentence = section.dataset[template];
    found.push({ kind, text: sentence.replace("#who", who).replace("#where", where).replace("#rare", rare).replace("#laptop", laptop) });
  }
  if (isFirst || !found.length) return;
  say(found.map(({ text }) => text).join(" "));
  const kinds = found.map(({ kind }) => kind);
  if (kinds.includes("open")) alarm.alert();
  else if (kinds.includes("withdrawn")) alarm.withdrawn();
}

function say(sentence) {
  said.textContent = sentence;
}

function chosen() {
  return document.activeElement?.closest(".card, .past") ?? null;
}

function mark() {
  const id = chosen()?.id.replace("alert-", "mark-");
  for (const shape of live.querySelectorAll(".mark")) shape.classList.toggle("chosen", shape.id === id);
}

function choose(step) {
  const cards = [...live.querySelectorAll(".card")];
  const at = cards.indexOf(chosen());
  const next = cards[at < 0 ? 0 : Math.min(Math.max(at + step, 0), cards.length - 1)];
  next?.focus();
}

const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

document.addEventListener("focusin", mark);
document.addEventListener("focusout", () => setTimeout(mark));
document.addEventListener("keydown", (event) => {
  if (!isAlerts || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, summary")) return;
  if (event.key in STEPS && (chosen() || !event.key.startsWith("Arrow"))) {
    choose(STEPS[event.key]);
    event.preventDefault();
    return;
  }
  // A key does nothing unless an alert is selected: the newest may have changed a moment ago. Only undo acts on the last.
  const key = `button[aria-keyshortcuts="${CSS.escape(event.key)}"]`;
  (chosen()?.querySelector(key) ?? (event.key === "z" ? live.querySelector(`.undo:not([hidden]) ${key}`) : null))?.click();
});

live.addEventListener("submit", async (event) => {
  if (!isAlerts) return;
  event.preventDefault();
  const { target: form, submitter } = event;
  const card = form.closest(".card");
  const fields = new URLSearchParams(new FormData(form, submitter));
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields });
    const label = (submitter.querySelector("b") ?? submitter.firstChild).textContent.trim();
    say(answer.ok ? words.sent.replace("#", label) : (await answer.text()).trim());
    card?.focus();
    await refresh(false);
  } catch {
    say(words.notSent);
  }
});

setDeadlines();
if (isAlerts) {
  announce(true);
  alarm.start(document.getElementById("sound"));
  setInterval(tick, 250);
}
alarm.stayAwake();
if (!isStill) {
  setInterval(showSilence, 1000);
  setTimeout(poll, isAlerts ? 0 : FIGURES_MS);
}
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
