// A scanned QR code carries the signed claim behind "#". The server keeps what it signed: are they the same?
"use strict";

const scanned = document.getElementById("scanned");
const claim = decodeURIComponent(location.hash.slice(1));
if (scanned && claim && scanned.dataset.claim) {
  const same = claim === scanned.dataset.claim;
  scanned.textContent = same ? scanned.dataset.same : scanned.dataset.other;
  scanned.hidden = false;
  if (!same) {
    const sign = scanned.closest(".sign");
    sign.classList.replace("good", "bad");
    scanned.setAttribute("role", "alert");
  }
}
