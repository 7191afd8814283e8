// Splitting a sum: what is left is told while amounts are typed, and one touch puts it into a field.
(() => {
  document.documentElement.classList.add("splits");
  const ZEROS = [0x0966, 0x09e6]; // Devanagari, Bengali

  function plain(text) {
    return text.trim().replace(/[\u0966-\u096f\u09e6-\u09ef]/g, (digit) => {
      const code = digit.charCodeAt(0);
      return String(code - ZEROS.find((zero) => code >= zero && code < zero + 10));
    });
  }

  // Minor units of what stands in a field; null when it is no amount this page can read.
  function minor(field, digits) {
    const found = /^(\d*)(?:[.,](\d*))?$/.exec(plain(field.value));
    if (!found || (found[2] || "").length > digits) return null;
    return Number(found[1] || 0) * 10 ** digits + Number((found[2] || "").padEnd(digits, "0") || 0);
  }

  function left(form) {
    const digits = Number(form.dataset.digits);
    const parts = [...form.querySelectorAll("[data-part]")].map((one) => minor(one, digits));
    const tip = minor(form.querySelector("[name=tip]"), digits);
    if (tip === null || parts.includes(null)) return null;
    return Number(form.dataset.split) + tip - parts.reduce((sum, one) => sum + one, 0);
  }

  function typed(amount, digits) {
    return (amount / 10 ** digits).toFixed(amount % 10 ** digits ? digits : 0);
  }

  function tell(form) {
    const rest = left(form), told = form.querySelector("[data-left]");
    told.closest("p").hidden = rest === null;
    if (rest === null) return;
    told.textContent = typed(rest, Number(form.dataset.digits));
    told.closest("p").classList.toggle("tone-go", rest === 0);
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-split]");
    if (form) tell(form);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rest]");
    if (!button) return;
    const form = button.closest("[data-split]"), field = button.parentElement.querySelector("[data-part]");
    field.value = "";
    const rest = left(form);
    if (rest > 0) field.value = typed(rest, Number(form.dataset.digits));
    field.focus();
    tell(form);
  });
})();
