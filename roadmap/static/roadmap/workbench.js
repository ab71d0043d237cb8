/* The workbench: what was written is saved by htmx line by line; here are the keys, and that nothing typed is lost. */
(() => {
  "use strict";
  const measureOf = (node) => node.closest?.(".measure");
  const measures = () => [...document.querySelectorAll(".measure")];
  const isTypedIn = (node) => node.matches?.("textarea, input, select, [contenteditable]");
  const words = document.getElementById("bench-words").content;
  const unsaved = new Set(); // identities of the measures whose text is not saved
  let goesOn; // the measure that is being saved by somebody who goes on to the next

  const beside = (measure, step) => measures()[measures().indexOf(measure) + step];
  function moveTo(measure, selector) {
    const place = measure?.querySelector(selector) || measure?.querySelector("h2");
    place?.focus();
    measure?.scrollIntoView({ block: "start" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && isTypedIn(event.target)) {
      const button = event.target.form?.elements.next;
      if (!button) return;
      event.preventDefault();
      event.target.form.requestSubmit(button);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.altKey || event.ctrlKey || event.metaKey || isTypedIn(event.target)) return;
    const measure = measureOf(event.target);
    event.preventDefault();
    moveTo(measure ? beside(measure, step) : measures()[0], "h2");
  });

  document.addEventListener("input", (event) => event.target.form && unsaved.add(measureOf(event.target)?.id));
  window.addEventListener("beforeunload", (event) => unsaved.size && event.preventDefault());
  // What leads away by way of the server carries the text of this line alone.
  document.addEventListener("submit", (event) => {
    goesOn = event.submitter?.name === "next" ? measureOf(event.submitter)?.id : undefined;
  });

  function say(measure, name) {
    measure?.querySelector("[data-said]")?.remove();
    measure?.querySelector("h2").after(words.querySelector(`[data-said=${name}]`).cloneNode(true));
  }
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "post") return;
    const button = event.detail.triggeringEvent?.submitter; // htmx overlooks those that stand outside of their form
    if (button?.name) event.detail.formData.set(button.name, button.value);
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]*)/); // of the sign-in that counts now
    if (token) event.detail.formData.set("csrfmiddlewaretoken", token[1]);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    if (xhr.getResponseHeader("X-Line")) return;
    event.detail.shouldSwap = false; // the sign-in, or an error's page
    say(target, xhr.status === 200 ? "signed-out" : "refused");
  });
  document.addEventListener("htmx:sendError", (event) => say(event.detail.target, "offline"));
  document.addEventListener("htmx:timeout", (event) => say(event.detail.target, "offline"));
  document.addEventListener("htmx:afterSettle", (event) => {
    const { xhr, requestConfig } = event.detail;
    const measure = document.getElementById(`measure-${xhr?.getResponseHeader("X-Line")}`);
    if (!measure || event.detail.elt.id === "progress") return;
    const asked = requestConfig.formData;
    const isSaved = xhr.status === 200 && requestConfig.verb === "post" && !asked?.has("take");
    isSaved ? unsaved.delete(measure.id) : requestConfig.verb === "post" && unsaved.add(measure.id);
    const faulty = measure.querySelector(".has-error :is(textarea, select, input)");
    if (isSaved && goesOn === measure.id) moveTo(beside(measure, 1) || measure, "textarea");
    else if (faulty) faulty.focus();
    else if (asked?.has("take")) measure.querySelector(`[name=text_${asked.get("take").slice(-2)}], textarea`).focus();
    else if (xhr.status === 409 || !measure.contains(document.activeElement)) moveTo(measure, "h2");
    goesOn = undefined;
  });
})();
