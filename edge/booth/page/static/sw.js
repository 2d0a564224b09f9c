// Keeps one page, its style and its icon on the device, to say that the booth cannot be reached. Nothing of the booth's is kept.
"use strict";

const CACHE = "spotter-1";
const KEPT = ["/offline", "/static/page.css", "/static/icon.svg"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

async function answer(request) {
  try {
    const found = await fetch(request);
    // The offline page in the language that is chosen now.
    if (request.mode === "navigate") caches.open(CACHE).then((cache) => cache.add("/offline")).catch(() => {});
    return found;
  } catch (error) {
    const kept = request.mode === "navigate" ? "/offline" : new URL(request.url).pathname;
    const found = await (await caches.open(CACHE)).match(kept);
    if (found) return found;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate" || KEPT.includes(path)) event.respondWith(answer(event.request));
});

// Words of the booth. What is over is closed, here and whenever another one comes.
async function tidyNotifications() {
  for (const shown of await self.registration.getNotifications()) if (shown.data?.until < Date.now()) shown.close();
}

async function notify({ title, body, tag, for_s, is_alert }) {
  const until = Date.now() + 1000 * for_s;
  await tidyNotifications();
  const vibrate = is_alert ? [200, 100, 200] : [100];
  const options = { body, tag, vibrate, renotify: true, icon: "/icon-192.png", badge: "/icon-192.png" };
  await self.registration.showNotification(title, { ...options, data: { until, path: is_alert ? "/" : "/cameras" } });
  if (for_s <= 120) {
    await new Promise((done) => setTimeout(done, 1000 * for_s));
    await tidyNotifications();
  }
}

self.addEventListener("push", (event) => {
  if (event.data) event.waitUntil(notify(event.data.json()));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const open = async () => {
    const [window] = await self.clients.matchAll({ type: "window" });
    if (!window) return self.clients.openWindow(event.notification.data.path);
    await window.focus();
    return window.navigate(event.notification.data.path);
  };
  event.waitUntil(open());
});
