/* Keeps what is typed into a measure's form, or into the letter's, in this browser until the server has it.
   htmx sends a measure's form by itself; the form's attributes say when, and where to. The letter goes by its button.
   One slot of localStorage for each page that was opened: draft:<person>:<submission>:<measure>:<moment>, or
   letter:<person>:<submission>:<moment>. */
(() => {
  "use strict";
  let storage = {}; // a browser may forbid its own
  try { storage = localStorage || storage; } catch {}
  const slotsOf = (prefix) => Object.keys(storage).filter((key) => key.startsWith(prefix));
  const drop = (key) => storage.removeItem?.(key);
  function read(key) {
    try {
      const old = JSON.parse(storage.getItem(key));
      if (Number.isFinite(old.at) && old.values && old.lines.every(Array.isArray)) return old;
    } catch {}
    drop(key); // damaged: there is nothing in it to show
  }
  for (const sent of document.querySelectorAll("[data-draft-sent]")) slotsOf(sent.dataset.draftSent).forEach(drop);
  const signs = document.querySelectorAll("[data-draft-mark]");
  const mark = () => signs.forEach((sign) => (sign.hidden = slotsOf(sign.dataset.draftMark).length === 0));
  const unsaved = document.getElementById("unsaved");
  if (!unsaved) return mark();
  const prefix = unsaved.dataset.draft;
  const form = document.getElementById("entry-form");
  let slot = prefix + Date.now();

  function paragraph([label, value]) {
    const line = document.createElement("p");
    line.textContent = `${label}: ${value || "—"}`;
    return line;
  }
  // What was typed on an earlier page and never arrived is offered, the latest first; where there is no form any more
  // (the report was sent, or is locked) it is shown, to be copied or discarded.
  function offer() {
    const key = slotsOf(prefix).filter((key) => key !== slot && read(key)).sort().pop();
    mark();
    unsaved.hidden = !key;
    if (!key) return;
    const old = read(key);
    const moment = new Date(old.at).toLocaleString("ru", { dateStyle: "short", timeStyle: "short" });
    document.getElementById("unsaved-at").textContent = moment; // in digits: browsers know no Kazakh months
    const present = form ? lines().map(String) : [];
    const shown = old.lines.filter((line) => (form ? !present.includes(String(line)) : line[1]));
    document.getElementById("unsaved-text").replaceChildren(...shown.map(paragraph));
    document.getElementById("unsaved-drop").onclick = () => (drop(key), offer());
    if (form) document.getElementById("unsaved-take").onclick = () => take(key, old.values);
  }
  if (!form) return offer();

  const state = document.getElementById("draft-state");
  const skipped = ["hidden", "file", "submit", "fieldset"];
  const fields = [...form.elements].filter((field) => field.name && !skipped.includes(field.type));
  const isChoice = (field) => ["radio", "checkbox"].includes(field.type);
  const plain = (field, value) => (field.classList.contains("number") ? value.replace(/\s/g, "") : value.trim());
  const typed = (field) => (isChoice(field) ? field.checked : plain(field, field.value));
  const served = (field) => (isChoice(field) ? field.defaultChecked : plain(field, field.defaultValue));
  const values = (of) => Object.fromEntries(fields.map((field) => [field.id, of(field)]));
  const text = (of = typed) => JSON.stringify(values(of));
  const token = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]*)/) || ["", ""])[1];

  const sendsItself = Boolean(window.htmx) && form.hasAttribute("hx-post");
  // What the server holds; of a page that came back with what was typed nothing is known yet.
  let kept = form.hasAttribute("data-typed") ? null : text(served);
  let confirmedToken = token();
  let sending; // what is on its way
  let isStopped = false; // somebody saved meanwhile, or it is locked: the person decides
  let submitter; // the button that waits until what is typed has arrived
  let isPassing = false;
  let lastRefusal = "";
  let calm = state.cloneNode(true); // the line as it stood when nothing was unsaved

  // A date that is typed by half has no value yet; it is no cleared one.
  const isUnsaved = () => text() !== kept || fields.some((field) => field.validity.badInput);
  const hasWork = () => sendsItself && !isStopped && (isUnsaved() || token() !== confirmedToken);

  function show(...nodes) {
    const words = nodes.map((node) => node.textContent).join("").trim();
    if (state.textContent.trim() === words) return; // said once, not again and again
    state.replaceChildren(...nodes);
    lastRefusal = "";
  }
  function say(name, words = "") {
    const sentence = document.getElementById("draft-words").content.querySelector(`[data-state=${name}]`).cloneNode(true);
    sentence.append(words);
    show(sentence);
  }
  // The fields as a person reads them: [label, value]; of choices those that are made.
  function lines() {
    return fields.filter((field) => typed(field) !== false).map((field) => {
      const label = field.labels[0].textContent.trim();
      if (field.type === "radio") return [field.closest("fieldset").querySelector("legend").textContent, label];
      return [label, field.type === "checkbox" ? "✓" : typed(field)];
    });
  }
  function store(key) {
    try {
      storage.setItem(key, JSON.stringify({ at: Date.now(), values: values(typed), lines: lines() }));
      return true;
    } catch {
      say("full");
    }
  }
  function keep() {
    state.toggleAttribute("data-waiting", isUnsaved());
    if (!isUnsaved() && !state.querySelector("[data-state=saved], [data-state=empty]")) {
      isStopped = false;
      show(...calm.cloneNode(true).childNodes);
    }
    isUnsaved() ? store(slot) : drop(slot);
  }
  for (const name of ["input", "change"]) form.addEventListener(name, keep);

  // Sending: htmx asks on every occasion; only what the server lacks goes out, with the token of the present sign-in.
  form.addEventListener("htmx:configRequest", (event) => {
    if (!hasWork()) return event.preventDefault();
    sending = text();
    event.detail.formData.set("csrfmiddlewaretoken", token());
  });
  form.addEventListener("htmx:validation:halted", () => {
    sending = submitter = undefined;
    say("invalid", fields.filter((field) => !field.validity.valid).map((field) => field.labels[0].textContent).join(", "));
  });
  form.addEventListener("htmx:beforeSwap", (event) => {
    const refusal = event.detail.xhr.status !== 200 && event.detail.xhr.responseText;
    if (refusal && refusal === lastRefusal) event.detail.shouldSwap = false;
    lastRefusal = refusal;
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr.status;
    if (status === 200) {
      kept = sending;
      calm = state.cloneNode(true);
      confirmedToken = form.elements.csrfmiddlewaretoken.value = token();
    } else if (status === 0) say("offline");
    else if (status === 409) isStopped = true;
    else if (![401, 422].includes(status)) say("refused");
    sending = undefined;
    keep();
    // Signed out, or without a line, an ordinary save would lead away from what was typed.
    isPassing = true;
    if (submitter !== undefined && ![0, 401].includes(status)) form.requestSubmit(submitter);
    isPassing = false;
    submitter = undefined;
  });

  // An ordinary save waits for what is on its way, so that one's own two savings never meet.
  form.addEventListener("submit", (event) => {
    if (isPassing || (!hasWork() && sending === undefined)) return;
    event.preventDefault();
    submitter = event.submitter;
    if (sending === undefined) form.dispatchEvent(new Event("flush"));
  });

  // What was typed on this page is offered in its turn.
  function take(key, old) {
    if (text() === text(served)) drop(key);
    else if (!store(key)) return;
    const known = fields.filter((field) => field.id in old);
    for (const field of known) field[isChoice(field) ? "checked" : "value"] = old[field.id];
    form.dispatchEvent(new Event("input", { bubbles: true }));
    offer();
  }

  for (const key of slotsOf(prefix)) {
    const old = JSON.stringify(read(key)?.values);
    if (old === kept) drop(key);
    else if (kept === null && old === text()) slot = key;
  }
  keep();
  offer();
})();
