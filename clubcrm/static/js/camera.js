// A photo at the desk: the camera where the browser has one, a file where it has none.
(() => {
  const dialog = document.getElementById("camera");
  if (!dialog) return;
  const form = document.getElementById("camera-form");
  const view = document.getElementById("camera-view");
  const shoot = document.getElementById("camera-shoot");
  const file = document.getElementById("camera-file");
  const SIDE = 640;

  addEventListener("click", async (event) => {
    const opener = event.target.closest("[data-camera]");
    if (!opener) return;
    form.action = opener.dataset.camera;
    form.reset();
    dialog.showModal();
    await look();
  });

  async function look() {
    const has = navigator.mediaDevices?.getUserMedia;
    try {
      if (!has) throw new Error("no camera");
      view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, facingMode: "user" }, audio: false });
      await view.play();
      view.hidden = shoot.hidden = false;
    } catch { view.hidden = shoot.hidden = true; }
  }

  shoot.addEventListener("click", () => {
    const canvas = document.createElement("canvas");
    const side = Math.min(view.videoWidth, view.videoHeight);
    canvas.width = canvas.height = SIDE;
    canvas.getContext("2d").drawImage(view, (view.videoWidth - side) / 2, (view.videoHeight - side) / 2, side, side, 0, 0, SIDE, SIDE);
    canvas.toBlob((picture) => {
      const carrier = new DataTransfer();
      carrier.items.add(new File([picture], "photo.jpg", { type: "image/jpeg" }));
      file.files = carrier.files;
      form.requestSubmit();
    }, "image/jpeg", 0.88);
  });

  dialog.addEventListener("close", () => {
    view.srcObject?.getTracks().forEach((track) => track.stop());
    view.srcObject = null;
  });
})();
