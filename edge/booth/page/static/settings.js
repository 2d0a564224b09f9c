// Settings that stay on this device: volume, screen. They work at once, without a button to save.
import * as alarm from "./alarm.js";

const volume = document.getElementById("volume");
const awake = document.getElementById("awake");

document.getElementById("sounds").hidden = false;
volume.value = alarm.settings().volume;
volume.addEventListener("input", () => alarm.keep({ volume: Number(volume.value) }));
volume.addEventListener("change", alarm.tryNew);
document.getElementById("try-new").addEventListener("click", alarm.tryNew);
document.getElementById("try-withdrawn").addEventListener("click", alarm.tryWithdrawn);

awake.checked = alarm.wantsAwake();
awake.disabled = !("wakeLock" in navigator);
document.getElementById("awake-not").hidden = !awake.disabled;
awake.addEventListener("change", () => {
  alarm.keepAwake(awake.checked);
  if (awake.checked) alarm.stayAwake();
  else alarm.letSleep();
});

// Notifications: the browser asks its maker's push service for an address, and the booth keeps it.
const push = document.getElementById("push");
const on = document.getElementById("push-on");
const off = document.getElementById("push-off");
const token = document.getElementById("live").dataset.token;

function tell(sentence) {
  document.getElementById("push-said").textContent = sentence;
}

async function subscription() {
  const ready = await navigator.serviceWorker.ready;
  return ready.pushManager.getSubscription();
}

async function send(path, fields) {
  const body = new URLSearchParams({ token, ...fields });
  const answer = await fetch(path, { method: "POST", body });
  if (!answer.ok) throw new Error((await answer.text()).trim());
}

async function show() {
  const has = (await subscription()) !== null;
  on.hidden = has;
  off.hidden = !has;
}

async function begin() {
  if ((await Notification.requestPermission()) !== "granted") {
    tell(push.dataset.denied);
    return;
  }
  const ready = await navigator.serviceWorker.ready;
  const made = await ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: push.dataset.key });
  const { endpoint, keys } = made.toJSON();
  try {
    await send("/push", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
    tell(push.dataset.done);
  } catch (error) {
    await made.unsubscribe();
    throw error;
  }
}

async function end() {
  const made = await subscription();
  if (!made) return;
  await send("/push-off", { endpoint: made.endpoint });
  await made.unsubscribe();
  tell(push.dataset.stopped);
}

if (push.dataset.key) {
  if ("serviceWorker" in navigator && "PushManager" in window) {
    for (const [button, act] of [[on, begin], [off, end]]) {
      button.addEventListener("click", () => act().catch((error) => tell(error.message)).finally(show));
    }
    show().catch(() => tell(push.dataset.unable));
  } else tell(push.dataset.unable);
}
