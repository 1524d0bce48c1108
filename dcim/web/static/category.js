// The category form tells what its answers come to while they are given.
document.addEventListener("DOMContentLoaded", () => {
  const output = document.querySelector("output[data-bands]");
  const form = output && output.closest("form");
  if (!form) return;
  const bands = JSON.parse(output.dataset.bands);
  const questions = new Set([...form.querySelectorAll("input[data-points]")].map((one) => one.name));
  const tell = () => {
    const given = [...form.querySelectorAll("input[data-points]:checked")];
    const score = given.reduce((sum, one) => sum + Number(one.dataset.points), 0);
    const missing = questions.size - given.length;
    const band = bands.find(([least]) => score >= least);
    output.value = missing || !band
      ? `${score} ${output.dataset.points} · ${missing} ${output.dataset.missing}`
      : `${score} ${output.dataset.points}: ${band[1]}`;
  };
  form.addEventListener("change", tell);
  tell();
});
