// A ready answer goes where the cursor stands; Ctrl and Enter send what was written.
(() => {
  const words = document.getElementById("words");
  const form = document.getElementById("say");
  if (!words || !form) return;
  document.addEventListener("click", (event) => {
    const ready = event.target.closest("[data-words]");
    if (!ready) return;
    words.setRangeText(ready.dataset.words, words.selectionStart, words.selectionEnd, "end");
    words.focus();
  });
  words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !words.value.trim()) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[value='answer']"));
  });
})();
