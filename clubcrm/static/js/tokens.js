// A click on a placeholder puts it where the cursor stands in the words.
(() => {
  const words = document.getElementById("body");
  if (!words) return;
  document.addEventListener("click", (event) => {
    const token = event.target.closest("[data-token]");
    if (!token) return;
    words.setRangeText(token.dataset.token, words.selectionStart, words.selectionEnd, "end");
    words.focus();
  });
})();
