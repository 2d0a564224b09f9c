// Sound, vibration and a screen that stays on; whether and how loud is remembered on this device.

const KEY = "spotter-sound";
const AWAKE = "spotter-awake";
const NEW = [[0, 660], [0.18, 880], [0.36, 1100]];
const WITHDRAWN = [[0, 520], [0.28, 330]];
let audio = null;
let button = null;

export function settings() {
  const { on = false, volume = 60 } = JSON.parse(localStorage.getItem(KEY) ?? "{}");
  return { on, volume };
}

export function keep(changes) {
  localStorage.setItem(KEY, JSON.stringify({ ...settings(), ...changes }));
}

// Browsers let a page sound only after a tap or key; until then a page whose sound is on says so.
function open() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume().then(show, () => {});
}

export function play(tones) {
  open();
  const loudness = (settings().volume / 100) ** 2;
  if (audio.state !== "running" || !loudness) return;
  for (const [delay, hertz] of tones) {
    const start = audio.currentTime + delay;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(loudness, start);
    volume.gain.exponentialRampToValueAtTime(0.0005, start + 0.26);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.27);
  }
}

export function alert() {
  navigator.vibrate?.([200, 100, 200, 100, 300]);
  if (settings().on) play(NEW);
}

export function withdrawn() {
  navigator.vibrate?.([80]);
  if (settings().on) play(WITHDRAWN);
}

export function tryNew() {
  play(NEW);
}

export function tryWithdrawn() {
  play(WITHDRAWN);
}

function show() {
  if (!button) return;
  const { on } = settings();
  const waits = on && audio?.state !== "running";
  button.setAttribute("aria-pressed", String(on));
  button.classList.toggle("waiting", waits);
  button.querySelector("span").textContent = waits ? button.dataset.tap : on ? button.dataset.off : button.dataset.on;
}

export function start(element) {
  button = element;
  button.hidden = false;
  button.addEventListener("click", () => {
    const { on } = settings();
    const waits = on && audio?.state !== "running";
    keep({ on: waits || !on });
    open();
    if (waits || !on) audio.resume().then(() => play(NEW), () => {}).finally(show);
    show();
  });
  const wake = (event) => {
    if (settings().on && !event.target.closest?.("#sound")) open();
  };
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, wake);
  if (settings().on) open();
  show();
}

export function wantsAwake() {
  return localStorage.getItem(AWAKE) !== "no";
}

export function keepAwake(is) {
  localStorage.setItem(AWAKE, is ? "yes" : "no");
}

let lock = null;

async function hold() {
  if (!wantsAwake() || document.hidden || (lock && !lock.released)) return;
  try {
    lock = await navigator.wakeLock.request("screen");
    document.body.dataset.awake = "yes";
  } catch {
    delete document.body.dataset.awake; // The battery is low, or the browser forbids it.
  }
}

export function stayAwake() {
  if (!("wakeLock" in navigator)) return;
  document.addEventListener("visibilitychange", hold);
  hold();
}

export async function letSleep() {
  await lock?.release();
  delete document.body.dataset.awake;
}
