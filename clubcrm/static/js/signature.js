// A pad to sign on: strokes of whole points in a box of 600 by 200, kept in a hidden field.
// Without this script the typed name is the signature.
(() => {
  const pad = document.querySelector("[data-pad]");
  if (!pad) return;
  const canvas = pad.querySelector("canvas");
  const kept = pad.querySelector("input");
  const pen = canvas.getContext("2d");
  let strokes = [];
  let current = null;

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [
      Math.round(((event.clientX - box.left) / box.width) * canvas.width),
      Math.round(((event.clientY - box.top) / box.height) * canvas.height),
    ];
  }

  function draw() {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 4;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#1d2b6b";
    for (const stroke of strokes) {
      pen.beginPath();
      pen.moveTo(...stroke[0]);
      for (const point of stroke.slice(1)) pen.lineTo(...point);
      if (stroke.length === 1) pen.lineTo(stroke[0][0] + 1, stroke[0][1]);
      pen.stroke();
    }
  }

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    current = [place(event)];
    strokes.push(current);
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current) return;
    const point = place(event), last = current[current.length - 1];
    if (Math.abs(point[0] - last[0]) + Math.abs(point[1] - last[1]) < 3) return;
    current.push(point);
    draw();
  });
  for (const over of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(over, () => { if (current) { current = null; keep(); } });
  }
  pad.querySelector("[data-pad-clear]").addEventListener("click", () => { strokes = []; keep(); draw(); });

  function keep() { kept.value = strokes.length ? JSON.stringify(strokes) : ""; }

  try { strokes = JSON.parse(kept.value || "[]"); draw(); } catch { strokes = []; }
})();
