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
