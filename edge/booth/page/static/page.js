// Keeps the page up to date: fetches it every second and changes only what differs, so that focus and a tap in progress
// survive. Also adds keys, sound and buttons that do not reload; everything else works without this script.
"use strict";

const AGAIN_MS = 1000;
const SILENT_S = 5;
const live = document.getElementById("live");
const said = document.getElementById("said");
const away = document.getElementById("away");
const sound = document.getElementById("sound");
let audio = null;
let known = openAlerts();
let heardAt = performance.now();

function openAlerts() {
  return new Set([...live.querySelectorAll(".card.open")].map((card) => card.id));
}

function hasText(element) {
  return [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
}

// Makes `old` equal to `fresh`; children with an id stay the same elements.
function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName || old.id !== fresh.id) {
    old.replaceWith(fresh);
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
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

async function refresh() {
  const answer = await fetch("/", { cache: "no-store" });
  if (answer.redirected) location.reload();
  if (!answer.ok) throw new Error(await answer.text());
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = fresh.getElementById("live").dataset.token;
  for (const input of document.querySelectorAll("header input[name=token]")) input.value = token;
  morph(live, document.adoptNode(fresh.getElementById("live")));
  mark();
  announce();
  heardAt = performance.now();
}

async function poll() {
  try {
    await refresh();
  } catch {
    // Shown below once it lasts.
  }
  const silent = Math.round((performance.now() - heardAt) / 1000);
  away.hidden = silent < SILENT_S;
  away.textContent = away.hidden ? "" : `No answer from the booth for ${silent} s: what you see is out of date. Is the booth running?`;
  setTimeout(poll, AGAIN_MS);
}

function announce() {
  const now = openAlerts();
  const fresh = [...now].filter((id) => !known.has(id));
  known = now;
  if (!fresh.length) return;
  const card = document.getElementById(fresh[0]);
  const [who, where, rare] = [".why", ".look", ".rare"].map((part) => card.querySelector(part));
  say(`New alert: ${who.textContent}. ${where.firstChild.textContent}. ${rare.textContent}.`);
  if (audio) beep();
}

function say(words) {
  said.textContent = words;
}

function beep() {
  const start = audio.currentTime;
  for (const [delay, hertz] of [[0, 660], [0.18, 880]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.3, start + delay);
    volume.gain.exponentialRampToValueAtTime(0.001, start + delay + 0.16);
    tone.connect(volume).connect(audio.destination);
    tone.start(start + delay);
    tone.stop(start + delay + 0.17);
  }
}

sound.addEventListener("click", () => {
  if (audio) {
    audio.close();
    audio = null;
  } else {
    audio = new AudioContext();
    beep();
  }
  sound.setAttribute("aria-pressed", String(audio !== null));
  sound.textContent = audio ? "Sound is on" : "Sound on";
});

function chosen() {
  return document.activeElement?.closest(".card") ?? null;
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
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input")) return;
  if (event.key in STEPS) {
    choose(STEPS[event.key]);
    event.preventDefault();
    return;
  }
  // A key does nothing unless an alert is selected: the newest may have changed a moment ago.
  chosen()?.querySelector(`button[aria-keyshortcuts="${CSS.escape(event.key)}"]`)?.click();
});

live.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { target: form, submitter } = event;
  const card = form.closest(".card");
  const fields = new URLSearchParams(new FormData(form, submitter));
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields });
    say(answer.ok ? `${submitter.firstChild.textContent.trim()}: sent.` : (await answer.text()).trim());
    card?.focus();
    await refresh();
  } catch {
    say("The booth did not answer; try again.");
  }
});

sound.hidden = false;
document.getElementById("keys").hidden = false;
setTimeout(poll, AGAIN_MS);
