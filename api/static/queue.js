// The queue by keyboard. Everything here can be done without it.
"use strict";

(() => {
  const form = document.getElementById("queue");
  const keys = document.getElementById("keys");
  const said = document.getElementById("announce");
  const rows = form ? [...form.querySelectorAll("tr[data-row]")] : [];
  let at = -1;

  const box = (row) => row.querySelector("input[type=checkbox]");
  const field = (row, kind) => row.querySelector(`[name="${kind}.${row.dataset.row}"]`);
  const selected = () => rows.filter((row) => box(row).checked);
  const say = (text) => { said.textContent = text; };

  function count() {
    const number = selected().length;
    const text = number ? said.dataset.selected.replace("%d", number) : "";
    document.getElementById("selection").textContent = text;
    for (const row of rows) row.classList.toggle("selected", box(row).checked);
    return text;
  }

  // What the folded-in fields of a row say, in its summary.
  function summarise(row) {
    const summary = row.querySelector("[data-summary]");
    const hours = field(row, "hours");
    const words = summary.dataset;
    if (field(row, "outcome").value === "rejected") summary.textContent = words.none;
    else if (hours.value.trim() === hours.dataset.registered || !hours.value.trim()) summary.textContent = words.full;
    else summary.textContent = `${words.part} ${hours.value.trim()}`;
  }

  function select(row, on) {
    box(row).checked = on;
    say(count() || said.dataset.selected.replace("%d", 0));
  }

  function go(to) {
    if (!rows.length) return;
    at = Math.max(0, Math.min(rows.length - 1, to));
    const row = rows[at];
    for (const other of rows) other.classList.toggle("here", other === row);
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    const name = box(row).getAttribute("aria-label");
    say(`${said.dataset.row.replace("%d", at + 1)} ${name}`);
  }

  function open(row, kind) {
    row.querySelector("details").open = true;
    field(row, kind).focus();
    if (field(row, kind).select) field(row, kind).select();
  }

  function decide(row, outcome) {
    field(row, "outcome").value = outcome;
    if (outcome === "recognised") field(row, "hours").value = field(row, "hours").dataset.registered;
    summarise(row);
    select(row, true);
  }

  const here = () => rows[at < 0 ? 0 : at];
  const does = {
    j: () => go(at + 1),
    ArrowDown: () => go(at + 1),
    k: () => go(at - 1),
    ArrowUp: () => go(at - 1),
    x: () => { go(Math.max(at, 0)); select(here(), !box(here()).checked); },
    r: () => { decide(here(), "recognised"); go(Math.max(at, 0) + 1); },
    e: () => { go(Math.max(at, 0)); decide(here(), "recognised"); open(here(), "hours"); },
    n: () => { go(Math.max(at, 0)); decide(here(), "rejected"); open(here(), "reason"); },
    s: () => form.requestSubmit(form.querySelector("[data-do=rows]")),
    o: () => here().querySelector("a.course").click(),
  };

  document.addEventListener("keydown", (event) => {
    const inside = event.target.closest("input:not([type=checkbox]), select, textarea, dialog[open]");
    if (event.key === "Escape" && inside && inside.closest("tr[data-row]")) {
      go(rows.indexOf(inside.closest("tr[data-row]"))); // out of the field, back to its row
      return;
    }
    if (inside || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    let act = rows.length ? does[event.key] : undefined;
    if (event.key === "/") act = () => document.querySelector("[data-search]").focus();
    if (event.key === "?") act = () => keys.showModal();
    if (event.key === "u") {
      const undo = document.getElementById("undo");
      act = undo && (() => { undo.open = true; undo.querySelector("summary").focus(); });
    }
    if (!act) return;
    event.preventDefault();
    act();
  });

  const results = document.getElementById("results-title");
  if (results) results.focus();
  for (const button of document.querySelectorAll("[data-keys]")) {
    button.hidden = false;
    button.addEventListener("click", () => keys.showModal());
  }
  if (!form) return;

  form.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (row) at = rows.indexOf(row);
  });
  form.addEventListener("input", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row) return;
    if (event.target.type !== "checkbox") {
      box(row).checked = true; // what was filled in is meant
      summarise(row);
    }
    count();
  });
  // Enter in a row's field goes on to the next row instead of submitting everything.
  form.addEventListener("keydown", (event) => {
    const row = event.key === "Enter" && event.target.matches("input:not([type=checkbox])") && event.target.closest("tr[data-row]");
    if (!row || event.isComposing) return;
    event.preventDefault();
    go(rows.indexOf(row) + 1);
  });
  const all = form.querySelector("[data-select-all]");
  all.addEventListener("click", (event) => {
    event.preventDefault();
    const on = selected().length < rows.length;
    for (const row of rows) box(row).checked = on;
    say(count());
  });
  rows.forEach(summarise);
  count();
})();
