// Sliders for the trial's hours: whatever is moved asks /try for its answer and shows it. Without this the button does.
"use strict";

(() => {
  const form = document.getElementById("trial");
  const place = document.getElementById("answer");
  const atOnce = document.querySelector(".at-once");
  if (!form || !place || !atOnce) return;

  for (const field of form.querySelectorAll(".cell input")) {
    const slider = document.createElement("input");
    slider.type = "range";
    slider.min = "0";
    slider.max = String(Math.max(120, Math.ceil(Number(field.value))));
    slider.step = "1";
    slider.value = field.value || "0";
    slider.setAttribute("aria-labelledby", field.previousElementSibling.id);
    slider.addEventListener("input", () => { field.value = slider.value === "0" ? "" : slider.value; });
    field.addEventListener("input", () => { slider.value = field.value || "0"; });
    field.after(slider);
  }

  let timer = 0;
  let asked = null;

  const query = () => {
    const chosen = new URLSearchParams();
    for (const [name, text] of new FormData(form)) if (text !== "") chosen.append(name, text);
    return chosen;
  };

  const ask = async () => {
    if (asked) asked.abort();
    asked = new AbortController();
    const chosen = query();
    try {
      const reply = await fetch(`/try?${chosen}&fragment=1`, { signal: asked.signal, headers: { Accept: "text/html" } });
      if (!reply.ok && reply.status !== 422) return;
      const drawn = new DOMParser().parseFromString(await reply.text(), "text/html");
      place.replaceChildren(...drawn.body.childNodes);
      window.history.replaceState(null, "", `/try?${chosen}`);
      const told = ["#outcome", ".remedy li strong"].map((part) => place.querySelector(part)?.textContent.trim());
      const link = document.createElement("a");
      link.href = "#answer";
      link.textContent = told.filter(Boolean).join(" · ");
      atOnce.replaceChildren(link);
      atOnce.className = `at-once ${place.querySelector(".outcome")?.classList[1] ?? "bad"}`;
    } catch (error) {
      if (error.name !== "AbortError") form.querySelector("button").focus();
    }
  };

  form.addEventListener("input", (event) => {
    if (event.target.closest(".cells")) {
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, 120);
    }
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "declaration_year" || event.target.name === "tenure_start") form.requestSubmit();
    else if (!event.target.closest(".cells")) ask();
  });
})();
