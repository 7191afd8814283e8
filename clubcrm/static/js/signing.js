// A field to sign in: lines are drawn with finger or pen and sent as whole numbers.
document.querySelectorAll("form[data-sign]").forEach((form) => {
  const canvas = form.querySelector("canvas");
  const field = form.querySelector('input[name="signature"]');
  const pen = canvas.getContext("2d");
  let down = false;

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const clamp = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return [
      clamp(((event.clientX - box.left) / box.width) * canvas.width, canvas.width),
      clamp(((event.clientY - box.top) / box.height) * canvas.height, canvas.height),
    ];
  };
  const draw = (event, letter) => {
    const [x, y] = place(event);
    field.value += `${letter}${x} ${y}`;
    if (letter === "M") { pen.beginPath(); pen.moveTo(x, y); return; }
    pen.lineWidth = 2;
    pen.lineCap = "round";
    pen.strokeStyle = getComputedStyle(canvas).color;
    pen.lineTo(x, y);
    pen.stroke();
  };
  canvas.addEventListener("pointerdown", (event) => { down = true; canvas.setPointerCapture(event.pointerId); draw(event, "M"); event.preventDefault(); });
  canvas.addEventListener("pointermove", (event) => { if (down && field.value.length < 19000) draw(event, "L"); });
  ["pointerup", "pointercancel"].forEach((name) => canvas.addEventListener(name, () => { down = false; }));
  form.addEventListener("reset", () => { field.value = ""; pen.clearRect(0, 0, canvas.width, canvas.height); });
  form.addEventListener("submit", (event) => { if (!field.value.includes("L")) event.preventDefault(); });
});
