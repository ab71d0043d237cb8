/* A screen reader hears of an autocomplete box which field it is, and what is chosen in it. */
"use strict";
{
  const name = (select) => {
    const chosen = select.selectedOptions[0]?.text ?? "";
    const box = select.nextElementSibling?.querySelector(".select2-selection__rendered");
    box?.setAttribute("aria-label", [select.ariaLabel, chosen].filter(Boolean).join(": "));
  };
  const nameAll = () => document.querySelectorAll(".admin-autocomplete").forEach(name);
  django.jQuery(nameAll);
  django.jQuery(document).on("change", ".admin-autocomplete", (event) => name(event.target));
  document.addEventListener("formset:added", nameAll);
}
