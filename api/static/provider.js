// Uploading with a bar, dropping a file, buttons that show that something is under way. The forms work without it.
"use strict";

const status = (form, text) => {
  const line = form.querySelector("[data-status]") || document.querySelector("[data-status]");
  if (line) line.textContent = text;
};

const setBusy = (form, busy) => {
  for (const button of form.querySelectorAll("button")) {
    button.disabled = busy;
    button.setAttribute("aria-busy", String(busy));
  }
};

// Dropping a file onto the zone is choosing it.
const zoneOf = (event) => (event.target instanceof Element ? event.target.closest("[data-drop]") : null);
document.addEventListener("dragover", (event) => {
  const zone = zoneOf(event);
  if (!zone) return;
  event.preventDefault();
  zone.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  const zone = zoneOf(event);
  if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  const zone = zoneOf(event);
  if (!zone) return;
  event.preventDefault();
  zone.classList.remove("over");
  const input = zone.querySelector("input[type=file]");
  if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// A file that the server would refuse for its size is told before it is sent.
const tooLarge = (form) => {
  const file = form.elements.file.files[0];
  return Boolean(file) && file.size > Number(form.dataset.sizeMax);
};

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (event.target.type === "file" && form && form.matches("[data-upload]")) {
    status(form, tooLarge(form) ? form.dataset.tooLarge : "");
  }
});

// The answer is a page: either the one that we were led to, or this one again with what was wrong.
const show = (request, form) => {
  if (request.status < 400) {
    window.location.assign(request.responseURL);
    return;
  }
  const answer = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("main");
  if (!answer) {
    status(form, form.dataset.failed);
    setBusy(form, false);
    return;
  }
  const chosen = form.elements.file.files;
  document.querySelector("main").replaceWith(answer);
  const input = answer.querySelector("input[type=file]");
  if (input) input.files = chosen;
  const problem = answer.querySelector("[role=alert]");
  if (problem) { problem.tabIndex = -1; problem.focus(); }
};

const upload = (form) => {
  const request = new XMLHttpRequest();
  const bar = form.querySelector("[data-progress]");
  const meter = bar.querySelector("progress");
  const data = new FormData(form);
  setBusy(form, true);
  bar.hidden = false;
  meter.value = 0;
  status(form, form.dataset.sending);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) meter.value = Math.round((event.loaded / event.total) * 100);
  });
  request.upload.addEventListener("load", () => {
    meter.removeAttribute("value");
    status(form, form.dataset.working);
  });
  request.addEventListener("load", () => show(request, form));
  request.addEventListener("error", () => {
    bar.hidden = true;
    setBusy(form, false);
    status(form, form.dataset.failed);
  });
  request.open("POST", form.action);
  request.send(data);
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.matches("[data-upload]")) {
    event.preventDefault();
    if (tooLarge(form)) status(form, form.dataset.tooLarge);
    else upload(form);
  } else if (form.matches("[data-busy]")) {
    status(form, form.dataset.busy);
    window.setTimeout(() => setBusy(form, true), 0); // once the form is on its way
  }
});

// Back by the browser's button: what was disabled works again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("[data-busy], [data-upload]")) setBusy(form, false);
});
