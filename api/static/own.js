// Conveniences of the pages about one's own hours. The server decides what is taken.
"use strict";

const files = document.getElementById("field-evidence");
if (files) {
  const list = document.getElementById("evidence-chosen");
  const { filesMax, sizeMax, tooMany, tooLarge, wrongType } = files.dataset;
  const taken = files.accept.split(",");
  const size = (bytes) =>
    bytes >= 1048576 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`;

  const line = (text, fault) => {
    const item = document.createElement("li");
    item.textContent = fault ? `${text} – ${fault}` : text;
    if (fault) item.className = "bad-text";
    list.append(item);
  };

  files.addEventListener("change", () => {
    list.replaceChildren();
    list.hidden = files.files.length === 0;
    let sound = true;
    for (const file of files.files) {
      let fault = "";
      if (file.size > Number(sizeMax)) fault = tooLarge;
      else if (file.type && !taken.includes(file.type)) fault = wrongType;
      if (fault) sound = false;
      line(`${file.name} · ${size(file.size)}`, fault);
    }
    if (files.files.length > Number(filesMax)) {
      sound = false;
      line(tooMany.replace("%n", filesMax), " ");
    }
    if (sound) files.removeAttribute("aria-invalid");
    else files.setAttribute("aria-invalid", "true");
  });
}
