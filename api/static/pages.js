// Small conveniences. Every page works without them.
"use strict";

// A form that asks before it does something: <form data-confirm="…">
document.addEventListener("submit", (event) => {
  const question = event.target.dataset && event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// The account menu closes when one looks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.dropdown[open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});

// A filter that applies as soon as it is chosen: <select data-apply>
document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-apply]")) event.target.form.requestSubmit();
});

// On a phone the menu can be pushed sideways: it begins where one is.
document.addEventListener("DOMContentLoaded", () => {
  const here = document.querySelector("header.site nav [aria-current]");
  const bar = here && here.closest("nav");
  if (bar) bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
});
